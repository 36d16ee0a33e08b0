"""What a model says of some of its columns: the others are eliminated, exactly, or the model is refused.

A column in an equation is what the equation makes it; a column in inequalities lies between what bounds it from below
and from above (Fourier and Motzkin). A whole number is eliminated only where what it is, or lies between, is whole.
"""

from dataclasses import dataclass, replace

import numpy as np

from steepest.errors import SteepestError
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.equivalence.rows import BOUNDS, SparseRow, bounds_of, rows_of
from steepest.solvers.spending import Spending
from steepest.solvers.vectorized.columns import CONTINUOUS, INTEGER, SEMICONTINUOUS

_MOST_NEW_ROWS = 200
"""Of one eliminated column; more make the next ones hopeless."""
_MOST_ROWS = 20_000
_WHOLE = 1e-9


class NotProjectableError(SteepestError):
    """A column can't be eliminated exactly; the text names it."""


@dataclass(frozen=True, eq=False)
class Projection:
    """The constraints of a model on the columns that are kept, and which of its columns these are."""

    model: ArrayModel
    kept: tuple[int, ...]
    rows: list[SparseRow]


def projected(model: ArrayModel, kept: tuple[int, ...], further: list[SparseRow], spending: Spending) -> Projection:
    """The model's constraints, and further ones, on some of its columns.

    Raises:
        NotProjectableError: A column can't be eliminated exactly.
        BudgetSpentError: The time is over.
    """
    rows = [row for row in (*rows_of(model), *further) if not row.is_free]
    gone = set(range(model.columns)) - set(kept)
    while gone:
        spending.require_time()
        count = dict.fromkeys(gone, 0)
        for row in rows:
            for column in row.coefficients:
                if column in count:
                    count[column] += 1
        for column in [each for each, times in count.items() if not times]:
            _require_a_value(model, column)
            gone.discard(column)
        if not gone:
            break
        told = {each for row in rows if row.is_equation for each in row.coefficients if _is_told(model, row, each)}
        column = min(gone, key=lambda each: (each not in told, count[each], each))
        rows = _without(model, rows, column)
        gone.discard(column)
        if len(rows) > _MOST_ROWS:
            raise NotProjectableError(f"eliminating {model.column_name(column)} takes too many constraints")
    return Projection(model, kept, rows)


def _require_a_value(model: ArrayModel, column: int) -> None:
    """A whole number between 0.4 and 0.6 has none, whatever the kept columns are."""
    low, high = model.lower[column], model.upper[column]
    if model.types[column] == INTEGER and np.ceil(low - _WHOLE) > np.floor(high + _WHOLE):
        raise NotProjectableError(f"{model.column_name(column)} has no whole number between its bounds")


def _without(model: ArrayModel, rows: list[SparseRow], column: int) -> list[SparseRow]:
    if model.types[column] == SEMICONTINUOUS:
        raise NotProjectableError(f"{model.column_name(column)} is zero or within its bounds, and stands in one only")
    others = [row for row in rows if column not in row.coefficients]
    using = [row for row in (*rows, bounds_of(model, column)) if column in row.coefficients and not row.is_free]
    equation = _equation(model, rows, column)
    if equation is not None:
        return others + [_substituted(row, equation, column) for row in using if row is not equation]
    if model.types[column] == INTEGER and not all(_is_whole_beside(model, row, column) for row in using):
        raise NotProjectableError(f"the whole number {model.column_name(column)} stands in one formulation only")
    return others + _combined(model, using, column)


def _equation(model: ArrayModel, rows: list[SparseRow], column: int) -> SparseRow | None:
    """The shortest equation that says what a column is."""
    found = [row for row in rows if row.is_equation and column in row.coefficients and _is_told(model, row, column)]
    return min(found, key=lambda row: len(row.coefficients), default=None)


def _is_told(model: ArrayModel, equation: SparseRow, column: int) -> bool:
    """Whether an equation makes one of its columns a value that the column may have."""
    return bool(model.types[column] == CONTINUOUS) or _is_whole_beside(model, equation, column)


def _is_whole_beside(model: ArrayModel, row: SparseRow, column: int) -> bool:
    """Whether the rest of a row and its limits are whole multiples of the column's coefficient."""
    by = row.coefficients[column]
    others = [each for each in row.coefficients if each != column]
    numbers = [row.coefficients[each] / by for each in others]
    numbers += [limit / by for limit in (row.lower, row.upper) if np.isfinite(limit)]
    is_whole = all(abs(number - round(number)) <= _WHOLE for number in numbers)
    return is_whole and all(model.types[each] == INTEGER for each in others)


def _substituted(row: SparseRow, equation: SparseRow, column: int) -> SparseRow:
    factor = -row.coefficients[column] / equation.coefficients[column]
    shift = factor * equation.lower
    total = row.plus(equation, factor, row.lower + shift, row.upper + shift)
    return replace(total, coefficients={each: value for each, value in total.coefficients.items() if each != column})


def _combined(model: ArrayModel, using: list[SparseRow], column: int) -> list[SparseRow]:
    """What bounds the column from below is at most what bounds it from above."""
    scaled = [row.times(1 / row.coefficients[column]) for row in using]
    below = [row for row in scaled if np.isfinite(row.lower)]
    above = [row for row in scaled if np.isfinite(row.upper)]
    if len(below) * len(above) > _MOST_NEW_ROWS:
        raise NotProjectableError(f"{model.column_name(column)} stands in one formulation only, in many constraints")
    found = []
    for low in below:
        for high in above:
            if low is high:  # two limits of one row always leave room
                continue
            total = low.plus(high, -1.0, low.lower - high.upper, np.inf)
            kept = {each: value for each, value in total.coefficients.items() if each != column}
            name = high.name if low.name.startswith(BOUNDS) else low.name
            found.append(SparseRow(name, kept, total.lower, total.upper))
    return found
