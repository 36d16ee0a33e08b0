"""Numbers of the data as the exact fractions that they stand for, since CP-SAT counts in whole numbers only."""

import math
from fractions import Fraction
from typing import TypeAlias

from steepest.solvers.constraint_programming.refusals import NotWholeError
from steepest.solvers.tolerances import ROUNDING

Rational: TypeAlias = int | Fraction

LARGEST = 2**53
"""Up to here a double holds every whole number, so an answer is exact."""
LARGEST_TOTAL = 2**60
"""What a sum may come to while CP-SAT adds it up; its own arithmetic needs room below 2^63."""

_SIMPLE = 1_000_000
"""A fraction with a denominator up to this is taken for what a rounded number means."""


def exact(value: float | Fraction) -> Rational:
    """The simplest fraction that a number can't be told from: 0.1 is 1/10, and 0.1 * 3 is 3/10.

    Raises:
        NotWholeError: The number is not finite.
    """
    if isinstance(value, int | Fraction):
        return value
    if not math.isfinite(value):
        raise NotWholeError(f"{value} is no finite number")
    if value.is_integer():
        return int(value)
    simple = Fraction(value).limit_denominator(_SIMPLE)
    return simple if abs(float(simple) - value) <= ROUNDING * abs(value) else Fraction(repr(value))
