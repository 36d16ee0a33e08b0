"""From a formulation to a solution: check, bind the data, compile, solve, and verify the answer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from steepest.solvers.answer import Answer, ending
from steepest.solvers.array_solve import require_supported, solve_arrays
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.checks.degree import classify
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Data, Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.fractional import read_ratio, solve_ratio
from steepest.solvers.linearization.monotone import read_monotone
from steepest.solvers.nonlinear_solve import solve_nonlinear
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import BindingConstraint, Solution, VariableValue
from steepest.solvers.tolerances import REREAD, TIGHT
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.vectorized.instance import Instance
from steepest.solvers.vectorized.points import PointSymbols, broken_constraints, objective_at
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import row_activity

_STEPS_TOLD = 5
"""Of what was made linear, told while it is solved; the solution has all."""


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
    return _solve_bound(formulation, data, options or SolveOptions(), say)


def _solve_bound(formulation: Formulation, data: Data, options: SolveOptions, say: Callable[[str], None]) -> Solution:
    """Solve a formulation whose data are bound."""
    try:
        model = compile_formulation(formulation, data)
        require_supported(model)
    except UnsupportedProblemError as error:
        return _solved_otherwise(formulation, data, options, error, say)
    for step in model.steps[:_STEPS_TOLD]:
        say(str(step))
    if len(model.steps) > _STEPS_TOLD:
        say(f"and {len(model.steps) - _STEPS_TOLD:,} more terms are written linearly")
    size = f"{model.rows:,} rows, {model.columns:,} columns, {model.nonzeros:,} nonzeros"
    article = "an" if model.problem_class == "LP" else "a"
    say(f"solving {article} {model.problem_class} of {size}")
    try:
        return solve_compiled(model, options)
    except SolverError as error:
        if not model.is_rewritten:
            raise
        refusal = UnsupportedProblemError("; ".join(step.text for step in model.steps), str(error))
        solution = _solved_otherwise(formulation, data, options, refusal, say)
        if solution.status == "unsupported":
            raise
        return solution


def _solved_otherwise(
    formulation: Formulation,
    data: Data,
    options: SolveOptions,
    refusal: UnsupportedProblemError,
    say: Callable[[str], None],
) -> Solution:
    """Solve what does not go into one set of arrays: what is inside a monotone objective, a ratio, all else by SCIP."""
    monotone = read_monotone(formulation, Instance(formulation, data))
    if monotone is not None:
        inner = _solve_bound(monotone.formulation, data, options, say)
        solution = monotone.solution(inner)
        if solution is not None:
            return solution
    ratio = read_ratio(formulation, data)
    if ratio is not None:
        say("solving a ratio of linear sums by linear problems")
        answer = solve_ratio(formulation, ratio, options)
        if answer is not None:
            return solution_of(ratio.numerator, answer, classify(formulation).name)
    return solve_nonlinear(formulation, data, options, refusal, say)


def solve_compiled(model: CompiledModel, options: SolveOptions) -> Solution:
    """Solve a compiled model and verify what comes back against the model's own arrays.

    Raises:
        SolverError: The solver broke down, or its answer breaks the model.
    """
    return solution_of(model, solve_arrays(model, options), model.problem_class)


def solution_of(model: CompiledModel, answer: Answer, problem_class: str) -> Solution:
    """An answer in the formulation's own names."""
    solution = Solution(**ending(answer), problem_class=problem_class, size=model.size, steps=list(model.steps))
    if answer.values is not None:
        if model.is_rewritten:
            solution.objective = _reread(model, answer, answer.values)
        solution.variables = _variable_values(model, answer.values)
        solution.binding = _binding(model, row_activity(model, answer.values), answer.row_duals)
    return solution


def _reread(model: CompiledModel, answer: Answer, values: Numbers) -> float | None:
    """The objective of the formulation as it is written, at an answer of its linear form that is true of it.

    Raises:
        SolverError: The answer breaks a constraint as it is written, or its objective is not what was proven.
    """
    formulation = model.instance.formulation
    point = PointSymbols(model.instance, model.variables, values)
    broken = next(broken_constraints(point, formulation.constraints, REREAD), None)
    if broken is not None:
        raise SolverError(f"the answer of the linear form breaks `{broken}` as it is written; it is not to be trusted")
    if not formulation.objectives or answer.objective is None:
        return answer.objective
    reached = objective_at(point, formulation.objectives[0].expression)
    worse = reached - answer.objective if model.sense == "minimize" else answer.objective - reached
    if answer.status == "optimal" and worse > REREAD * max(1.0, abs(reached)):
        message = f"the objective as it is written comes to {reached:g}, its linear form to {answer.objective:g}"
        raise SolverError(f"{message}; the answer is not to be trusted")
    return reached


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


def _binding(model: CompiledModel, activity: Numbers, duals: Numbers | None) -> list[BindingConstraint]:
    """The rows that hold with equality at one of their bounds."""
    scale = TIGHT * (1 + np.abs(activity))
    tight = (activity - model.row_lower <= scale) | (model.row_upper - activity <= scale)
    found: list[BindingConstraint] = []
    first = 0
    for block in model.blocks:
        if block.is_auxiliary:
            first += len(block)
            continue
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
                    dual=float(duals[first + row]) + 0.0 if duals is not None else None,
                )
            )
        first += len(block)
    return found
