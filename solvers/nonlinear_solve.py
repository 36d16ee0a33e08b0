"""Solves what the arrays of HiGHS can't hold: products, ratios, powers and functions of decisions, by SCIP.

The formulation is read a second time, by the scalar reading, as a Pyomo model, and taken apart into arrays and postfix
expressions exactly as a user's Pyomo script is. What comes back is evaluated in the formulation itself.
"""

import numpy as np

from steepest.solvers.answer import ending
from steepest.solvers.backends import scip
from steepest.solvers.backends.pyomo_model import PyomoModel
from steepest.solvers.backends.pyomo_solve import classify, with_answer
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.checks.degree import classify as classify_formulation
from steepest.solvers.data.instance_data import Data
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.extraction.pyomo_extraction import Extracted, extract
from steepest.solvers.extraction.refusals import ModelRefusedError
from steepest.solvers.formulation import Formulation
from steepest.solvers.model_solve import solve_model
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.solution import Solution
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.scatter import Numbers


def read_nonlinear(formulation: Formulation, data: Data) -> PyomoModel | None:
    """The formulation as an algebraic model, or None if a term has no such form (logic, global constraints).

    Raises:
        FormulationError: The data do not fit.
    """
    instance = ScalarInstance(formulation, data)
    try:
        return PyomoModel(instance)
    except FormulationError as error:
        if any(item.code != "unsupported" for item in error.diagnostics):
            raise
        return None


def solve_nonlinear(problem: BoundProblem, refusal: UnsupportedProblemError) -> Solution:
    """Solve a nonlinear formulation of one objective, or none, to global optimality.

    Without SCIP, and for terms that have no algebraic form, the status is `unsupported`.

    Args:
        problem: The formulation, its data, and what is asked of the solve.
        refusal: Why it can't be solved as arrays; told if it can't be solved here either.

    Raises:
        FormulationError: The data do not fit.
    """
    name = classify_formulation(problem.formulation).name
    refused = Solution(status="unsupported", problem_class=name, message=f"{refusal} (a problem of class {name})")
    if problem.options.solver != "highs":
        scip.prepare()
    built = read_nonlinear(problem.formulation, problem.data)
    if built is None:
        return refused
    problem_class = classify(built)
    problem.say(f"solving a problem of class {problem_class}")
    solution = _solved(built, problem, problem_class)
    if solution.status == "unsupported":
        return refused.model_copy(update={"message": f"{refused.message}: {solution.message}"})
    return solution


def _solved(built: PyomoModel, problem: BoundProblem, problem_class: str) -> Solution:
    try:
        extracted = extract(built.model)
    except ModelRefusedError as error:
        return Solution(status="unsupported", message=str(error), problem_class=problem_class)
    start = _start_values(built, extracted, problem.start)
    answer = solve_model(extracted.model, problem.options, problem.control, start)
    solution = Solution(**ending(answer), note=answer.note, problem_class=problem_class, size=extracted.model.size)
    if answer.values is None:
        return solution
    columns = zip(extracted.variables, answer.values.tolist(), strict=True)
    values = {id(variable): value for variable, value in columns if variable is not None}
    return with_answer(solution, built, values, answer.bound)


def _start_values(built: PyomoModel, extracted: Extracted, start: Solution | None) -> Numbers | None:
    """A value for each column, NaN where the earlier answer has none."""
    if start is None:
        return None
    domains = built.instance.domains
    known = {
        id(built.at(each.name, each.index)): each.value
        for each in start.variables
        if each.name in domains and each.index in domains[each.name]
    }
    return np.array([known.get(id(variable), np.nan) for variable in extracted.variables])
