"""From a formulation to a solution: check, bind the data, compile, solve, and verify the answer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from steepest.solvers.backends.highs import RawAnswer, SolverError, solve_with_highs
from steepest.solvers.checks.degree import classify
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import BindingConstraint, Solution, VariableValue
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.vectorized.convexity import nonconvex_reason
from steepest.solvers.vectorized.scatter import Numbers, totals

FEASIBILITY_TOLERANCE = 1e-6
"""How far a row or bound may be missed, relative to one plus the size of what it limits (the solver's own default)."""

_INTEGRALITY_TOLERANCE = 1e-5
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
    say(f"solving a {model.problem_class} of {size}")
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
    values = tidied(model, raw.values)
    activity = row_activity(model, values)
    _verify(model, values, activity)
    solution.objective = objective_value(model, values)
    if raw.status == "optimal" and raw.bound is None:
        solution.bound = solution.objective
    if raw.status in ("time_limit", "interrupted"):
        solution.message = "stopped early: the best answer found so far, not proven to be the best there is"
    solution.variables = _variable_values(model, values)
    solution.binding = _binding(model, activity, raw)
    return solution


def require_supported(model: CompiledModel) -> None:
    """Raise `UnsupportedProblemError` if no back end here solves a model of this class."""
    if model.hessian is None:
        return
    if model.problem_class == "MIQP":
        raise UnsupportedProblemError(model.hessian.term, "a quadratic objective with integer variables")
    reason = nonconvex_reason(model)
    if reason is not None:
        raise UnsupportedProblemError(model.hessian.term, reason)


def tidied(model: CompiledModel, values: Numbers) -> Numbers:
    """The values with whole numbers made whole and a solver's dust on the bounds taken away."""
    values = np.where(np.abs(values) < 1e-11, 0.0, values)
    values = np.clip(values, *_reachable_bounds(model, values))
    whole = (model.types == 1) & (np.abs(values - np.round(values)) <= _INTEGRALITY_TOLERANCE)
    return np.where(whole, np.round(values), values) + 0.0  # + 0.0: no minus zero


def _reachable_bounds(model: CompiledModel, values: Numbers) -> tuple[Numbers, Numbers]:
    """The bounds to clip to; a semicontinuous variable may also be 0."""
    off = (model.types == 2) & (values == 0)
    return np.where(off, 0.0, model.lower), np.where(off, 0.0, model.upper)


def row_activity(model: CompiledModel, values: Numbers) -> Numbers:
    """`A x`."""
    rows = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
    return totals(rows, model.row_coefficients * values[model.row_columns], model.rows)


def objective_value(model: CompiledModel, values: Numbers) -> float:
    """The objective at a point, computed from the model's own arrays."""
    total = model.offset + float(model.cost @ values)
    if model.hessian is not None:
        columns = np.repeat(np.arange(model.columns), np.diff(model.hessian.starts))
        half = np.where(columns == model.hessian.rows, 0.5, 1.0)  # the lower triangle stands for both
        total += float(np.sum(half * model.hessian.values * values[columns] * values[model.hessian.rows]))
    return total + 0.0


def _verify(model: CompiledModel, values: Numbers, activity: Numbers) -> None:
    """A back end that breaks a row is an error, not an answer."""
    # The scale of a row is its largest term: a cancellation of large terms leaves their rounding behind.
    terms = np.abs(model.row_coefficients * values[model.row_columns])
    scale = np.ones(model.rows)
    np.maximum.at(scale, np.repeat(np.arange(model.rows), np.diff(model.row_starts)), terms)
    missed = np.maximum(model.row_lower - activity, activity - model.row_upper) / scale
    if len(missed) and missed.max() > 10 * FEASIBILITY_TOLERANCE:
        block, row = _block_of(model, int(np.argmax(missed)))
        where = ", ".join(str(label) for label in model.row_index(model.blocks[block], row))
        name = model.blocks[block].name + (f"[{where}]" if where else "")
        raise SolverError(f"the solver's answer breaks `{name}` by {missed.max():.3g}; it is not to be trusted")
    fraction = np.abs(values - np.round(values))[model.types == 1]
    if len(fraction) and fraction.max() > _INTEGRALITY_TOLERANCE:
        raise SolverError(f"the solver's answer has a whole number off by {fraction.max():.3g}")


def _block_of(model: CompiledModel, row: int) -> tuple[int, int]:
    ends = np.cumsum([len(block) for block in model.blocks])
    block = int(np.searchsorted(ends, row, "right"))
    return block, row - int(ends[block] - len(model.blocks[block]))


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
    scale = FEASIBILITY_TOLERANCE * (1 + np.abs(activity))
    tight = (activity - model.row_lower <= scale) | (model.row_upper - activity <= scale)
    found: list[BindingConstraint] = []
    first = 0
    for block in model.blocks:
        for row in np.flatnonzero(tight[first : first + len(block)]).tolist():
            low, high = float(block.lower[row]) + 0.0, float(block.upper[row]) + 0.0
            found.append(
                BindingConstraint(
                    name=block.name,
                    index=model.row_index(block, row),
                    activity=float(activity[first + row]) + 0.0,
                    lower=low if np.isfinite(low) else None,
                    upper=high if np.isfinite(high) else None,
                    dual=float(raw.row_duals[first + row]) + 0.0 if raw.row_duals is not None else None,
                )
            )
        first += len(block)
    return found
