"""Constraints as sparse rows over numbered columns, for the algebra that compiled arrays are too rigid for."""

from dataclasses import dataclass

import numpy as np

from steepest.solvers.backends.array_model import ArrayModel

BOUNDS = "the bounds of"
_DUST = 1e-12
"""What rounding leaves of a coefficient that cancels, relative to the largest of its row."""


@dataclass(frozen=True, slots=True)
class SparseRow:
    """`lower <= sum of coefficients times columns <= upper`."""

    name: str
    coefficients: dict[int, float]
    lower: float
    upper: float

    @property
    def is_equation(self) -> bool:
        """Whether it has one value only."""
        return self.lower == self.upper

    @property
    def is_free(self) -> bool:
        """Whether it limits nothing."""
        return self.lower == -np.inf and self.upper == np.inf

    def scaled(self) -> "SparseRow":
        """The same row with a largest coefficient of 1 by size; one without coefficients stays as it is."""
        largest = max(map(abs, self.coefficients.values()), default=0.0)
        return self.times(1 / largest) if largest else self

    def times(self, factor: float) -> "SparseRow":
        """The row multiplied by a number other than 0."""
        ends = (self.lower * factor, self.upper * factor)
        coefficients = {column: value * factor for column, value in self.coefficients.items()}
        return SparseRow(self.name, coefficients, min(ends), max(ends))

    def plus(self, other: "SparseRow", factor: float, lower: float, upper: float) -> "SparseRow":
        """This row and a multiple of another, with limits of its own, without what cancels."""
        total = dict(self.coefficients)
        largest = {column: abs(value) for column, value in total.items()}
        for column, value in other.coefficients.items():
            total[column] = total.get(column, 0.0) + factor * value
            largest[column] = max(largest.get(column, 0.0), abs(factor * value))
        kept = {column: value for column, value in total.items() if abs(value) > _DUST * largest[column]}
        return SparseRow(self.name, kept, lower, upper)


def rows_of(model: ArrayModel) -> list[SparseRow]:
    """The rows of a model, equal columns of a row added up."""
    found = []
    for row in range(model.rows):
        coefficients: dict[int, float] = {}
        for at in range(int(model.row_starts[row]), int(model.row_starts[row + 1])):
            column = int(model.row_columns[at])
            coefficients[column] = coefficients.get(column, 0.0) + float(model.row_coefficients[at])
        kept = {column: value for column, value in coefficients.items() if value}
        found.append(SparseRow(model.row_name(row), kept, float(model.row_lower[row]), float(model.row_upper[row])))
    return found


def bounds_of(model: ArrayModel, column: int) -> SparseRow:
    """The bounds of a column as a row."""
    name = f"{BOUNDS} {model.column_name(column)}"
    return SparseRow(name, {column: 1.0}, float(model.lower[column]), float(model.upper[column]))
