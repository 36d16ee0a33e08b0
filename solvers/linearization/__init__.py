"""Exact linearization: what is piecewise linear, a product with whole numbers, or logic becomes rows and columns."""
