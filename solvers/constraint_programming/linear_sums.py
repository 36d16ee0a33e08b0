"""Sums of whole-number columns with exact factors, as the scalar reading adds them up.

A sum of sums stays a tree until it is asked for its terms: adding up n terms one after another costs n steps and not n
squared.
"""

import operator
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import NoReturn, Protocol, TypeAlias

from steepest.solvers.constraint_programming.exact import Rational, exact
from steepest.solvers.constraint_programming.refusals import NotWholeError

Value: TypeAlias = "int | float | Fraction | LinearSum"
"""What an expression comes to: a number, or a sum over columns."""


_HIGHEST_POWER = 6


class Products(Protocol):
    """Whoever makes a column of what is not linear."""

    def product(self, left: "LinearSum", right: "LinearSum") -> "LinearSum":
        """The product of two sums."""


class LinearSum:
    """An exact linear form `constant + sum(factor * column)`; never changed once made."""

    __slots__ = ("_constant", "_parts", "_terms", "products")

    def __init__(
        self,
        products: Products,
        constant: Rational = 0,
        terms: Mapping[int, Rational] | None = None,
        parts: "Sequence[tuple[Rational, LinearSum]]" = (),
    ) -> None:
        self.products = products
        self._constant = constant
        self._terms = terms
        self._parts = parts

    @property
    def terms(self) -> Mapping[int, Rational]:
        """The factor of each column that occurs, none of them 0."""
        self._add_up()
        return self._terms or {}

    @property
    def constant(self) -> Rational:
        """What is added to the columns."""
        self._add_up()
        return self._constant

    @property
    def denominator(self) -> int:
        """The least whole number that makes every factor and the constant whole."""
        return lcm(self.constant.denominator, *(factor.denominator for factor in self.terms.values()))

    def _add_up(self) -> None:
        if not self._parts and self._terms is not None:
            return
        constant: Rational = 0
        terms: dict[int, Rational] = {}
        waiting: list[tuple[Rational, LinearSum]] = [(1, self)]
        while waiting:
            factor, each = waiting.pop()
            constant += factor * each._constant
            for column, own in (each._terms or {}).items():
                terms[column] = terms.get(column, 0) + factor * own
            waiting.extend((factor * inner, part) for inner, part in each._parts)
        self._constant, self._parts = constant, ()
        self._terms = {column: factor for column, factor in terms.items() if factor}

    # Arithmetic, as the scalar reading does it

    def __add__(self, other: Value) -> "LinearSum":
        return self._joined(other, 1)

    __radd__ = __add__

    def __sub__(self, other: Value) -> "LinearSum":
        return self._joined(other, -1)

    def __rsub__(self, other: Value) -> "LinearSum":
        return (-self)._joined(other, 1)

    def __neg__(self) -> "LinearSum":
        return LinearSum(self.products, parts=((-1, self),))

    def __mul__(self, other: Value) -> "LinearSum":
        if isinstance(other, LinearSum):
            return self.products.product(self, other)
        return LinearSum(self.products, parts=((exact(other), self),))

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> "LinearSum":
        if isinstance(other, LinearSum):
            raise NotWholeError("it divides by a decision, and the quotient need not be whole")
        if not other:
            raise ZeroDivisionError("division by zero")
        return LinearSum(self.products, parts=((Fraction(1) / exact(other), self),))

    def __rtruediv__(self, other: Value) -> NoReturn:
        raise NotWholeError("it divides by a decision, and the quotient need not be whole")

    def __pow__(self, exponent: Value) -> "LinearSum | int":
        power = exact(exponent) if not isinstance(exponent, LinearSum) else Fraction(1, 2)
        if not isinstance(power, int) or not 0 <= power <= _HIGHEST_POWER:
            raise NotWholeError(f"only powers from 0 to {_HIGHEST_POWER} are products of whole numbers")
        result: LinearSum | int = 1
        for _ in range(power):
            result = self * result
        return result

    def __rpow__(self, base: Value) -> NoReturn:
        raise NotWholeError("a decision is its exponent")

    def _joined(self, other: Value, sign: Rational) -> "LinearSum":
        if isinstance(other, LinearSum):
            return LinearSum(self.products, parts=((1, self), (sign, other)))
        return LinearSum(self.products, sign * exact(other), parts=((1, self),))

    # A comparison here is one where only data can stand

    def _refuse(self, _: object) -> NoReturn:
        raise NotWholeError("it branches on a decision where only data can stand")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = None  # type: ignore[assignment]  # equality means nothing


def key_of(form: LinearSum) -> tuple[Rational, tuple[tuple[int, Rational], ...]]:
    """What two sums have in common that are the same."""
    return form.constant, tuple(sorted(form.terms.items(), key=operator.itemgetter(0)))


def value_of(form: LinearSum, values: Sequence[int]) -> Rational:
    """What a sum comes to where its columns have values."""
    return form.constant + sum(factor * values[column] for column, factor in form.terms.items())
