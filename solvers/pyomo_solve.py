"""Solves a formulation through Pyomo, and believes the solver only as far as the scalar reading confirms it."""

import time
from typing import Any

from steepest.solvers.data import Data
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.interpreter import ScalarInstance
from steepest.solvers.options import SolveOptions
from steepest.solvers.pyomo_model import PyomoModel
from steepest.solvers.solution import BindingConstraint, Solution, Status, VariableValue
from steepest.solvers.violations import Point, violations

TIGHT = 1e-6
"""A constraint whose slack is below this, relative to its size above 1, is binding."""

_HIGHS_CLASSES = frozenset({"LP", "MIP", "QP"})


def solve_with_pyomo(
    formulation: Formulation, data: Data, options: SolveOptions | None = None, solver: str = "highs"
) -> Solution:
    """Solve through Pyomo.

    Args:
        formulation: The problem.
        data: Its data.
        options: Limits and tolerances; `seed` is handed to HiGHS only.
        solver: A name from `pyomo.contrib.solver`'s factory, such as `highs` or `scip_direct`.

    Raises:
        FormulationError: The data do not fit, or something is missing. A term that Pyomo can't take is no error: the
            status is `unsupported` and the message names it.
    """
    instance = ScalarInstance(formulation, data)
    try:
        built = PyomoModel(instance)
    except FormulationError as error:
        if any(item.code != "unsupported" for item in error.diagnostics):
            raise
        return Solution(status="unsupported", message=str(error), solver=f"pyomo/{solver}")
    problem_class = classify(built)
    if solver == "highs" and problem_class not in _HIGHS_CLASSES:
        message = f"HiGHS takes LP, MIP and convex QP; this is {problem_class}"
        return Solution(status="unsupported", message=message, problem_class=problem_class, solver="pyomo/highs")
    solution = _solve_ranks(built, options or SolveOptions(), solver, problem_class)
    return solution.model_copy(update={"problem_class": problem_class})


def classify(built: PyomoModel) -> str:
    """LP, MIP, QP, MIQP, QCP, MIQCP, NLP or MINLP, by the degrees of what was built."""
    objective = max((_degree(each.expr) for each in built.objectives), default=0)
    constraints = max((_degree(constraint.body) for _, _, constraint in built.constraints), default=0)
    variables = built.instance.formulation.variables
    discrete = any(variable.domain != "real" and built.instance.domains[variable.name] for variable in variables)
    if max(objective, constraints) <= 1:
        return "MIP" if discrete else "LP"
    kind = "NLP" if max(objective, constraints) > 2 else "QCP" if constraints == 2 else "QP"
    return f"MI{kind}" if discrete else kind


def _degree(expression: Any) -> float:
    from pyomo.core.expr.visitor import polynomial_degree

    degree = polynomial_degree(expression)
    return float("inf") if degree is None else float(degree)


def _solve_ranks(built: PyomoModel, options: SolveOptions, solver: str, problem_class: str) -> Solution:
    """Solve for the first objective; for each next one, hold what was reached so far."""
    solution = _solve_once(built, options, solver, problem_class)
    for place in range(1, len(built.objectives)):
        if not solution.is_solved or solution.objective is None:
            break
        _hold(built, place - 1, solution.objective)
        first = solution
        solution = _solve_once(built, options, solver, problem_class)
        solution = solution.model_copy(update={"seconds": first.seconds + solution.seconds})
    return solution


def _hold(built: PyomoModel, place: int, reached: float) -> None:
    from pyomo.common.modeling import unique_component_name

    pyo, objective = built.pyo, built.objectives[place]
    slack = TIGHT * max(1.0, abs(reached))
    held = objective.expr <= reached + slack if objective.sense == pyo.minimize else objective.expr >= reached - slack
    if not isinstance(held, bool):  # an objective of data alone is reached by everything
        built.model.add_component(unique_component_name(built.model, "rank_is_held"), pyo.Constraint(expr=held))
    objective.deactivate()
    built.objectives[place + 1].activate()


def _solve_once(built: PyomoModel, options: SolveOptions, solver: str, problem_class: str) -> Solution:
    if not _mentions_variables(built):
        return _without_solver(built)
    backend = _backend(solver)
    start = time.perf_counter()
    try:
        results = backend.solve(built.model, **_settings(options, solver))
    except IncompatibleModelError as error:
        return Solution(status="unsupported", message=str(error), solver=f"pyomo/{solver}")
    seconds = time.perf_counter() - start
    status, message = _outcome(results, problem_class)
    if status == "infeasible_or_unbounded":
        status = _told_apart(built, options, solver)
    solution = Solution(
        status=status, message=message, solver=_versioned(backend, solver), seconds=seconds, size=_size(built)
    )
    if results.incumbent_objective is None:
        return solution
    values = {id(component): value for component, value in results.solution_loader.get_vars().items()}
    return _with_answer(solution, built, values, results)
