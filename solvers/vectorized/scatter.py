"""Sums of array entries by group."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]


def totals(groups: npt.NDArray[np.integer], weights: Numbers, size: int) -> Numbers:
    """The sum of the weights of each group 0 ... size - 1; 0 for a group without any."""
    return np.bincount(groups, weights, size).astype(np.float64, copy=False)
