"""Data bound from tables, arrays and mappings, and the columns that the evaluators read."""
