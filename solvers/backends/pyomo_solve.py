"""Solves a formulation through Pyomo, and believes the solver only as far as the scalar reading confirms it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from steepest.solvers.answer import STOPPED_EARLY
from steepest.solvers.backends.expression_model import ExpressionModel, with_expressions
from steepest.solvers.backends.pyomo_model import PyomoModel
from steepest.solvers.backends.pyomo_solvers import PyomoOutcome, PyomoSolver, open_solver, takes_only_linear
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.data.instance_data import Data
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.expression_verification import NO_BEST_VALUE, doubt
from steepest.solvers.extraction.pyomo_extraction import Extracted, extract
from steepest.solvers.extraction.refusals import ModelRefusedError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions, with_time_left
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Key
from steepest.solvers.scalar.violations import Point, evaluator_at, violations
from steepest.solvers.solution import BindingConstraint, Solution, Status, VariableValue
from steepest.solvers.tolerances import INTEGRALITY, TIGHT

STOPPED_WITHOUT = "left no answer when it was stopped"
_HELD = 1e-7
"""How much of a nonlinear objective, relatively, those ranked below it may take."""
_HIGHS_CLASSES = frozenset({"LP", "MIP", "QP"})
_LINEAR_CLASSES = frozenset({"LP", "MIP"})
_BELIEVED: tuple[Status, ...] = ("infeasible", "time_limit", "interrupted")
"""Endings without an answer that mean the same of a problem with its objective and without it."""


def solve_with_pyomo(
    formulation: Formulation,
    data: Data,
    options: SolveOptions | None = None,
    solver: str = "highs",
    control: SolveControl | None = None,
) -> Solution:
    """Solve through Pyomo.

    Args:
        formulation: The problem; of objectives that are ranked only the first is solved for.
        data: Its data.
        options: Limits and tolerances, as far as the solver has them.
        solver: A name that Pyomo knows, such as `highs`, `cbc` or `gurobi`.
        control: Told when the solver begins. What stops it is the caller's; once cancelled, what comes is taken for
            the best answer so far.

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
    control = control or SolveControl()
    solution = _solve_built(built, options or SolveOptions(), open_solver(solver), problem_class, control)
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


def relative_slack(objective: Any) -> float:
    """How much of an objective those ranked below it may take: nothing of a linear one."""
    return 0.0 if _degree(objective.expr) <= 1 else _HELD


def _solve_built(
    built: PyomoModel, options: SolveOptions, solver: PyomoSolver, problem_class: str, control: SolveControl
) -> Solution:
    name = f"pyomo/{solver.name}"
    if not _mentioned(built):
        return _without_solver(built, name)
    try:
        extracted = None if problem_class in _LINEAR_CLASSES else extract(built.model)
    except ModelRefusedError as error:
        return Solution(status="unsupported", message=str(error), solver=name)
    control.report(SolveProgress(0.0, None, None, None, None, name))
    outcome = solver.solve(built.model, options)
    outcome = _interrupted(outcome) if control.cancelled else _told_apart(built, options, solver, outcome)
    status, message = outcome.status, outcome.message
    if status == "failed" and problem_class == "QP" and solver.name == "highs":
        status, message = "unsupported", "the solver refused the quadratic objective: it is not convex"
    solution = Solution(
        status=status, message=message, solver=outcome.solver, seconds=outcome.seconds, size=size_of(built)
    )
    if outcome.values is None:
        return solution
    reason = None if extracted is None else _doubt(extracted, outcome.values, outcome)
    if reason is not None:
        return solution.model_copy(update={"status": "failed", "message": reason})
    return with_answer(solution, built, outcome.values, outcome.bound)


def _interrupted(outcome: PyomoOutcome) -> PyomoOutcome:
    """What a solver came to that was stopped; some say nothing of that, or tell of a limit."""
    if outcome.status in ("optimal", "infeasible", "unbounded"):
        return outcome
    message = STOPPED_EARLY if outcome.values is not None else f"{outcome.solver} {STOPPED_WITHOUT}"
    return replace(outcome, status="interrupted", message=message)


def _doubt(extracted: Extracted, values: Mapping[int, float], outcome: PyomoOutcome) -> str | None:
    """Why a nonlinear answer is not to be believed, in words; the same that is said of our own solvers' answers."""
    given = extracted.model
    model = given if isinstance(given, ExpressionModel) else with_expressions(given)
    nearest = np.clip(0.0, model.linear.lower, model.linear.upper).tolist()  # for what the solver never saw
    point = [values.get(id(each), zero) for each, zero in zip(extracted.variables, nearest, strict=True)]
    return doubt(model, np.array(point, np.float64), outcome.status, outcome.bound)


def _told_apart(built: PyomoModel, options: SolveOptions, solver: PyomoSolver, outcome: PyomoOutcome) -> PyomoOutcome:
    """What it is for which a solver found no answer: without the objective, what is left is either infeasible or not.

    Infeasible is believed at once of a linear objective; one that divides by zero somewhere can bring it about too.
    """
    if outcome.status not in ("infeasible", "infeasible_or_unbounded") or not built.objectives:
        return outcome
    objective = built.objectives[0]
    is_linear = _degree(objective.expr) <= 1
    if outcome.status == "infeasible" and is_linear:
        return outcome
    again = _without_objective(built, with_time_left(options, outcome.seconds), solver)
    told = replace(outcome, seconds=outcome.seconds + again.seconds)
    if again.values is not None:
        return replace(told, status="unbounded") if is_linear else replace(told, status="failed", message=NO_BEST_VALUE)
    if is_linear and again.status != "infeasible":
        return told
    if again.status in _BELIEVED:
        return replace(told, status=again.status, message=again.message)
    reason = f"the solver ends with {outcome.status}, and with {again.status} where the objective is left out"
    return replace(told, status="failed", message=f"{reason}: neither is to be trusted")


def _without_objective(built: PyomoModel, options: SolveOptions, solver: PyomoSolver) -> PyomoOutcome:
    objective = built.objectives[0]
    kept = objective.expr
    objective.expr = 0
    try:
        return solver.solve(built.model, options)
    finally:
        objective.expr = kept


def _mentioned(built: PyomoModel) -> list[Any]:
    """The variables that the objective and the constraints mention."""
    from pyomo.core.expr.visitor import identify_variables

    bodies = [constraint.body for constraint in built.relations]
    bodies += [objective.expr for objective in built.objectives[:1]]
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
        bound: On the objective, where the solver has proven one.
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
    """The objective at a point, by the scalar reading."""
    if not built.ranks:
        return 0.0
    evaluator = evaluator_at(built.instance, point, "objective")
    return float(sum(factor * evaluator.number(node, {}) for factor, node in built.ranks[0].terms))


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
