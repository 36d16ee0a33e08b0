"""The columns of a model, those of the formulation's variables first and auxiliary ones behind them."""

import numpy as np
import numpy.typing as npt

from steepest.solvers.vectorized.scatter import Numbers

CONTINUOUS, INTEGER, SEMICONTINUOUS = 0, 1, 2
"""The types of columns, as HiGHS numbers them."""


class Columns:
    """Bounds and types of all columns; new ones are put behind those that are there."""

    def __init__(self) -> None:
        self.size = 0
        self._lower: Numbers = np.empty(0)
        self._upper: Numbers = np.empty(0)
        self._types: npt.NDArray[np.int32] = np.empty(0, np.int32)
        self._whole: npt.NDArray[np.bool_] = np.empty(0, bool)

    @property
    def lower(self) -> Numbers:
        """The least value of each column."""
        return self._lower[: self.size]

    @property
    def upper(self) -> Numbers:
        """The largest value of each column."""
        return self._upper[: self.size]

    @property
    def types(self) -> npt.NDArray[np.int32]:
        """0 continuous, 1 integer, 2 semicontinuous."""
        return self._types[: self.size]

    @property
    def whole(self) -> npt.NDArray[np.bool_]:
        """Which columns stand for whole numbers: the integer ones, and those that an integer expression defines."""
        return self._whole[: self.size]

    def add(
        self, lower: Numbers, upper: Numbers, kind: int = CONTINUOUS, whole: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.int32]:
        """Put columns behind those that are there.

        Args:
            lower: The least value of each.
            upper: The largest value of each.
            kind: `CONTINUOUS`, `INTEGER` or `SEMICONTINUOUS`.
            whole: Which of them stand for whole numbers though they are not of the integer type.

        Returns:
            Their numbers.
        """
        count, first = len(lower), self.size
        self._make_room(first + count)
        self.size += count
        self._lower[first : self.size] = lower
        self._upper[first : self.size] = upper
        self._types[first : self.size] = kind
        self._whole[first : self.size] = kind == INTEGER if whole is None else whole
        return np.arange(first, self.size, dtype=np.int32)

    def _make_room(self, size: int) -> None:
        """Twice the room at a time, so that a thousand small additions are not a thousand copies of everything."""
        if size <= len(self._lower):
            return
        more = max(size, 2 * len(self._lower)) - len(self._lower)
        self._lower = np.concatenate([self._lower, np.empty(more)])
        self._upper = np.concatenate([self._upper, np.empty(more)])
        self._types = np.concatenate([self._types, np.empty(more, np.int32)])
        self._whole = np.concatenate([self._whole, np.empty(more, bool)])
