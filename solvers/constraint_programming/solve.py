"""Formulations over whole numbers solved by CP-SAT: which it takes, which it is asked for, and its verified answers."""

from collections.abc import Iterator, Sequence

from steepest.solvers.answer import ending, with_values, without_values
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.constraint_programming.apart import idle_workers, is_installed, run_cp_sat_apart
from steepest.solvers.constraint_programming.formulation_program import FormulationProgram
from steepest.solvers.constraint_programming.global_constraints import GLOBAL
from steepest.solvers.constraint_programming.linear_sums import value_of
from steepest.solvers.data.instance_data import Data
from steepest.solvers.formulation import Formulation, Sense
from steepest.solvers.language.expressions import Call, Reduction, walk
from steepest.solvers.objective_values import AnswerReading, resolved_instance
from steepest.solvers.ranked_solve import is_ranking, solve_ranked
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import spell_key
from steepest.solvers.solution import BindingConstraint, Solution, VariableValue
from steepest.solvers.tolerances import REREAD, TIGHT
from steepest.solvers.vectorized.algebra import UnsupportedProblemError

CLASS = "CP"
"""What a problem is called that constraint programming solved."""


def suits(formulation: Formulation) -> bool:
    """Whether a formulation has the shape of a schedule, a route or a puzzle, in whole numbers alone."""
    whole = all(each.domain in ("integer", "binary") for each in formulation.variables)
    return whole and any(
        isinstance(node, Call | Reduction) and node.function in GLOBAL
        for constraint in formulation.constraints
        for node in walk(constraint.body)
    )


def planned_size(formulation: Formulation, data: Data) -> tuple[int, int, int] | None:
    """How large the model is that CP-SAT would get by itself; None where the formulation goes elsewhere.

    Raises:
        FormulationError: The data do not fit.
    """
    if not is_installed() or not suits(formulation):
        return None
    try:
        return FormulationProgram(ScalarInstance(formulation, data)).program.model.size
    except UnsupportedProblemError:
        return None


def solve_with_cp_sat(problem: BoundProblem) -> Solution:
    """Solve a formulation over whole numbers by CP-SAT, its objectives one after another.

    Where a term stands in the way the status is `unsupported`, and the message names it.

    Raises:
        FormulationError: The data do not fit.
        SolverError: CP-SAT broke down, or its answer breaks the formulation as it is written.
    """
    if is_ranking(problem.formulation):
        return solve_ranked(problem, solve_with_cp_sat)
    idle_workers.prepare()
    try:
        built = FormulationProgram(ScalarInstance(problem.formulation, problem.data))
    except UnsupportedProblemError as error:
        return Solution(status="unsupported", message=f"CP-SAT does not take {error}", problem_class=CLASS)
    return _solved(built, problem)


def _solved(built: FormulationProgram, problem: BoundProblem) -> Solution:
    model = built.program.model
    constraints, columns, _ = model.size
    problem.say(f"solving a CP of {constraints:,} constraints and {columns:,} columns")
    if problem.start is not None:
        built.begin_at(problem.start)
    raw = run_cp_sat_apart(model, problem.options, problem.control)
    if raw.values is None:
        return Solution(**ending(without_values(raw)), problem_class=CLASS, size=model.size)
    values = [round(value) for value in raw.values.tolist()]
    objective = 0.0 if built.objective is None else float(value_of(built.objective, values))
    solution = Solution(**ending(with_values(raw, raw.values, objective)), problem_class=CLASS, size=model.size)
    solution.variables = list(_variable_values(built, values))
    solution.binding = list(_binding(built, values))
    _require_true(solution, problem)
    return solution


def _variable_values(built: FormulationProgram, values: Sequence[int]) -> Iterator[VariableValue]:
    units = {variable.name: variable.unit for variable in built.instance.formulation.variables}
    for (name, key), value in zip(built.places, values, strict=False):
        yield VariableValue(name, key, float(value), units[name])


def _binding(built: FormulationProgram, values: Sequence[int]) -> Iterator[BindingConstraint]:
    """The rows that hold with equality at one of their bounds."""
    for row in built.rows:
        activity = float(value_of(row.form, values) - row.form.constant)
        if any(
            end is not None and abs(activity - end) <= TIGHT * (1 + abs(activity)) for end in (row.lower, row.upper)
        ):
            yield BindingConstraint(row.name, row.key, activity, row.lower, row.upper)


def _require_true(solution: Solution, problem: BoundProblem) -> None:
    """Read the formulation as it is written at the answer, by the reading that did not build the program.

    Raises:
        SolverError: The answer breaks a bound or a constraint, or its objective is not what CP-SAT says.
    """
    reading = AnswerReading(resolved_instance(problem.formulation, problem.data), solution)
    broken = _outside(solution, problem) or reading.broken()
    if broken is not None:
        raise SolverError(f"the answer of CP-SAT breaks `{broken}` as it is written; it is not to be trusted")
    objective = next(iter(problem.formulation.objectives), None)
    if objective is not None and solution.objective is not None:
        reached = reading.value(objective.expression)
        if abs(reached - solution.objective) > _room(reached):
            message = f"the objective as it is written comes to {reached:g}, and to {solution.objective:g} for CP-SAT"
            raise SolverError(f"{message}; the answer is not to be trusted")
        _require_proven(solution, reached, objective.sense, problem.options.gap)


def _require_proven(solution: Solution, reached: float, sense: Sense, gap: float) -> None:
    """Hold the bound that CP-SAT says it has proven against what the objective comes to.

    Raises:
        SolverError: It lies on the wrong side of the objective, or too far away for an optimum.
    """
    if solution.bound is None:
        return
    distance = reached - solution.bound if sense == "minimize" else solution.bound - reached
    if distance < -_room(reached):
        message = f"the bound of CP-SAT is {solution.bound:g}, and its answer is better at {reached:g}"
        raise SolverError(f"{message}; neither is to be trusted")
    if solution.status == "optimal" and distance > max(_room(reached), gap * max(1.0, abs(reached))):
        message = f"the objective comes to {reached:g}, and {solution.bound:g} is proven of it"
        raise SolverError(f"{message}; the answer is not the optimum that it is said to be")


def _room(value: float) -> float:
    """How far two readings of a value may be apart."""
    return REREAD * max(1.0, abs(value))


def _outside(solution: Solution, problem: BoundProblem) -> str | None:
    """A variable whose value is not whole or lies beyond its bounds as they are declared."""
    instance = ScalarInstance(problem.formulation, problem.data)
    for variable in instance.formulation.variables:
        is_binary = variable.domain == "binary"
        for key, lower, upper in instance.bounds(variable):
            value = solution.value(variable.name, *key)
            low = max(0.0, lower or 0.0) if is_binary else lower
            high = min(1.0, 1.0 if upper is None else upper) if is_binary else upper
            if (low is not None and value < low) or (high is not None and value > high) or not value.is_integer():
                return f"{variable.name}{spell_key(key)}"
    return None
