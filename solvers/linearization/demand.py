"""In which direction each column is pulled: what only has to be small enough needs no exact definition.

`t` in `t <= 5`, or minimized, may be any number not below what it stands for: the solver finds the true value itself.
So a convex use of `max` takes rows alone and no binary variable. Plaisted and Greenbaum, "A structure-preserving clause
form translation", Journal of Symbolic Computation 2(3), 1986, have the same thought for logic.
"""

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import Hessian
from steepest.solvers.vectorized.rows import RowBlock
from steepest.solvers.vectorized.scatter import Numbers


class Demand:
    """Whether a column is wanted smaller or larger by rows and objective; both, if nothing better is known."""

    def __init__(self, columns: int) -> None:
        self.smaller: npt.NDArray[np.bool_] = np.zeros(columns, bool)
        self.larger: npt.NDArray[np.bool_] = np.zeros(columns, bool)

    def add_objective(self, cost: Numbers, hessian: Hessian | None, sense: str) -> None:
        """Note what an objective wants."""
        sign = 1 if sense == "minimize" else -1
        self.smaller[: len(cost)] |= sign * cost > 0
        self.larger[: len(cost)] |= sign * cost < 0
        if hessian is not None:
            used = np.concatenate([hessian.rows, np.flatnonzero(np.diff(hessian.starts))])
            self.smaller[used] = self.larger[used] = True

    def add_rows(self, block: RowBlock) -> None:
        """Note what rows want: one with an upper limit, its terms smaller; one with a lower limit, larger."""
        if not len(block.columns):
            return
        self.reach(int(block.columns.max()) + 1)
        rows, rising = block.row_numbers, block.coefficients > 0
        limited_above, limited_below = np.isfinite(block.upper)[rows], np.isfinite(block.lower)[rows]
        self.smaller[block.columns[np.where(rising, limited_above, limited_below)]] = True
        self.larger[block.columns[np.where(rising, limited_below, limited_above)]] = True

    def reach(self, columns: int) -> None:
        """Room for columns that were added since; nothing has asked for them yet."""
        more = columns - len(self.smaller)
        if more > 0:
            self.smaller = np.concatenate([self.smaller, np.zeros(more, bool)])
            self.larger = np.concatenate([self.larger, np.zeros(more, bool)])
