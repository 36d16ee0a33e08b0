"""By how much two values of an objective differ at least: over whole numbers with rational coefficients, a step."""

from fractions import Fraction
from math import gcd, lcm

import numpy as np

from steepest.solvers.vectorized.compile import CompiledModel

_LARGEST_DENOMINATOR = 10**6
_EXACT = 1e-12
_LEAST = 1e-4
"""A finer step, relative to the coefficients, is lost in a solver's tolerances."""


def granularity(model: CompiledModel) -> float | None:
    """The largest number of which every difference of two values of the objective is a multiple.

    Args:
        model: The formulation with this objective alone.

    Returns:
        None where there is no such number: real-valued decisions in the objective, products, or coefficients without a
        common measure.
    """
    used = np.flatnonzero(model.cost)
    if model.hessian is not None or not len(used) or not model.whole[used].all():
        return None
    costs = np.unique(np.abs(model.cost[used]))
    parts = [Fraction(float(cost)).limit_denominator(_LARGEST_DENOMINATOR) for cost in costs]
    if any(abs(float(part) - cost) > _EXACT * max(1.0, cost) for part, cost in zip(parts, costs, strict=True)):
        return None
    below = lcm(*(part.denominator for part in parts))
    step = float(Fraction(gcd(*(int(part * below) for part in parts)), below))
    return step if step >= _LEAST * max(1.0, float(costs.max()) * _LEAST) else None
