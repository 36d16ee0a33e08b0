"""Solves what the arrays of HiGHS can't hold: products, ratios, powers and functions of decisions, by SCIP.

The formulation is read a second time, by the scalar reading, as a Pyomo model, and taken apart into arrays and postfix
expressions exactly as a user's Pyomo script is. What comes back is evaluated in the formulation itself.
"""

from collections.abc import Callable

from steepest.solvers.answer import ending
from steepest.solvers.backends.pyomo_model import PyomoModel
from steepest.solvers.backends.pyomo_solve import classify, solve_ranks, with_answer
from steepest.solvers.data.instance_data import Data
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.extraction.pyomo_extraction import extract
from steepest.solvers.extraction.refusals import ModelRefusedError
from steepest.solvers.formulation import Formulation
from steepest.solvers.model_solve import solve_model
from steepest.solvers.options import SolveOptions
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.solution import Solution


def solve_nonlinear(
    formulation: Formulation, data: Data, options: SolveOptions, on_progress: Callable[[str], None]
) -> Solution:
    """Solve a nonlinear formulation to global optimality.

    Without SCIP, and for terms that have no algebraic form (logic, global constraints), the status is `unsupported`.

    Raises:
        FormulationError: The data do not fit.
    """
    instance = ScalarInstance(formulation, data)
    try:
        built = PyomoModel(instance)
    except FormulationError as error:
        if any(item.code != "unsupported" for item in error.diagnostics):
            raise
        return Solution(status="unsupported", message=str(error))
    problem_class = classify(built)
    on_progress(f"solving a problem of class {problem_class}")
    return solve_ranks(built, lambda model: _solved(model, options, problem_class))


def _solved(built: PyomoModel, options: SolveOptions, problem_class: str) -> Solution:
    try:
        extracted = extract(built.model)
    except ModelRefusedError as error:
        return Solution(status="unsupported", message=str(error), problem_class=problem_class)
    answer = solve_model(extracted.model, options)
    solution = Solution(**ending(answer), problem_class=problem_class, size=extracted.model.size)
    if answer.values is None:
        return solution
    columns = zip(extracted.variables, answer.values.tolist(), strict=True)
    values = {id(variable): value for variable, value in columns if variable is not None}
    return with_answer(solution, built, values, answer.bound)
