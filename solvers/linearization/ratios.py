"""Comparisons of ratios, multiplied by divisors of a known sign: `a / b <= c` is `a <= c b` where `b` is positive."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steepest.solvers.language.expressions import Arithmetic, Comparison, Expression, Negation, Sum, walk
from steepest.solvers.language.spelling import spell
from steepest.solvers.linearization.divisors import divisor_signs
from steepest.solvers.vectorized.algebra import Algebra, UnsupportedProblemError
from steepest.solvers.vectorized.forms import Form, add
from steepest.solvers.vectorized.frames import Frame
from steepest.solvers.vectorized.scatter import Numbers

if TYPE_CHECKING:
    from steepest.solvers.linearization.linearizer import Linearizer


@dataclass(frozen=True, slots=True)
class _Fraction:
    """`top / bottom`, row by row."""

    top: Form
    bottom: Form | None = None
    divisor: Expression | None = None
    """The bottom as it is written, by which equal ones are told."""


def has_ratio(node: Expression, algebra: Algebra, bound: frozenset[str]) -> bool:
    """Whether an expression divides by something with variables in it."""
    return any(
        isinstance(part, Arithmetic) and part.operator == "/" and algebra.has_variables(part.right, bound)
        for part in walk(node)
    )


def multiplied_out(linearizer: "Linearizer", body: Comparison, frame: Frame) -> tuple[Form, Numbers]:
    """`left - right` of a comparison times its divisors.

    Returns:
        The form that is compared with zero, and 1 for each row whose comparison stays as it is, -1 for each that is
        turned round.

    Raises:
        UnsupportedProblemError: A divisor may be zero.
    """
    ratios = _Ratios(linearizer)
    difference = ratios.sum(body.operands, (1, -1), frame)
    assert difference.bottom is not None  # noqa: S101  # the caller has seen a ratio
    sign = divisor_signs(difference.bottom, linearizer.made.columns, linearizer.given)
    if (sign == 0).any():
        reason = "a divisor may be zero; bounds or linear constraints that keep it away from 0 make it linear"
        raise UnsupportedProblemError(spell(body), reason, body.place)
    record = linearizer.made.record("ratio", body, linearizer.algebra.element)
    record.rows += frame.size
    return difference.top, sign


class _Ratios:
    """Turns expressions into fractions of forms."""

    def __init__(self, linearizer: "Linearizer") -> None:
        self.linearizer = linearizer
        self.algebra = linearizer.algebra

    def fraction(self, node: Expression, frame: Frame) -> _Fraction:
        bound = frozenset(frame.columns)
        if not has_ratio(node, self.algebra, bound):
            return _Fraction(self.algebra.form(node, frame))
        match node:
            case Negation(operand):
                inner = self.fraction(operand, frame)
                return _Fraction(inner.top.scaled(np.asarray(-1.0)), inner.bottom, inner.divisor)
            case Sum(terms, signs):
                return self.sum(terms, signs, frame)
            case Arithmetic("/", left, right) if self.algebra.has_variables(right, bound):
                if has_ratio(left, self.algebra, bound) or has_ratio(right, self.algebra, bound):
                    raise UnsupportedProblemError(spell(node), "a ratio of ratios", node.place)
                return _Fraction(self.algebra.form(left, frame), self.algebra.form(right, frame), right)
            case Arithmetic("*", left, right):
                one, other = self.fraction(left, frame), self.fraction(right, frame)
                if one.bottom is None or other.bottom is None:
                    top = self.linearizer.product(one.top, other.top, node)
                    return _Fraction(top, one.bottom or other.bottom, one.divisor or other.divisor)
            case Arithmetic("/", left, right):
                inner, by = self.fraction(left, frame), np.asarray(self.algebra.evaluate.number(right, frame))
                if (by != 0).all():
                    return _Fraction(inner.top.scaled(1.0 / by), inner.bottom, inner.divisor)
        raise UnsupportedProblemError(spell(node), "division by a variable, in a place with no linear form", node.place)

    def sum(self, terms: tuple[Expression, ...], signs: tuple[int, ...], frame: Frame) -> _Fraction:
        """The terms added up: those over the same divisor first, and then brought over one."""
        groups: dict[Expression | None, tuple[Form | None, list[Form], list[int]]] = {}
        for term, sign in zip(terms, signs, strict=True):
            part = self.fraction(term, frame)
            _, tops, of = groups.setdefault(part.divisor, (part.bottom, [], []))
            tops.append(part.top)
            of.append(sign)
        total: _Fraction | None = None
        for divisor, (bottom, tops, of) in groups.items():
            group = _Fraction(add(tops, of), bottom, divisor)
            total = group if total is None else self.over_one(total, group)
        assert total is not None  # noqa: S101  # a sum has terms
        return total

    def over_one(self, left: _Fraction, right: _Fraction) -> _Fraction:
        """The sum of two fractions over the product of their divisors."""
        node = left.divisor or right.divisor
        assert node is not None  # noqa: S101  # of two groups one has a divisor
        one = left.top if right.bottom is None else self.linearizer.product(left.top, right.bottom, node)
        other = right.top if left.bottom is None else self.linearizer.product(right.top, left.bottom, node)
        bottom = left.bottom or right.bottom
        if left.bottom is not None and right.bottom is not None:
            raise UnsupportedProblemError(spell(node), "ratios with different divisors", node.place)
        return _Fraction(add([one, other], [1, 1]), bottom, node)
