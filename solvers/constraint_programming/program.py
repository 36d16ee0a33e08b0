"""A model under construction: whole-number columns, truths, and the constraints between them.

Everything is exact: fractions are scaled to whole numbers, and what would leave the range in which CP-SAT counts is
refused.
"""

import operator
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, lcm
from typing import TypeAlias, TypeVar, cast

from steepest.solvers.constraint_programming.exact import LARGEST, LARGEST_TOTAL, Rational, exact
from steepest.solvers.constraint_programming.linear_sums import LinearSum, Value, key_of
from steepest.solvers.constraint_programming.model import Constraint, Expression, Kind, WholeModel
from steepest.solvers.constraint_programming.refusals import NotWholeError
from steepest.solvers.formulation import Sense

Made = TypeVar("Made")

OPPOSITE = {"<=": ">", ">=": "<", "==": "!=", "!=": "==", "<": ">=", ">": "<="}
"""What a comparison is when it fails."""

_MOST_POINTS = 100_000
"""Whole numbers between the ends of a piecewise linear function, each of which gets its own value."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A binary column, or its opposite."""

    column: int
    is_negated: bool = False

    def __invert__(self) -> "Literal":
        return Literal(self.column, not self.is_negated)

    @property
    def number(self) -> int:
        """As the model numbers it."""
        return ~self.column if self.is_negated else self.column


Truth: TypeAlias = bool | Literal
"""Whether a condition holds: known, or as a binary column says."""


def opposite(truth: Truth) -> Truth:
    """Whether the condition fails."""
    return not truth if isinstance(truth, bool) else ~truth


