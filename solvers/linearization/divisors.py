"""On which side of zero divisors stay: by their own bounds, by what rows imply for these, or by linear problems.

A divisor has to keep its sign in every answer, and rows that all answers meet may be what keeps it: `y + z >= 2` does
for `x / (y + z)` though both may be zero.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from steepest.errors import SteepestError
from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.linearization.boxes import Box, column_box, form_box
from steepest.solvers.linearization.propagation import propagated
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.columns import CONTINUOUS, Columns
from steepest.solvers.vectorized.forms import Form
from steepest.solvers.vectorized.rows import RowBlock
from steepest.solvers.vectorized.scatter import Numbers, totals

_AWAY_FROM_ZERO = 1e-6
"""A divisor that may come closer to zero than this could as well be zero."""
_ROUNDS = 10
"""Over all rows: one bound may hang on another."""
_MOST_PROBLEMS = 200
"""Linear problems, two for each divisor whose bounds alone say nothing."""
_SECONDS = 2.0
"""For one of them."""


def divisor_signs(divisors: Form, columns: Columns, rows: Sequence[RowBlock]) -> Numbers:
    """1 for each divisor that is above zero in every answer, -1 for each that is below, 0 where that is not known.

    Args:
        divisors: One a row.
        columns: Of the model.
        rows: That every answer meets.
    """
    box = column_box(columns)
    signs = _signs(form_box(divisors, box))
    if signs.all() or not any(map(len, rows)):
        return signs
    for _ in range(_ROUNDS):
        smaller = propagated(rows, box, columns.whole)
        if np.array_equal(smaller.low, box.low) and np.array_equal(smaller.high, box.high):
            break
        box = smaller
    signs = _signs(form_box(divisors, box))
    unknown = np.flatnonzero(signs == 0)
    if len(unknown) and divisors.degree < 2 and 2 * len(unknown) <= _MOST_PROBLEMS:
        signs[unknown] = _by_linear_problems(divisors, unknown, column_box(columns), rows)
    return signs


def _signs(box: Box) -> Numbers:
    return np.where(box.low > _AWAY_FROM_ZERO, 1.0, np.where(box.high < -_AWAY_FROM_ZERO, -1.0, 0.0))


def _by_linear_problems(divisors: Form, asked: npt.NDArray[np.intp], box: Box, rows: Sequence[RowBlock]) -> list[float]:
    """The signs of some divisors, as the least and the largest value that the rows leave them have it."""
    model, constants = _relaxation(box, rows), np.broadcast_to(divisors.constant, divisors.size)
    return [_sign_of(model, _cost(divisors, row, len(box.low)), float(constants[row])) for row in asked]


def _cost(form: Form, row: np.intp, columns: int) -> Numbers:
    """One row of a linear form as an objective."""
    cost = np.zeros(columns)
    for block in form.blocks:
        here = block.rows_in(form.size) == row
        factors = np.broadcast_to(block.coefficients, len(block.columns))[here]
        cost += totals(block.columns[here], factors, columns)
    return cost


def _relaxation(box: Box, rows: Sequence[RowBlock]) -> ArrayModel:
    """The rows with whole numbers left open, and no objective yet."""
    counts = np.concatenate([block.counts for block in rows])
    return ArrayModel(
        sense="minimize",
        offset=0.0,
        cost=np.zeros(len(box.low)),
        lower=box.low,
        upper=box.high,
        types=np.full(len(box.low), CONTINUOUS, np.int32),
        row_starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        row_columns=np.concatenate([block.columns for block in rows]).astype(np.int32),
        row_coefficients=np.concatenate([block.coefficients for block in rows]),
        row_lower=np.concatenate([block.lower for block in rows]),
        row_upper=np.concatenate([block.upper for block in rows]),
        hessian=None,
    )


def _sign_of(model: ArrayModel, cost: Numbers, constant: float) -> float:
    for sign in (1.0, -1.0):
        least = _least(model, sign * cost)
        if least is not None and least + sign * constant > _AWAY_FROM_ZERO:
            return sign
    return 0.0


def _least(model: ArrayModel, cost: Numbers) -> float | None:
    """The least value of a linear function over the rows; infinite where they leave no answer, None if not found."""
    try:
        answer = solve_arrays(replace(model, cost=cost), SolveOptions(time_limit=_SECONDS))
    except SteepestError:  # numbers that a solver does not take: the sign stays unknown
        return None
    if answer.status == "infeasible":
        return float("inf")
    return answer.objective if answer.status == "optimal" else None
