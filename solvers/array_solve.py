"""Arrays in, a verified answer out: what HiGHS says is believed only as far as the arrays confirm it."""

from dataclasses import replace

import numpy as np

from steepest.solvers.answer import STOPPED, Answer, with_values, without_values
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.highs import solve_with_highs
from steepest.solvers.backends.scaling import objective_factor
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Status
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.convexity import nonconvex_reason
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import defect, objective_value, tidied


def solve_arrays(
    model: ArrayModel, options: SolveOptions, control: SolveControl | None = None, start: Numbers | None = None
) -> Answer:
    """Solve an LP, MIP or convex QP, and verify what comes back against the model's own arrays.

    Args:
        model: The model.
        options: Limits and tolerances.
        control: Told of progress, and may end the solve.
        start: A point to begin with: a value for each column, NaN where it has none.

    Raises:
        FormulationError: A bound or coefficient is infinite or zero to a solver.
        SolverError: The solver broke down, or its answer breaks the model.
    """
    raw = solve_with_highs(model, options, control, start)
    if raw.values is None:
        kept = None if start is None or raw.status not in STOPPED else answer_in(model, start)
        return without_values(raw) if kept is None else with_values(raw, kept, objective_value(model, kept))
    values = _trusted(model, raw.values, raw.status, options)
    return with_values(raw, values, objective_value(model, values))


def answer_in(model: ArrayModel, start: Numbers) -> Numbers | None:
    """The start as an answer of the model, if it is complete and breaks nothing."""
    values = tidied(model, start)
    return values if defect(model, values) is None else None


def require_supported(model: ArrayModel) -> None:
    """Raise `UnsupportedProblemError` if HiGHS does not take the model: nonconvex, or quadratic with integers."""
    if model.hessian is None:
        return
    if model.problem_class == "MIQP":
        raise UnsupportedProblemError(model.hessian.term, "a quadratic objective with integer variables")
    reason = nonconvex_reason(model)
    if reason is not None:
        raise UnsupportedProblemError(model.hessian.term, reason)


def _trusted(model: ArrayModel, given: Numbers, status: Status, options: SolveOptions) -> Numbers:
    """The values of an answer, tidied as far as that breaks nothing.

    Raises:
        SolverError: They break the model.
    """
    values = tidied(model, given)
    broken = defect(model, values)
    if broken is None:
        return values
    discrete = bool(model.types.any())
    if not discrete and defect(model, given) is None:
        return given
    again = _solved_around(model, values, options) if discrete else None
    if again is not None and (status != "optimal" or _is_as_good(model, again, given, options)):
        return again
    repair = (
        "make the large numbers that multiply whole numbers (a `big M`) no larger than needed"
        if discrete
        else "bring the quantities to units in which their numbers are of similar size"
    )
    raise SolverError(f"the solver's answer {broken}; it is not to be trusted: {repair}")


def _solved_around(model: ArrayModel, values: Numbers, options: SolveOptions) -> Numbers | None:
    """The best values of the other variables where the whole numbers, and what is off, keep their values."""
    whole = model.types == 1
    off = (model.types == 2) & (values == 0)
    fixed = whole | off
    if not np.isfinite(values).all() or (whole & (values != np.round(values))).any():
        return None
    linear = replace(
        model,
        types=np.zeros_like(model.types),
        lower=np.where(fixed, values, model.lower),
        upper=np.where(fixed, values, model.upper),
    )
    raw = solve_with_highs(linear, options)
    if raw.status != "optimal" or raw.values is None:
        return None
    found = tidied(model, raw.values)
    return found if defect(model, found) is None else None


def _is_as_good(model: ArrayModel, values: Numbers, given: Numbers, options: SolveOptions) -> bool:
    """Whether the values reach the objective that was proven optimal."""
    reached, proven = objective_value(model, values), objective_value(model, given)
    worse = reached - proven if model.sense == "minimize" else proven - reached
    return worse <= max(options.gap, FEASIBILITY) * max(1 / objective_factor(model), abs(proven))
