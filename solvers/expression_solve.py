"""Expressions in, a verified answer out: what SCIP says is believed only as far as our own evaluation confirms it."""

from dataclasses import replace

import numpy as np

from steepest.solvers.answer import Answer, with_values, without_values
from steepest.solvers.backends.expression_model import ExpressionModel, without_objective
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.scip import solve_with_scip
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.expression_verification import NO_BEST_VALUE, doubt, expression_defect, objective_at
from steepest.solvers.options import SolveOptions, with_time_left
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import tidied

_NO_ANSWER = ("infeasible", "infeasible_or_unbounded")


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
        is_proven = raw.status not in _NO_ANSWER or model.expressions.is_empty(0)
        return without_values(raw) if is_proven else _without_objective(model, raw, options, control)
    values = _trusted(model, raw.values, options)
    reason = doubt(model, values, raw.status, raw.bound)
    if reason is not None:
        raise SolverError(reason)
    return with_values(raw, values, objective_at(model, values))


def _without_objective(
    model: ExpressionModel, raw: RawAnswer, options: SolveOptions, control: SolveControl | None
) -> Answer:
    """What a problem without an answer is without its nonlinear objective, where that may be the reason.

    SCIP 10.0 says of `maximize: 1/x` over 0 to 8, which has no best value, that it is infeasible.
    """
    alone = without_objective(model)
    again = solve_with_scip(alone, with_time_left(options, raw.seconds), control)
    seconds = raw.seconds + again.seconds
    if again.values is None:
        return without_values(replace(again, bound=None, gap=None, seconds=seconds))  # a bound on nothing
    _trusted(alone, again.values, options)
    return Answer("failed", NO_BEST_VALUE, seconds=seconds, solver=again.solver)


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
