"""Are a label's values another optimum of the candidate's own model: asked of the model, once the answer is final."""

import re
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Literal

from steepest.errors import SteepestError
from steepest.evals.grading.tolerances import strict_tolerance, strictly_close
from steepest.solvers.formulation import Constraint, Formulation
from steepest.solvers.language.expressions import Comparison, Expression, Index, LabelRef, Name, Number
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.text.reader import read_formulation

__all__ = ["Answer", "Solve", "holds_as_optimum", "solve_briefly"]

Solve = Callable[[Formulation], Solution]
Answer = Literal["yes", "no", "unchecked"]

_SECONDS = 10.0
_TURN = Lock()
_VARIABLE = re.compile(r"(?P<name>\w+)\s*(?:\[(?P<labels>.*)\])?", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def solve_briefly(formulation: Formulation) -> Solution:
    """Solve in this process within ten seconds; threads take turns, as HiGHS's Python layer needs."""
    from steepest.solvers.solve import solve_formulation  # imports the solver

    with _TURN:
        return solve_formulation(formulation, options=SolveOptions(time_limit=_SECONDS, threads=1))


def holds_as_optimum(text: str, values: Mapping[str, float], objective: float, solve: Solve = solve_briefly) -> Answer:
    """Whether a model has an optimum of this objective where its variables have these values.

    The variables are held to the values within the strict tolerance and the model is solved again. Its formulation must
    be self-contained: one that names data files is not read, since its text came from a language model.

    Args:
        text: The five-element text.
        values: Values by the name of the variable, `make[rye bread]`.
        objective: What the objective must be.
        solve: How to solve.

    Returns:
        `unchecked` where there is no model to ask, or it can't be solved.
    """
    formulation = read_formulation(text).formulation
    if formulation is None or _names_files(formulation):
        return "unchecked"
    held = formulation.model_copy(update={"constraints": [*formulation.constraints, *_holding(formulation, values)]})
    try:
        solution = solve(held)
    except SteepestError:
        return "unchecked"
    if solution.status == "infeasible":
        return "no"
    if solution.status != "optimal" or solution.objective is None:
        return "unchecked"
    return "yes" if strictly_close(solution.objective, objective) else "no"


def _names_files(formulation: Formulation) -> bool:
    tables = [each.table for each in formulation.sets] + [each.table for each in formulation.parameters]
    return any(table is not None for table in tables)


def _holding(formulation: Formulation, values: Mapping[str, float]) -> Iterable[Constraint]:
    taken = {constraint.name for constraint in formulation.constraints}
    prefix = "held"
    while any(name.startswith(prefix) for name in taken):
        prefix += "_"
    for number, (name, value) in enumerate(values.items(), start=1):
        room = strict_tolerance(value)
        body = Comparison((Number(value - room), _variable(name), Number(value + room)), ("<=", "<="))
        yield Constraint(name=f"{prefix}{number}", body=body)


def _variable(name: str) -> Expression:
    """The expression of a value's name; a name that is none makes a model that can't be compiled."""
    parts = _VARIABLE.fullmatch(name)
    if parts is None or parts["labels"] is None:
        return Name(name)
    return Index(parts["name"], tuple(_label(each.strip()) for each in parts["labels"].split(",")))


def _label(text: str) -> Expression:
    if _NUMBER.fullmatch(text):
        return Number(float(text) if "." in text else int(text))
    return LabelRef(text)
