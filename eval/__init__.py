"""Is it any good? Measured on judged questions."""
