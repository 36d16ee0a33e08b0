"""Data sets, grading and batch runs over everything below."""
