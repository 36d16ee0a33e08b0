"""Find the inputs of random functions by feedback in words; README.md tells of it."""
