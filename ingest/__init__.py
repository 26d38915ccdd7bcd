"""A file becomes a report, a report becomes passages."""
