"""Sensitivity of any formulation: exact where it is an LP, by solving again where it is none."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from steepest.solvers.changes.change import Target
from steepest.solvers.changes.self_contained import self_contained
from steepest.solvers.control import SolveControl
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label
from steepest.solvers.options import SolveOptions
from steepest.solvers.sensitivity.citing import with_sources
from steepest.solvers.sensitivity.exact import exact_sensitivity
from steepest.solvers.sensitivity.limits import LimitSide, limit_sides
from steepest.solvers.sensitivity.ranging import solve_ranged
from steepest.solvers.sensitivity.report import Sensitivity
from steepest.solvers.sensitivity.resolved import Budget, Number, number_of_row, numbers_named, resolved_deltas
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import row_activity


def sensitivity(
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | str | None = None,
    options: SolveOptions | None = None,
    of: Sequence[str] = (),
    step: float | None = None,
    budget: Budget | None = None,
    on_progress: Callable[[str], None] | None = None,
    base: Solution | None = None,
    control: SolveControl | None = None,
) -> Sensitivity:
    """How the answer changes with the data.

    An LP has duals, reduced costs and ranges from its optimal basis. Everything else is solved again with single
    numbers changed, within a budget: those that are named, or else the limits that are closest to what they limit.

    Args:
        formulation: The formulation.
        tables: Data to bind by name.
        folder: Where the files that the formulation names are found.
        options: Limits and tolerances of each solve.
        of: Parameters and constraints to solve again for, such as `flour` and `stock[Basel]`; for an LP too.
        step: By how much they are changed; None suits each of them.
        budget: How many solves and seconds that may take.
        on_progress: Told what is being done, a line at a time.
        base: The answer to the formulation, if it is known.
        control: May end it from another thread; what was found by then is told.

    Raises:
        FormulationError: The formulation or its data can't be used, or a name of `of` is none.
        SolverError: The solver broke down, or its answer or duals are not to be trusted.
    """
    whole = self_contained(formulation, tables, folder=folder)
    wanted = numbers_named(whole, of)
    control = control or SolveControl()
    if base is None:
        base = solve_formulation(whole, options=options, control=control)
    if not base.is_solved or base.objective is None:
        message = f"there is no optimum whose sensitivity could be told: {base.status}"
        return Sensitivity(base.status, "none", notes=[message])
    model = _compiled(whole)
    ranged = None
    if model is not None and _is_exact(model):
        ranged = solve_ranged(model, options or SolveOptions(), control)
    if model is not None and ranged is not None:
        found = exact_sensitivity(model, ranged)
    else:
        found = _without_duals(whole, base)
        wanted = wanted or _closest_limits(model, base)
    deltas = resolved_deltas(
        whole, base, wanted, step=step, budget=budget, options=options, on_progress=on_progress, control=control
    )
    notes = [*found.notes, *_left_out(2 * len(wanted), len(deltas), control)]
    return with_sources(replace(found, deltas=deltas, notes=notes), whole)


def _left_out(wanted: int, done: int, control: SolveControl) -> Iterator[str]:
    """How many re-solves there was no room for."""
    if done < wanted:
        reason = "the analysis was interrupted" if control.cancelled else "the budget was spent"
        yield f"{wanted - done:,} of {wanted:,} re-solves were left out: {reason}"


def _compiled(formulation: Formulation) -> CompiledModel | None:
    try:
        return compile_formulation(formulation, bind(formulation))
    except UnsupportedProblemError:
        return None


def _is_exact(model: CompiledModel) -> bool:
    """Whether the duals of the arrays are those of the formulation: an LP with the objective that is written."""
    is_transformed = any(step.kind == "objective" for step in model.steps)
    return model.problem_class == "LP" and model.columns > 0 and not is_transformed


def _without_duals(formulation: Formulation, base: Solution) -> Sensitivity:
    objective = formulation.objectives[0] if formulation.objectives else None
    note = f"there are no exact duals of this {base.problem_class} here: each figure is from solving it again"
    return Sensitivity(
        status=base.status,
        method="re-solved",
        objective=base.objective,
        sense=objective.sense if objective else None,
        unit=objective.unit if objective else None,
        notes=[note],
    )


def _closest_limits(model: CompiledModel | None, base: Solution) -> list[Number]:
    """The limits of inequalities, those first that leave the least room relative to their size."""
    if model is None or model.auxiliaries:  # what auxiliary columns come to is told nowhere
        sides = limit_sides(model.instance) if model is not None else {}
        limits = [each for each in base.binding if each.lower is None or each.lower != each.upper]
        return [_number(each.name, each.index, each.activity, sides) for each in limits]
    sides = limit_sides(model.instance)
    activity = row_activity(model, _values(model, base))
    found: list[tuple[float, Number]] = []
    first = 0
    for block in model.blocks:
        reached = activity[first : first + len(block)]
        rows = np.flatnonzero(np.isfinite(block.lower) != np.isfinite(block.upper))
        for row, index in zip(rows.tolist(), model.row_indices(block, rows), strict=True):
            size = float(block.lower[row] if np.isfinite(block.lower[row]) else block.upper[row])
            room = abs(size - float(reached[row])) / (1 + abs(size))
            found.append((room, _number(block.name, index, size, sides)))
        first += len(block)
    found.sort(key=lambda each: each[0])
    return [number for _, number in found]


def _number(name: str, index: tuple[Label, ...], size: float, sides: dict[str, LimitSide]) -> Number:
    """The limit of a row: a parameter's cell, or the limit as such."""
    parameter = sides.get(name, LimitSide()).of_row(index)
    if parameter is None:
        return number_of_row(name, index, size)
    return Number(Target(parameter.name, parameter.index or None), False, parameter.unit, parameter.value)


def _values(model: CompiledModel, base: Solution) -> Numbers:
    """The answer by column."""
    known = {(each.name, each.index): each.value for each in base.variables}
    values = np.zeros(model.columns)
    for block in model.variables:
        for position in range(block.size):
            values[block.start + position] = known[block.name, model.variable_index(block, position)]
    return values
