"""Tune HiGHS's options on a set of mixed-integer programs; README.md tells of it."""
