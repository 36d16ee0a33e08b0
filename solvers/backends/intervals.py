"""Between which numbers an expression lies wherever its variables lie within their bounds, by interval arithmetic.

The bounds are safe and not always the closest: an operation knows nothing of what its operands have in common.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.expression_model import Operator
from steepest.solvers.tolerances import ROUNDING
from steepest.solvers.vectorized.columns import CONTINUOUS, SEMICONTINUOUS
from steepest.solvers.vectorized.scatter import Numbers


class Interval(NamedTuple):
    """All numbers from one to another."""

    low: float
    high: float
    is_stepped: bool = False
    """Whether whole numbers are in it, so that it may have gaps."""

    @property
    def is_positive(self) -> bool:
        """Whether it keeps above zero."""
        return self.low > ROUNDING

    @property
    def is_negative(self) -> bool:
        """Whether it keeps below zero."""
        return self.high < -ROUNDING

    @property
    def comes_down_to_zero(self) -> bool:
        """Whether it begins at zero, with all numbers next to it."""
        return abs(self.low) <= ROUNDING < self.high and not self.is_stepped


def boxed(model: ArrayModel) -> list[Interval]:
    """The interval of each column; that of a semicontinuous one has 0 in it."""
    is_off = model.types == SEMICONTINUOUS
    lower, upper = (
        np.where(is_off, np.minimum(model.lower, 0), model.lower),
        np.where(is_off, np.maximum(model.upper, 0), model.upper),
    )
    columns = zip(lower.tolist(), upper.tolist(), (model.types != CONTINUOUS).tolist(), strict=True)
    return [Interval(low, high, is_stepped) for low, high, is_stepped in columns]


class Intervals:
    """The intervals of what a postfix form has on its stack.

    Args:
        box: The interval of each column.
        constants: Of the form.
    """

    def __init__(self, box: Sequence[Interval], constants: Numbers) -> None:
        self._box = box
        self._constants = constants
        self.stack: list[Interval] = []

    def push(self, operator: Operator, operand: int) -> None:
        """Do to the stack what a node does."""
        match operator:
            case Operator.VARIABLE:
                self.stack.append(self._box[operand])
            case Operator.CONSTANT:
                value = float(self._constants[operand])
                self.stack.append(Interval(value, value))
            case Operator.SUM:
                self.stack[-operand:] = [_sum(self.stack[-operand:])]
            case Operator.PRODUCT | Operator.QUOTIENT | Operator.POWER:
                right = self.stack.pop()
                left = self.stack[-1]
                low, high = _BINARY[operator](left, right)
                self.stack[-1] = _checked(low, high, left.is_stepped or right.is_stepped)
            case _:
                inner = self.stack[-1]
                low, high = _unary(operator, inner)
                self.stack[-1] = _checked(low, high, inner.is_stepped)


def power_interval(base: Interval, exponent: float) -> Interval:
    """The interval of a power with a constant exponent."""
    low, high = _power(base, Interval(exponent, exponent))
    return _checked(low, high, base.is_stepped)


def _checked(low: float, high: float, is_stepped: bool) -> Interval:
    """The interval, or all numbers where the arithmetic came to none."""
    if math.isnan(low) or math.isnan(high):
        low, high = -math.inf, math.inf
    return Interval(low, high, is_stepped)


def _sum(terms: list[Interval]) -> Interval:
    low, high = sum(term.low for term in terms), sum(term.high for term in terms)
    return _checked(low, high, any(term.is_stepped for term in terms))


def _product(left: Interval, right: Interval) -> tuple[float, float]:
    corners = [a * b if a and b else 0.0 for a in left[:2] for b in right[:2]]
    return (min(corners), max(corners)) if not any(map(math.isnan, corners)) else (-math.inf, math.inf)


def _quotient(left: Interval, right: Interval) -> tuple[float, float]:
    if right.low <= 0 <= right.high:
        return -math.inf, math.inf
    return _product(left, Interval(1 / right.high, 1 / right.low))


def _power(base: Interval, exponent: Interval) -> tuple[float, float]:
    if exponent.low != exponent.high:
        return (0.0 if base.low >= 0 else -math.inf), math.inf
    power = exponent.low
    if base.low >= 0:
        ends = sorted((_raised(base.low, power), _raised(base.high, power)))
        return ends[0], ends[1]
    if power > 0 and power % 2 == 1:
        return _raised(base.low, power), _raised(base.high, power)
    if power > 0 and power % 2 == 0:
        least = 0.0 if base.high >= 0 else _raised(base.high, power)
        return least, max(_raised(base.low, power), _raised(base.high, power))
    return (0.0 if power % 2 == 0 else -math.inf), math.inf


def _raised(base: float, power: float) -> float:
    try:
        return math.pow(base, power)
    except OverflowError:
        return math.inf if base > 0 or power % 2 == 0 else -math.inf
    except ValueError:  # a negative power of zero
        return math.inf


_BINARY: dict[Operator, Callable[[Interval, Interval], tuple[float, float]]] = {
    Operator.PRODUCT: _product,
    Operator.QUOTIENT: _quotient,
    Operator.POWER: _power,
}


def _unary(operator: Operator, inner: Interval) -> tuple[float, float]:
    low, high = inner.low, inner.high
    match operator:
        case Operator.NEGATE:
            return -high, -low
        case Operator.ABS:
            least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
            return least, max(abs(low), abs(high))
        case Operator.EXP:
            return _grown(math.exp, low), _grown(math.exp, high)
        case Operator.LOG | Operator.LOG10:
            function = math.log if operator is Operator.LOG else math.log10
            return _logarithm(function, low), _logarithm(function, high)
        case Operator.SQRT:
            return math.sqrt(max(low, 0.0)), math.sqrt(max(high, 0.0))
        case Operator.ATAN | Operator.TANH:
            monotone = math.atan if operator is Operator.ATAN else math.tanh
            return monotone(low), monotone(high)
    return _WHOLE_RANGES.get(operator, (-math.inf, math.inf))


_WHOLE_RANGES = {
    Operator.SIN: (-1.0, 1.0),
    Operator.COS: (-1.0, 1.0),
    Operator.ASIN: (-math.pi / 2, math.pi / 2),
    Operator.ACOS: (0.0, math.pi),
    Operator.COSH: (1.0, math.inf),
}
"""Of functions whose interval is taken to be all that they ever come to."""


def _grown(function: Callable[[float], float], value: float) -> float:
    try:
        return function(value)
    except OverflowError:
        return math.inf


def _logarithm(function: Callable[[float], float], value: float) -> float:
    return function(value) if value > 0 else -math.inf
