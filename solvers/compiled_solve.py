"""A compiled formulation solved, and its answer told in the formulation's own names."""

import numpy as np

from steepest.solvers.answer import Answer, ending
from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends.expression_model import with_expressions
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.expression_solve import solve_expressions
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import BindingConstraint, Solution, VariableValue
from steepest.solvers.starts import start_values
from steepest.solvers.tolerances import REREAD, TIGHT
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.points import PointSymbols, broken_constraints, objective_at
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import row_activity


def solve_compiled(
    model: CompiledModel,
    options: SolveOptions,
    control: SolveControl | None = None,
    start: Solution | None = None,
) -> Solution:
    """Solve a compiled model and verify what comes back against the model's own arrays.

    Args:
        model: The model.
        options: Limits and tolerances, and the solver: HiGHS unless it is "scip".
        control: Told of progress, and may end the solve.
        start: An answer to begin with, of this formulation or of a similar one.

    Raises:
        SolverError: The solver broke down, or its answer breaks the model.
    """
    values = start_values(model, start)
    if options.solver == "scip":
        answer = solve_expressions(with_expressions(model), options, control, values)
    else:
        answer = solve_arrays(model, options, control, values)
    return solution_of(model, answer, model.problem_class)


def solution_of(model: CompiledModel, answer: Answer, problem_class: str) -> Solution:
    """An answer in the formulation's own names."""
    solution = Solution(
        **ending(answer), note=answer.note, problem_class=problem_class, size=model.size, steps=list(model.steps)
    )
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
