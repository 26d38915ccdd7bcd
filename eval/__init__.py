"""Is it any good? Judged questions are asked, measured and compared."""
