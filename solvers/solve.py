"""From a formulation to a solution: check, bind the data, compile, solve, and verify the answer."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from steepest.solvers.backends.highs import RawAnswer, solve_with_highs
from steepest.solvers.backends.scaling import objective_factor
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.checks.degree import classify
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import BindingConstraint, Solution, Status, VariableValue
from steepest.solvers.tolerances import FEASIBILITY, TIGHT
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.vectorized.convexity import nonconvex_reason
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import defect, objective_value, row_activity, tidied

_MESSAGES = {
    "infeasible": "no values meet all constraints at once",
    "unbounded": "the objective can be improved without end: a limit is missing",
    "infeasible_or_unbounded": "the problem is infeasible or unbounded; the solver could not tell which",
}


def solve_formulation(
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | None = None,
    options: SolveOptions | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Solution:
    """Solve a formulation.

    Args:
        formulation: The formulation.
        tables: Data to bind by name, over what the formulation holds itself.
        folder: Where the files that the formulation names are found.
        options: Limits, tolerances, threads, seed.
        on_progress: Told what is being done, a line at a time.

    Raises:
        FormulationError: The formulation or its data can't be used as they are.
        SolverError: The solver broke down.
    """
    say = on_progress or (lambda _: None)
    check_formulation(formulation, bound=tuple(tables or ())).raise_errors()
    data = bind(formulation, tables, folder=folder)
    try:
        model = compile_formulation(formulation, data)
        require_supported(model)
    except UnsupportedProblemError as error:
        name = classify(formulation).name
        return Solution(status="unsupported", problem_class=name, message=f"{error} (a problem of class {name})")
    size = f"{model.rows:,} rows, {model.columns:,} columns, {model.nonzeros:,} nonzeros"
    article = "an" if model.problem_class == "LP" else "a"
    say(f"solving {article} {model.problem_class} of {size}")
    return solve_compiled(model, options or SolveOptions())


def solve_compiled(model: CompiledModel, options: SolveOptions) -> Solution:
    """Solve a compiled model and verify what comes back against the model's own arrays.

    Raises:
        SolverError: The solver broke down, or its answer breaks the model.
    """
    raw = solve_with_highs(model, options)
    solution = Solution(
        status=raw.status,
        message=_MESSAGES.get(raw.status, ""),
        problem_class=model.problem_class,
        solver=raw.solver,
        seconds=raw.seconds,
        size=(model.rows, model.columns, model.nonzeros),
        bound=raw.bound,
        gap=raw.gap,
    )
    if raw.values is None:
        if raw.status in ("time_limit", "interrupted"):
            solution.message = "stopped before any answer was found; allow more time"
        return solution
    values = _trusted(model, raw.values, raw.status, options)
    solution.objective = objective_value(model, values)
    if raw.status == "optimal" and raw.bound is None:
        solution.bound = solution.objective
    if raw.status in ("time_limit", "interrupted"):
        solution.message = "stopped early: the best answer found so far, not proven to be the best there is"
    solution.variables = _variable_values(model, values)
    solution.binding = _binding(model, row_activity(model, values), raw)
    return solution


def _trusted(model: CompiledModel, given: Numbers, status: Status, options: SolveOptions) -> Numbers:
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


def _solved_around(model: CompiledModel, values: Numbers, options: SolveOptions) -> Numbers | None:
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


def _is_as_good(model: CompiledModel, values: Numbers, given: Numbers, options: SolveOptions) -> bool:
    """Whether the values reach the objective that was proven optimal."""
    reached, proven = objective_value(model, values), objective_value(model, given)
    worse = reached - proven if model.sense == "minimize" else proven - reached
    return worse <= max(options.gap, FEASIBILITY) * max(1 / objective_factor(model), abs(proven))


def require_supported(model: CompiledModel) -> None:
    """Raise `UnsupportedProblemError` if no back end here solves a model of this class."""
    if model.hessian is None:
        return
    if model.problem_class == "MIQP":
        raise UnsupportedProblemError(model.hessian.term, "a quadratic objective with integer variables")
    reason = nonconvex_reason(model)
    if reason is not None:
        raise UnsupportedProblemError(model.hessian.term, reason)


def _variable_values(model: CompiledModel, values: Numbers) -> list[VariableValue]:
    units = {variable.name: variable.unit for variable in model.instance.formulation.variables}
    labels = model.instance.universe.labels
    found: list[VariableValue] = []
    for block in model.variables:
        part = values[block.start : block.start + block.size].tolist()
        unit = units[block.name]
        if block.domain is None:
            found.append(VariableValue(block.name, (), part[0], unit))
            continue
        columns = [[labels[label] for label in column.tolist()] for column in block.domain.columns()]
        found.extend(
            VariableValue(block.name, index, value, unit)
            for index, value in zip(zip(*columns, strict=True), part, strict=True)
        )
    return found


def _binding(model: CompiledModel, activity: Numbers, raw: RawAnswer) -> list[BindingConstraint]:
    """The rows that hold with equality at one of their bounds."""
    scale = TIGHT * (1 + np.abs(activity))
    tight = (activity - model.row_lower <= scale) | (model.row_upper - activity <= scale)
    found: list[BindingConstraint] = []
    first = 0
    for block in model.blocks:
        rows = np.flatnonzero(tight[first : first + len(block)])
        for row, index in zip(rows.tolist(), model.row_indices(block, rows), strict=True):
            low, high = float(block.lower[row]) + 0.0, float(block.upper[row]) + 0.0
            found.append(
                BindingConstraint(
                    name=block.name,
                    index=index,
                    activity=float(activity[first + row]) + 0.0,
                    lower=low if np.isfinite(low) else None,
                    upper=high if np.isfinite(high) else None,
                    dual=float(raw.row_duals[first + row]) + 0.0 if raw.row_duals is not None else None,
                )
            )
        first += len(block)
    return found
