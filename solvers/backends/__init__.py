"""Solvers: HiGHS over arrays, and Pyomo as the second path."""
