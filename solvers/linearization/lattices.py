"""Forms that take whole multiples of a step only, so that `f > 0` is exactly `f >= the next multiple`."""

import numpy as np
import numpy.typing as npt

from steepest.solvers.vectorized.columns import Columns
from steepest.solvers.vectorized.forms import Form, compacted
from steepest.solvers.vectorized.scatter import Numbers

_FRACTION = 1e6
"""Coefficients are told apart from whole multiples of one over this."""

_LARGEST = 1e9
"""Coefficients beyond this are rounded themselves."""


def is_whole(form: Form, columns: Columns) -> npt.NDArray[np.bool_]:
    """Whether each row of a linear form is a whole number at whole values of its columns."""
    steps = lattice_steps(form, columns)
    constant = np.broadcast_to(form.constant, form.size)
    return (steps > 0) & (np.abs(steps - np.round(steps)) < 1e-9) & (np.abs(constant - np.round(constant)) < 1e-9)


def lattice_steps(form: Form, columns: Columns) -> Numbers:
    """The step between the values of each row, constants left aside; 0 where they are not stepped.

    A row without variables has the step 1.
    """
    steps = np.ones(form.size)
    blocks = compacted(form).blocks
    if not blocks:
        return steps
    (block,) = blocks
    rows = block.rows_in(form.size)
    exact = block.coefficients * _FRACTION
    whole = np.round(exact)
    fits = columns.whole[block.columns] & (np.abs(exact - whole) <= 1e-6) & (np.abs(block.coefficients) <= _LARGEST)
    starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    divisors = np.gcd.reduceat(np.where(fits, np.abs(whole), 0).astype(np.int64), starts)
    steps[rows[starts]] = np.where(np.logical_and.reduceat(fits, starts), divisors / _FRACTION, 0.0)
    return steps
