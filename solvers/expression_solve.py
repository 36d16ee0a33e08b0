"""Expressions in, a verified answer out: what SCIP says is believed only as far as our own evaluation confirms it."""

from dataclasses import replace

import numpy as np

from steepest.solvers.answer import Answer, with_values, without_values
from steepest.solvers.backends.expression_model import ExpressionModel, evaluated
from steepest.solvers.backends.scip import solve_with_scip
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions
from steepest.solvers.singularities import singularity
from steepest.solvers.tolerances import FEASIBILITY, LARGEST_MISS
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import (
    column_defect,
    largest_terms,
    objective_value,
    row_activity,
    row_defect,
    tidied,
)

_FAR = 1e15
"""A value of this size has no digits left behind its point, and is huge to SCIP by its own settings."""


def solve_expressions(
    model: ExpressionModel, options: SolveOptions, control: SolveControl | None = None, start: Numbers | None = None
) -> Answer:
    """Solve a nonlinear problem, and verify what comes back by evaluating the expressions.

    Args:
        model: The model.
        options: Limits and tolerances.
        control: Told of progress, and may end the solve.
        start: A point to begin with: a value for each column, NaN where it has none.

    Raises:
        SolverError: The solver broke down, or its answer breaks the model or lies where a term has no value.
        UnsupportedProblemError: A term is one that SCIP has no exact form of.
    """
    raw = solve_with_scip(model, options, control, start)
    if raw.values is None:
        return without_values(raw)
    values = _trusted(model, raw.values, options)
    _require_regular(model, values)
    if raw.status == "optimal":
        _require_near(model, values)
    objective = objective_at(model, values)
    _require_within(raw.bound, objective, model.linear.sense)
    return with_values(raw, values, objective)


def objective_at(model: ExpressionModel, values: Numbers) -> float:
    """The objective at a point, by our own evaluation; NaN where it has no value there."""
    return objective_value(model.linear, values) + float(evaluated(model.expressions, values)[0])


def expression_defect(model: ExpressionModel, values: Numbers) -> str | None:
    """What of the model the values break, or None if they meet all of it within the tolerances."""
    linear = model.linear
    broken = column_defect(linear, values)
    if broken is not None:
        return broken
    nonlinear = evaluated(model.expressions, values)
    if not np.isfinite(nonlinear[0]):
        return "gives the objective no finite value"
    if not np.isfinite(nonlinear).all():
        row = int(np.argmin(np.isfinite(nonlinear))) - 1
        return f"gives `{linear.row_name(row)}` no finite value"
    largest = np.maximum(largest_terms(linear, values), np.abs(nonlinear[1:]))
    room = np.minimum(FEASIBILITY * np.maximum(1.0, largest), LARGEST_MISS)
    return row_defect(linear, row_activity(linear, values) + nonlinear[1:], room)


def _trusted(model: ExpressionModel, given: Numbers, options: SolveOptions) -> Numbers:
    """The values of an answer, tidied as far as that breaks nothing.

    Raises:
        SolverError: They break the model.
    """
    values = tidied(model.linear, given)
    broken = expression_defect(model, values)
    if broken is None:
        return values
    discrete = bool(model.linear.types.any())
    again = _solved_around(model, values, options) if discrete else given
    if again is not None and expression_defect(model, again) is None:
        return again
    raise SolverError(
        f"the solver's answer {broken}; it is not to be trusted: "
        "bring the quantities to units in which their numbers are of similar size, and give the variables bounds"
    )


def _require_regular(model: ExpressionModel, values: Numbers) -> None:
    """Raise `SolverError` if the values lie where a term has none, since the objective means nothing then."""
    singular = singularity(model, values)
    if singular is not None:
        raise SolverError(
            f"at the solver's answer {singular}: the model may be unbounded there, or have no optimum; "
            "give bounds that keep it away, such as a divisor a lower bound above 0"
        )


def _require_near(model: ExpressionModel, values: Numbers) -> None:
    """Raise `SolverError` if a variable without a bound is as far away as SCIP looks, where it calls the best it saw.

    SCIP 10.0 says of `maximize: sqrt(x)` over `x >= 0` that 616,425,324 is optimal.
    """
    open_above, open_below = np.isinf(model.linear.upper), np.isinf(model.linear.lower)
    far = (open_above & (values >= _FAR)) | (open_below & (values <= -_FAR))
    if far.any():
        column = int(np.argmax(far))
        raise SolverError(
            f"the solver calls an answer optimal in which {model.linear.column_name(column)} is {values[column]:g}: "
            "the model may be unbounded; give the variable a bound, if there is a best answer"
        )


def _require_within(bound: float | None, objective: float, sense: str) -> None:
    """Raise `SolverError` if a point is better than what the solver has proved that none can be.

    SCIP 10.0 says so of `minimize: log(x)` over -5 to 5, which has no optimum.
    """
    if bound is None:
        return
    better = bound - objective if sense == "minimize" else objective - bound
    if better > LARGEST_MISS * max(1.0, abs(objective), abs(bound)):
        raise SolverError(
            f"the solver's bound of {bound:g} is passed by its own answer, whose objective is {objective:g}: neither "
            "is to be trusted; the model may be unbounded, or a term have no value near the answer: give the variables "
            "bounds that keep it away, such as a lower bound above 0 under a logarithm"
        )


def _solved_around(model: ExpressionModel, values: Numbers, options: SolveOptions) -> Numbers | None:
    """The best values of the other variables where the whole numbers keep theirs."""
    linear = model.linear
    whole = linear.types == 1
    fixed = replace(
        linear,
        types=np.zeros_like(linear.types),
        lower=np.where(whole, values, linear.lower),
        upper=np.where(whole, values, linear.upper),
    )
    raw = solve_with_scip(replace(model, linear=fixed), options)
    return tidied(linear, raw.values) if raw.values is not None else None
