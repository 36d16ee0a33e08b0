"""Solves a formulation through Pyomo, and believes the solver only as far as the scalar reading confirms it."""

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from steepest.solvers.backends.pyomo_model import PyomoModel
from steepest.solvers.backends.pyomo_solvers import PyomoSolver, open_solver, takes_only_linear
from steepest.solvers.backends.ranking import Rank
from steepest.solvers.data.instance_data import Data
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Key
from steepest.solvers.scalar.violations import Point, evaluator_at, violations
from steepest.solvers.solution import BindingConstraint, RankedObjective, Solution, Status, VariableValue
from steepest.solvers.tolerances import INTEGRALITY, TIGHT

_HELD = 1e-7
"""How much of a nonlinear objective, relatively, those ranked below it may take."""
_HIGHS_CLASSES = frozenset({"LP", "MIP", "QP"})
_LINEAR_CLASSES = frozenset({"LP", "MIP"})


def solve_with_pyomo(
    formulation: Formulation, data: Data, options: SolveOptions | None = None, solver: str = "highs"
) -> Solution:
    """Solve through Pyomo.

    Args:
        formulation: The problem.
        data: Its data.
        options: Limits and tolerances, as far as the solver has them.
        solver: A name that Pyomo knows, such as `highs`, `cbc` or `gurobi`.

    Raises:
        FormulationError: The data do not fit, or something is missing. A term that Pyomo can't take is no error: the
            status is `unsupported` and the message names it.
        InputError: Pyomo finds no such solver here.
        SolverError: The solver broke down.
    """
    instance = ScalarInstance(formulation, data)
    try:
        built = PyomoModel(instance)
    except FormulationError as error:
        if any(item.code != "unsupported" for item in error.diagnostics):
            raise
        return Solution(status="unsupported", message=str(error), solver=f"pyomo/{solver}")
    problem_class = classify(built)
    refusal = _refusal(solver, problem_class)
    if refusal:
        return Solution(status="unsupported", message=refusal, problem_class=problem_class, solver=f"pyomo/{solver}")
    chosen, opened = options or SolveOptions(), open_solver(solver)
    solution = solve_ranks(built, lambda model: _solve_once(model, chosen, opened, problem_class))
    return solution.model_copy(update={"problem_class": problem_class})


def _refusal(solver: str, problem_class: str) -> str:
    """Why a solver does not take a class of problems; empty where it may."""
    if solver == "highs" and problem_class not in _HIGHS_CLASSES:
        return f"HiGHS takes LP, MIP and convex QP; this is {problem_class}"
    if takes_only_linear(solver) and problem_class not in _LINEAR_CLASSES:
        return f"{solver} takes LP and MIP; this is {problem_class}"
    return ""


def classify(built: PyomoModel) -> str:
    """LP, MIP, QP, MIQP, QCP, MIQCP, NLP or MINLP, by the degrees of what was built."""
    objective = max((_degree(each.expr) for each in built.objectives), default=0)
    constraints = max((_degree(constraint.body) for constraint in built.relations), default=0)
    variables = built.instance.formulation.variables
    discrete = bool(built.logic.constraints) or any(
        variable.domain != "real" and built.instance.domains[variable.name] for variable in variables
    )
    if max(objective, constraints) <= 1:
        return "MIP" if discrete else "LP"
    kind = "NLP" if max(objective, constraints) > 2 else "QCP" if constraints == 2 else "QP"
    return f"MI{kind}" if discrete else kind


def _degree(expression: Any) -> float:
    from pyomo.core.expr.visitor import polynomial_degree

    degree = polynomial_degree(expression)
    return float("inf") if degree is None else float(degree)


