"""Convex QPs with HiGHS, whose method adds a small `1/2 r x'x` to the objective and may answer that other problem.

The proximal point method takes the addition back: with the cost moved by `- r x_k` at the last answer `x_k`, what is
added is `1/2 r |x - x_k|^2`, which fades as the answers stand still (Rockafellar, "Monotone operators and the proximal
point algorithm", 1976). No answer counts that is not stationary for the objective itself.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.solution import Status
from steepest.solvers.tolerances import FEASIBILITY, STATIONARITY
from steepest.solvers.vectorized.scatter import Numbers, totals

if TYPE_CHECKING:
    import highspy

REGULARIZATION = 1e-7
_LARGER = (1e-9, 1e-7, 1e-5)
"""Regularizations relative to the largest quadratic term, for a matrix that HiGHS can't factor without."""
_MOST_STEPS = 50

Run = Callable[[], Status]


def solve_quadratic(solver: "highspy.Highs", model: ArrayModel, run: Run) -> Status:
    """Solve the QP that the solver holds.

    Args:
        solver: HiGHS with the model handed over.
        model: The same model.
        run: Runs the solver to its end; `failed` for a limit of iterations or a breakdown.

    Raises:
        SolverError: No answer is one for the objective itself.
    """
    solver.setOptionValue("qp_iteration_limit", 10_000 + 20 * (model.columns + model.rows))
    largest = float(np.abs(model.hessian.values).max()) if model.hessian is not None else 0.0
    for regularization in (REGULARIZATION, 0.0, *(factor * largest for factor in _LARGER)):
        status = _proximal(solver, model, run, regularization)
        if status != "failed":
            return status
    raise SolverError(
        "HiGHS finds no optimal answer for the quadratic objective: bring its terms to units in which their "
        "numbers are of similar size, and give the variables bounds"
    )


def _proximal(solver: "highspy.Highs", model: ArrayModel, run: Run, regularization: float) -> Status:
    """Solve again from each answer until it is stationary."""
    sign = 1.0 if model.sense == "minimize" else -1.0
    solver.setOptionValue("qp_regularization_value", regularization)
    _set_cost(solver, model.cost)
    for _ in range(_MOST_STEPS):
        status = run()
        if status != "optimal" or _is_stationary(solver, model):
            return status
        if not regularization:
            break
        answer = np.array(solver.getSolution().col_value)
        _set_cost(solver, model.cost - sign * regularization * answer)
    return "failed"


def _set_cost(solver: "highspy.Highs", cost: Numbers) -> None:
    solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)


def _is_stationary(solver: "highspy.Highs", model: ArrayModel) -> bool:
    """Whether no small step from the solver's answer improves the objective: the conditions of Karush, Kuhn, Tucker."""
    answer = solver.getSolution()
    if not answer.dual_valid:
        return False
    return is_stationary(model, np.array(answer.col_value), np.array(answer.row_value), np.array(answer.row_dual))


def is_stationary(model: ArrayModel, values: Numbers, activity: Numbers, duals: Numbers) -> bool:
    """Whether a point and multipliers of its rows meet the conditions of optimality.

    Args:
        model: A QP.
        values: One value a column.
        activity: `A x`, one value a row.
        duals: How the objective changes per unit of each row's bound.
    """
    sign = 1.0 if model.sense == "minimize" else -1.0
    slope, size = _slope(model, values, duals)
    allowed = STATIONARITY * (size + 0.01 * size.max(initial=0.0))
    return not (
        _points_inwards(sign * slope, values, model.lower, model.upper, allowed).any()
        or _points_inwards(
            sign * duals, activity, model.row_lower, model.row_upper, STATIONARITY * np.abs(duals).max(initial=0.0)
        ).any()
    )


def _slope(model: ArrayModel, values: Numbers, duals: Numbers) -> tuple[Numbers, Numbers]:
    """`c + Q x - A'y`, and the largest term in each of its entries."""
    rows = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
    places: list[npt.NDArray[np.integer]] = [np.arange(model.columns), model.row_columns]
    terms = [model.cost, -model.row_coefficients * duals[rows]]
    if model.hessian is not None:
        column = np.repeat(np.arange(model.columns), np.diff(model.hessian.starts))
        row, entries = model.hessian.rows, model.hessian.values
        below = column != row  # the lower triangle stands for both
        places += [row, column[below]]
        terms += [entries * values[column], (entries * values[row])[below]]
    place, term = np.concatenate(places), np.concatenate(terms)
    size = np.zeros(model.columns)
    np.maximum.at(size, place, np.abs(term))
    return totals(place, term, model.columns), size


def _points_inwards(slope: Numbers, at: Numbers, lower: Numbers, upper: Numbers, allowed: Numbers | float) -> Numbers:
    """Where a step that the bounds allow goes downhill."""
    room = FEASIBILITY * np.maximum(1.0, np.abs(at))
    return np.asarray(((slope < -allowed) & (at < upper - room)) | ((slope > allowed) & (at > lower + room)))
