"""Searching numbers, switches and choices: the space they are in, what was tried in it, TPE, expected improvement, and
LLAMBO, which asks a language model for all three parts of a Bayesian optimization. Strategies use these.
"""