def solve_ranks(built: PyomoModel, solve_once: Callable[[PyomoModel], Solution]) -> Solution:
    """Solve for the first objective; for each next one, hold what was reached so far.

    Args:
        built: The model; its first objective is active.
        solve_once: Solves for the objective that is active.
    """
    solution = first = solve_once(built)
    for place in range(1, len(built.objectives)):
        if not solution.is_solved or solution.objective is None:
            break
        _hold(built, place - 1, solution.objective)
        before, solution = solution, solve_once(built)
        seconds = before.seconds + solution.seconds
        if not solution.is_solved:
            message = f"objective {place + 1} of {len(built.objectives)}: {solution.message or solution.status}"
            kept = solution if solution.variables else before
            return _ranked(built, kept, first, status=solution.status, message=message, seconds=seconds)
        solution = solution.model_copy(update={"seconds": seconds})
    return _ranked(built, solution, first)


def _ranked(built: PyomoModel, solution: Solution, first: Solution, **known: Any) -> Solution:
    """The solution with what every objective comes to at its values, and the bound that was proven on the first."""
    if len(built.ranks) < 2 or not solution.variables:
        return solution.model_copy(update=known)
    point = {(each.name, each.index): each.value for each in solution.variables}
    values = [RankedObjective(rank.sense, _rank_value(built, rank, point), rank.unit) for rank in built.ranks]
    known |= {"objectives": values, "objective": values[0].value, "bound": first.bound, "gap": first.gap}
    return solution.model_copy(update=known)


def relative_slack(objective: Any) -> float:
    """How much of an objective those ranked below it may take: nothing of a linear one."""
    return 0.0 if _degree(objective.expr) <= 1 else _HELD


def _hold(built: PyomoModel, place: int, reached: float) -> None:
    """Keep an objective at what it has reached: exactly, or as near as SCIP's tolerance where it is not linear."""
    from pyomo.common.modeling import unique_component_name

    pyo, objective = built.pyo, built.objectives[place]
    slack = relative_slack(objective) * max(1.0, abs(reached))
    held = objective.expr <= reached + slack if objective.sense == pyo.minimize else objective.expr >= reached - slack
    if not isinstance(held, bool):  # an objective of data alone is reached by everything
        built.model.add_component(unique_component_name(built.model, "rank_is_held"), pyo.Constraint(expr=held))
    objective.deactivate()
    built.objectives[place + 1].activate()


def _solve_once(built: PyomoModel, options: SolveOptions, solver: PyomoSolver, problem_class: str) -> Solution:
    if not _active(built):
        return _without_solver(built, f"pyomo/{solver.name}")
    outcome = solver.solve(built.model, options)
    status, message = outcome.status, outcome.message
    if status == "infeasible_or_unbounded":
        status = _told_apart(built, options, solver)
    if status == "failed" and problem_class == "QP" and solver.name == "highs":
        status, message = "unsupported", "the solver refused the quadratic objective: it is not convex"
    solution = Solution(
        status=status, message=message, solver=outcome.solver, seconds=outcome.seconds, size=size_of(built)
    )
    return solution if outcome.values is None else with_answer(solution, built, outcome.values, outcome.bound)


def _told_apart(built: PyomoModel, options: SolveOptions, solver: PyomoSolver) -> Status:
    """Infeasible or unbounded: without the objective, what is left is either infeasible or not."""
    objective = next(each for each in built.objectives if each.active)
    kept = objective.expr
    objective.expr = 0
    status = solver.solve(built.model, options).status
    objective.expr = kept
    known: dict[Status, Status] = {"infeasible": "infeasible", "optimal": "unbounded"}
    return known.get(status, "infeasible_or_unbounded")


def _active(built: PyomoModel) -> list[Any]:
    """The variables that the active objective and the constraints mention."""
    from pyomo.core.expr.visitor import identify_variables

    bodies = [constraint.body for constraint in built.relations]
    bodies += [objective.expr for objective in built.objectives if objective.active]
    return list({id(found): found for body in bodies for found in identify_variables(body)}.values())


def _without_solver(built: PyomoModel, name: str) -> Solution:
    """Nothing depends on a decision: the constraints hold as they are, or nothing makes them hold."""
    solution = Solution(status="optimal", solver=name)
    answered = with_answer(solution, built, {}, None)
    if answered.status == "failed":
        return Solution(status="infeasible", message=answered.message, solver=name)
    return answered


