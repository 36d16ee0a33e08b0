"""Solvers in processes of their own, which can be killed: for those that don't stop when they are told to."""
