"""Blocks of rows in compressed sparse row form, made of linear forms."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from steepest.solvers.diagnostics import problem
from steepest.solvers.vectorized.forms import Form, compacted
from steepest.solvers.vectorized.frames import Frame
from steepest.solvers.vectorized.scatter import Numbers


@dataclass(frozen=True, eq=False)
class RowBlock:
    """The rows of one comparison of one constraint family, in compressed sparse row form."""

    name: str
    frame: Frame
    """The index tuple of each row."""
    counts: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]
    coefficients: Numbers
    lower: Numbers
    upper: Numbers
    is_auxiliary: bool = False
    """Whether it is no comparison of the formulation as written: it says what auxiliary columns are, or a ratio."""

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def row_numbers(self) -> npt.NDArray[np.intp]:
        """The row of each coefficient."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


def row_block(
    name: str, frame: Frame, form: Form, lower: Numbers, upper: Numbers, is_auxiliary: bool = False
) -> RowBlock:
    """The rows `lower <= form <= upper` of a linear form without its constant.

    Raises:
        FormulationError: A coefficient or bound is not a finite number.
    """
    compact = compacted(form)
    _require_finite(compact, lower, upper)
    if not compact.blocks:
        none = np.empty(0, np.int32)
        empty = np.empty(0)
        return RowBlock(name, frame, np.zeros(frame.size, np.int32), none, empty, lower, upper, is_auxiliary)
    (block,) = compact.blocks
    counts = np.bincount(block.rows_in(frame.size), minlength=frame.size).astype(np.int32)
    return RowBlock(name, frame, counts, block.columns, block.coefficients, lower, upper, is_auxiliary)


def _require_finite(form: Form, lower: Numbers, upper: Numbers) -> None:
    bad = np.isnan(lower) | np.isnan(upper) | (lower == np.inf) | (upper == -np.inf)
    if bad.any() or any(not np.isfinite(block.coefficients).all() for block in form.blocks):
        raise problem("not-finite", "a coefficient or bound is not a finite number")