def with_answer(solution: Solution, built: PyomoModel, values: Mapping[int, float], bound: float | None) -> Solution:
    """The solution with its values, unless the scalar reading finds that they break a condition.

    Args:
        solution: What the solver said, without values.
        built: The model that was solved.
        values: By the id of Pyomo's variable; one that is missing is as near to 0 as its bounds allow.
        bound: On the active objective, where the solver has proven one.
    """
    point = _point(built, values)
    broken = list(islice(violations(built.instance, point), 3))
    if broken:
        message = "the solver's answer breaks " + "; ".join(str(each) for each in broken)
        return solution.model_copy(update={"status": "failed", "message": message})
    objective = _objective_value(built, point)
    units = {variable.name: variable.unit for variable in built.instance.formulation.variables}
    return solution.model_copy(
        update={
            "objective": objective,
            "bound": _proven(solution.status, objective, bound),
            "variables": [VariableValue(name, key, value, units[name]) for (name, key), value in point.items()],
            "binding": list(_binding(built, point, values)),
        }
    )


def _proven(status: Status, objective: float, bound: float | None) -> float | None:
    """The bound on the objective; at an optimum that the solver gives none for, the objective itself."""
    if bound is not None and math.isfinite(bound):
        return bound
    return objective if status == "optimal" else None


def _point(built: PyomoModel, values: Mapping[int, float]) -> dict[tuple[str, Key], float]:
    """Every variable's value; one that the solver never saw is as near to 0 as its bounds allow."""
    point = {}
    for variable in built.instance.formulation.variables:
        discrete = variable.domain in ("integer", "binary")
        for key in built.instance.domains[variable.name]:
            component = built.at(variable.name, key)
            value = values.get(id(component))
            if value is None:
                value = min(max(0.0, component.lb or -math.inf), math.inf if component.ub is None else component.ub)
            elif discrete and abs(value - round(value)) <= INTEGRALITY:
                value = float(round(value))
            point[variable.name, key] = value + 0.0  # -0.0 reads as a slip
    return point


def _objective_value(built: PyomoModel, point: Point) -> float:
    """The active objective at a point, by the scalar reading."""
    for rank, objective in zip(built.ranks, built.objectives, strict=True):
        if objective.active:
            return _rank_value(built, rank, point)
    return 0.0


def _rank_value(built: PyomoModel, rank: Rank, point: Point) -> float:
    evaluator = evaluator_at(built.instance, point, "objective")
    return float(sum(factor * evaluator.number(node, {}) for factor, node in rank.terms))


def _binding(built: PyomoModel, point: Point, values: Mapping[int, float]) -> Iterator[BindingConstraint]:
    from pyomo.repn import generate_standard_repn

    for (name, key), value in point.items():
        built.at(name, key).set_value(value, skip_validation=True)
    for variable in built.logic.variables:
        variable.set_value(values.get(id(variable), 0.0), skip_validation=True)
    for name, key, constraint in built.constraints:
        constant = float(generate_standard_repn(constraint.body).constant or 0)
        activity = float(built.pyo.value(constraint.body)) - constant
        lower = None if constraint.lb is None else constraint.lb - constant
        upper = None if constraint.ub is None else constraint.ub - constant
        if any(bound is not None and abs(activity - bound) <= TIGHT * max(1, abs(bound)) for bound in (lower, upper)):
            yield BindingConstraint(name, key, activity, lower, upper)


def size_of(built: PyomoModel) -> tuple[int, int, int]:
    """Constraints, variables, and how often a variable occurs in a constraint."""
    from pyomo.core.expr.visitor import identify_variables

    nonzeros = sum(1 for constraint in built.relations for _ in identify_variables(constraint.body))
    return len(built.relations), sum(len(domain) for domain in built.instance.domains.values()), nonzeros
