"""Passages become a searchable index, questions become hits."""
