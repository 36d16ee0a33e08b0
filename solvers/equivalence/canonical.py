"""Constraints in a form that their scale and direction do not change, and numbers that count as the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.equivalence.rows import SparseRow

SAME = 1e-9
"""How far two numbers may be off and count as the same, relative to their size."""
_LEAST_SIZE = 1e-6


@dataclass(frozen=True, slots=True)
class CanonicalRow:
    """A row with a largest coefficient of 1, turned to the direction that it and its negative agree on."""

    row: SparseRow
    factor: float
    """What the row was multiplied by."""
    is_symmetric: bool
    """Whether the row and its negative look alike, so that its direction tells nothing."""


def canonical_rows(rows: Iterable[SparseRow]) -> list[CanonicalRow]:
    """The rows in canonical form; those that limit nothing are left out."""
    return [_canonical(row) for row in rows if not row.is_free and not _is_idle(row)]


def is_same(one: float, other: float) -> bool:
    """Whether two numbers are the same but for rounding."""
    return one == other or abs(one - other) <= SAME * max(abs(one), abs(other), _LEAST_SIZE)


def products(model: ArrayModel, places: Mapping[int, int]) -> dict[frozenset[int], float]:
    """The coefficients of a quadratic objective by the columns that are multiplied, each at the place it is given."""
    found: dict[frozenset[int], float] = {}
    if model.hessian is None:
        return found
    columns = np.repeat(np.arange(model.columns), np.diff(model.hessian.starts))
    for one, other, value in zip(
        columns.tolist(), model.hessian.rows.tolist(), model.hessian.values.tolist(), strict=True
    ):
        pair = frozenset((places[one], places[other]))
        found[pair] = found.get(pair, 0.0) + value
    return found


class NumberClasses:
    """Numbers that are the same but for rounding have one class; no boundary of rounding runs between them."""

    def __init__(self, numbers: Iterable[float]) -> None:
        self._ends: list[float] = []
        for number in sorted({each for each in numbers if np.isfinite(each)}):
            if self._ends and is_same(self._ends[-1], number):
                self._ends[-1] = number
            else:
                self._ends.append(number)

    def of(self, number: float) -> int:
        """The class of one of the numbers; what is infinite has a class on either side."""
        if not np.isfinite(number):
            return -1 if number < 0 else len(self._ends)
        return int(np.searchsorted(self._ends, number))


def _canonical(row: SparseRow) -> CanonicalRow:
    largest = max(map(abs, row.coefficients.values()), default=1.0)
    one, other = row.times(1 / largest), row.times(-1 / largest)
    if _face(one) >= _face(other):
        return CanonicalRow(one, 1 / largest, _face(one) == _face(other))
    return CanonicalRow(other, -1 / largest, is_symmetric=False)


def _is_idle(row: SparseRow) -> bool:
    return not row.coefficients and row.lower <= 0 <= row.upper


def _face(row: SparseRow) -> tuple[bool, float, float, tuple[float, ...]]:
    """What tells a row from its negative, to nine digits."""
    values = tuple(sorted((_rounded(value) for value in row.coefficients.values()), reverse=True))
    return bool(np.isfinite(row.upper)), _rounded(row.upper), _rounded(row.lower), values


def _rounded(value: float) -> float:
    return float(f"{value:.9g}") + 0.0  # + 0.0: no minus zero