class Program:
    """Columns and constraints of a model."""

    def __init__(self) -> None:
        self.model = WholeModel()
        self._made: dict[Hashable, object] = {}

    # Columns and what they come to

    def column(self, low: int, high: int) -> LinearSum:
        """A new column between two whole numbers, both included.

        Raises:
            NotWholeError: They are too large to be counted exactly.
        """
        if max(abs(low), abs(high)) > LARGEST:
            raise NotWholeError(f"a value may be as large as {max(abs(low), abs(high)):.3g}; 2^53 is the most")
        if low > high:  # no value is left
            self.forbid()
            low, high = 0, 0
        self.model.low.append(low)
        self.model.high.append(high)
        return LinearSum(self, terms={len(self.model.low) - 1: 1})

    def binary(self) -> Literal:
        """A new truth that is to be decided."""
        self.column(0, 1)
        return Literal(len(self.model.low) - 1)

    def form(self, value: Value) -> LinearSum:
        """A value as a sum over columns."""
        return value if isinstance(value, LinearSum) else LinearSum(self, exact(value), {})

    def of_truth(self, truth: Truth) -> LinearSum:
        """1 where it holds and 0 where it fails."""
        if isinstance(truth, bool):
            return LinearSum(self, int(truth), {})
        form = LinearSum(self, terms={truth.column: 1})
        return 1 - form if truth.is_negated else form

    def literal(self, truth: Truth) -> Literal:
        """A truth as a literal, though it is known."""
        return truth if isinstance(truth, Literal) else self._once(("known", truth), lambda: self._known_literal(truth))

    def _known_literal(self, truth: bool) -> Literal:
        literal = self.binary()
        self.add("clause", literals=_numbers([literal if truth else ~literal]))
        return literal

    def bounds(self, value: Value) -> tuple[Rational, Rational]:
        """Between which numbers a value lies while every column keeps within its own bounds."""
        form = self.form(value)
        low = high = form.constant
        for column, factor in form.terms.items():
            ends = sorted((factor * self.model.low[column], factor * self.model.high[column]))
            low, high = low + ends[0], high + ends[1]
        return low, high

    def whole(self, values: Sequence[Value], factor: int | None = None) -> list[Expression]:
        """Values as CP-SAT's expressions, all times the factor that makes them whole, or the one that is given.

        Raises:
            NotWholeError: The whole numbers are too large for CP-SAT.
        """
        forms = [self.form(value) for value in values]
        scale = scale_of(forms) if factor is None else factor
        return [self._expression(form, scale) for form in forms]

    def affine(self, values: Sequence[Value], factor: int | None = None) -> list[Expression]:
        """As `whole`, each over one column at most, as intervals want it."""
        scale = scale_of([self.form(value) for value in values]) if factor is None else factor
        return self.whole([self.over_one_column(self.form(value), scale) for value in values], scale)

    def over_one_column(self, form: LinearSum, scale: int) -> LinearSum:
        """A sum that the factor makes whole, as one over a single column."""
        if len(form.terms) <= 1:
            return form
        return self._once(("column", scale, key_of(form)), lambda: self._equal_column(form * scale) / scale)

    def _equal_column(self, form: LinearSum) -> LinearSum:
        """A column that is equal to a sum of whole numbers."""
        low, high = self.bounds(form)
        column = self.column(ceil(low), floor(high))
        self.require(form - column, "==")
        return column

    def _expression(self, form: LinearSum, scale: int) -> Expression:
        factors = [int(factor * scale) for factor in form.terms.values()]
        constant = int(form.constant * scale)
        reach = abs(constant) + sum(
            abs(factor) * max(abs(self.model.low[column]), abs(self.model.high[column]))
            for column, factor in zip(form.terms, factors, strict=True)
        )
        if reach > LARGEST_TOTAL:
            raise NotWholeError(
                f"scaled to whole numbers its terms may add up to {reach:.3g}, and 2^60 is the most: "
                "round the numbers, or give the variables closer bounds"
            )
        return Expression(list(form.terms), factors, constant)

    def _once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under a key before, or is made now."""
        if key not in self._made:
            self._made[key] = make()
        return cast(Made, self._made[key])

    def optimize(self, form: LinearSum, sense: Sense) -> None:
        """Make a sum the objective."""
        self.model.sense, self.model.scale = sense, form.denominator
        (self.model.objective,) = self.whole([form])

    def add(self, kind: Kind, *expressions: Expression, **more: Sequence[int]) -> None:
        """Add a constraint as it is."""
        self.model.constraints.append(Constraint(kind, expressions, **more))

    # What is not linear, as columns of its own

    def product(self, left: LinearSum, right: LinearSum) -> LinearSum:
        """The product of two sums, as a column."""
        if not left.terms or not right.terms:
            form, factor = (right, left.constant) if not left.terms else (left, right.constant)
            return LinearSum(self, parts=((factor, form),))
        return self._once(("product", key_of(left), key_of(right)), lambda: self._product(left, right))

    def _product(self, left: LinearSum, right: LinearSum) -> LinearSum:
        one, other = left.denominator, right.denominator
        factors = [*self.whole([left], one), *self.whole([right], other)]
        corners = [a * b for a in self.bounds(left * one) for b in self.bounds(right * other)]
        is_square = key_of(left) == key_of(right)
        result = self.column(0 if is_square and min(corners) < 0 else int(min(corners)), int(max(corners)))
        self.add("product", *self.whole([result]), *factors)
        return result / (one * other)

    def absolute(self, value: LinearSum) -> LinearSum:
        """The size of a value, as a column."""
        return self._once(("abs", key_of(value)), lambda: self._absolute(value))

    def _absolute(self, form: LinearSum) -> LinearSum:
        scale = form.denominator
        low, high = (int(end * scale) for end in self.bounds(form))
        result = self.column(0 if low <= 0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high)))
        self.add("absolute", *self.whole([result]), *self.whole([form], scale))
        return result / scale

    def extreme(self, function: str, values: Sequence[Value]) -> LinearSum:
        """The `min` or `max` of several values, as a column."""
        forms = [self.form(value) for value in values]
        return self._once((function, *map(key_of, forms)), lambda: self._extreme(function, forms))

    def _extreme(self, function: str, forms: Sequence[LinearSum]) -> LinearSum:
        scale = scale_of(forms)
        ends = [self.bounds(form * scale) for form in forms]
        pick = max if function == "max" else min
        result = self.column(int(pick(low for low, _ in ends)), int(pick(high for _, high in ends)))
        self.add("max" if function == "max" else "min", *self.whole([result]), *self.whole(forms, scale))
        return result / scale

    def piecewise(self, value: Value, points: Sequence[tuple[float, float]]) -> LinearSum:
        """What straight lines between points come to: looked up for each whole number between the ends."""
        form = self.form(value)
        corners = [(exact(x), exact(y)) for x, y in points]
        for sign, end in (("<=", corners[-1][0]), (">=", corners[0][0])):
            self.require(form - end, sign)
        scale = form.denominator
        low, high = self.bounds(form)
        first, last = ceil(max(low, corners[0][0]) * scale), floor(min(high, corners[-1][0]) * scale)
        if last - first >= _MOST_POINTS:
            raise NotWholeError(f"a piecewise function is looked up at {_MOST_POINTS:,} points at most")
        heights = [_height(Fraction(place, scale), corners) for place in range(first, last + 1)]
        if not heights:
            return self.form(0)
        finest = lcm(*(height.denominator for height in heights))
        levels = [int(height * finest) for height in heights]
        result = self.column(min(levels), max(levels))
        self.add("element", *self.whole([result]), *self.whole([form * scale - first]), numbers=levels)
        return result / finest

    # Comparisons of a difference with 0

    def require(self, difference: Value, sign: str, given: Sequence[Literal] = ()) -> None:
        """Make a comparison with 0 hold wherever all of the given literals do."""
        form = self.form(difference)
        if not form.terms:
            if not _compared(form.constant, sign):
                self.forbid(given)
            return
        self.add("linear", *self.whole([form]), numbers=_DOMAINS[sign], given=_numbers(given))

    def truth(self, difference: Value, sign: str) -> Truth:
        """Whether a comparison with 0 holds."""
        if sign in ("!=", ">", "<"):
            return opposite(self.truth(difference, OPPOSITE[sign]))
        form = self.form(difference)
        known = self._decided(form, sign)
        return known if known is not None else self._once((sign, key_of(form)), lambda: self._truth(form, sign))

    def _decided(self, form: LinearSum, sign: str) -> Truth | None:
        """The truth of a comparison that no column, or a single binary one, decides."""
        low, high = self.bounds(form)
        if low > 0 or high < 0 or low == high:
            return _compared(low, sign)
        if (sign == "<=" and high <= 0) or (sign == ">=" and low >= 0):
            return True
        if len(form.terms) != 1:
            return None
        ((column, factor),) = form.terms.items()
        if (self.model.low[column], self.model.high[column]) != (0, 1):
            return None
        at_zero, at_one = (_compared(form.constant + factor * value, sign) for value in (0, 1))
        return at_zero if at_zero == at_one else Literal(column, is_negated=at_zero)

    def _truth(self, form: LinearSum, sign: str) -> Literal:
        literal = self.binary()
        self.require(form, sign, [literal])
        self.require(form, OPPOSITE[sign], [~literal])
        return literal

    # Conditions of conditions

    def forbid(self, given: Sequence[Literal] = ()) -> None:
        """Leave no answer in which all of the given literals hold."""
        self.add("clause", literals=_numbers([~each for each in given]))

    def any_of(self, truths: Sequence[Truth]) -> Truth:
        """Whether at least one condition holds."""
        return opposite(self.all_of([opposite(each) for each in truths]))

    def all_of(self, truths: Sequence[Truth]) -> Truth:
        """Whether every condition holds."""
        if any(each is False for each in truths):
            return False
        literals = list(dict.fromkeys(each for each in truths if isinstance(each, Literal)))
        if len(literals) < 2:
            return literals[0] if literals else True
        return self._once(("all", frozenset(literals)), lambda: self._all_of(literals))

    def _all_of(self, literals: Sequence[Literal]) -> Literal:
        joined = self.binary()
        self.add("all", literals=_numbers(literals), given=_numbers([joined]))
        self.add("clause", literals=_numbers([joined, *(~each for each in literals)]))
        return joined


def _numbers(literals: Sequence[Literal]) -> list[int]:
    return [each.number for each in literals]


def scale_of(forms: Sequence[LinearSum]) -> int:
    """The least whole number that makes all of several sums whole."""
    return lcm(*(form.denominator for form in forms))


def _height(at: Fraction, corners: Sequence[tuple[Rational, Rational]]) -> Fraction:
    """What straight lines between corners come to at a place between the first and the last."""
    for (left, low), (right, high) in pairwise(corners):
        if at <= right:
            return Fraction(low) + Fraction(high - low) * (at - left) / (right - left)
    raise ValueError(f"{at} is beyond the last corner")


_COMPARE = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
}


def _compared(number: Rational, sign: str) -> bool:
    return bool(_COMPARE[sign](number, 0))


_LEAST, _MOST = -(2**62), 2**62
_DOMAINS: dict[str, list[int]] = {
    "<=": [_LEAST, 0],
    "<": [_LEAST, -1],
    ">=": [0, _MOST],
    ">": [1, _MOST],
    "==": [0, 0],
    "!=": [_LEAST, -1, 1, _MOST],
}
"""The ends of the intervals of whole numbers that compare with 0 as the sign says."""
