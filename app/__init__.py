"""People and programs ask: the command line and the browser."""
