"""Which multiples an expression of whole columns takes, so that one that is not 0 is known to be some way from it."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from steepest.solvers.backends.expression_model import Operator, arity
from steepest.solvers.vectorized.scatter import Numbers

_FINEST = 10**6
"""Constants are told apart from fractions of denominators up to this."""
_LARGEST_EXPONENT = 8


class Stepped(NamedTuple):
    """Some of the numbers `first + k * step` with whole `k`, and no others."""

    first: Fraction
    step: Fraction
    """0 for a constant."""

    @property
    def least_positive(self) -> float:
        """The smallest of them above 0; infinite if there is none."""
        if self.step:
            return float(self.first % self.step or self.step)
        return float(self.first) if self.first > 0 else math.inf

    @property
    def largest_negative(self) -> float:
        """The largest of them below 0; minus infinity if there is none."""
        return -Stepped(-self.first, self.step).least_positive


def stepped_columns(is_whole: Sequence[bool]) -> list[Stepped | None]:
    """What each column takes; None where it may be any number."""
    whole = Stepped(Fraction(0), Fraction(1))
    return [whole if each else None for each in is_whole]


class Steps:
    """What the parts of a postfix form on its stack take; None where it is not known to be stepped.

    Args:
        columns: What each column takes.
        constants: Of the form.
    """

    def __init__(self, columns: Sequence[Stepped | None], constants: Numbers) -> None:
        self._columns = columns
        self._constants = constants
        self.stack: list[Stepped | None] = []

    def push(self, operator: Operator, operand: int) -> None:
        """Do to the stack what a node does."""
        taken = arity(operator, operand)
        operands = self.stack[len(self.stack) - taken :]
        known = [each for each in operands if each is not None]
        self.stack[len(self.stack) - taken :] = [self._made(operator, operand, known) if len(known) == taken else None]

    def _made(self, operator: Operator, operand: int, known: list[Stepped]) -> Stepped | None:
        match operator:
            case Operator.VARIABLE:
                return self._columns[operand]
            case Operator.CONSTANT:
                return _constant(float(self._constants[operand]))
            case Operator.SUM:
                return Stepped(
                    sum((each.first for each in known), Fraction(0)), _common(*(each.step for each in known))
                )
            case Operator.NEGATE:
                return Stepped(-known[0].first, known[0].step)
            case Operator.PRODUCT:
                return _product(*known)
            case Operator.QUOTIENT:
                top, bottom = known
                return Stepped(top.first / bottom.first, abs(top.step / bottom.first)) if _is_divisor(bottom) else None
            case Operator.POWER:
                base, exponent = known
                return None if exponent.step else stepped_power(base, exponent.first)
        return None


def _constant(value: float) -> Stepped | None:
    """A number as the fraction that it is closest to, if it is one but for rounding."""
    if not math.isfinite(value):
        return None
    exact = Fraction(value).limit_denominator(_FINEST)
    return Stepped(exact, Fraction(0)) if math.isclose(float(exact), value, rel_tol=1e-15) else None


def _is_divisor(one: Stepped) -> bool:
    return not one.step and one.first != 0


def _common(*steps: Fraction) -> Fraction:
    """The largest number of which all of these are whole multiples; 0 if all are 0."""
    denominator = math.lcm(*(each.denominator for each in steps))
    return Fraction(math.gcd(*(int(each * denominator) for each in steps)), denominator)


def _product(one: Stepped, other: Stepped) -> Stepped:
    steps = (one.first * other.step, other.first * one.step, one.step * other.step)
    return Stepped(one.first * other.first, _common(*steps))


def stepped_power(base: Stepped, exponent: float | Fraction) -> Stepped | None:
    """What a power takes; None where the exponent is not a small whole number above 0."""
    if exponent != int(exponent) or not 0 < exponent <= _LARGEST_EXPONENT:
        return None
    return reduce(_product, [base] * int(exponent))
