"""Why a term can't be linearized: a bound that is missing, told with the variable that lacks it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from steepest.solvers.linearization.boxes import Box
from steepest.solvers.linearization.reformulation import Definition, Record
from steepest.solvers.vectorized.algebra import UnsupportedProblemError

LARGEST_FACTOR = 1e9
"""A factor beyond this switches no row off: a whole number may be off by 1e-9 to a solver."""


class UnboundedTermError(UnsupportedProblemError):
    """A term needs a bound that a column lacks; `column` is the one that lacks it."""

    def __init__(self, record: Record, column: int) -> None:
        self.column = column
        super().__init__(record.text, "it has no finite bounds", record.place)


def unbounded(record: Record, columns: npt.NDArray[np.integer], box: Box) -> UnboundedTermError:
    """The error for a term over the given columns, one of which has no finite bound."""
    size = np.maximum(np.abs(box.low[columns]), np.abs(box.high[columns]))
    return UnboundedTermError(record, int(columns[np.argmax(size)]))


def traced(column: int, definitions: Sequence[Definition], box_of_columns: Box, variables: int) -> int:
    """The variable of the formulation behind a column: an auxiliary one has no bound because another has none."""
    while column >= variables:
        maker = next(each for each in definitions if column in each.results)
        inner = maker.arguments
        size = np.maximum(np.abs(box_of_columns.low[inner]), np.abs(box_of_columns.high[inner]))
        column = int(inner[np.argmax(size)])
    return column
