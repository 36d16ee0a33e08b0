"""Whether two formulations come to the same status and optimal value, with their data and with other data."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isclose

from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.equivalence.changed_data import (
    CellName,
    common_cells,
    random_factors,
    renamed,
    values_of,
    with_factors,
)
from steepest.solvers.equivalence.report import Finding, Level, Witness
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution, Status
from steepest.solvers.solve import solve_formulation
from steepest.solvers.spending import Spending

EQUAL = 1e-6
"""How far two optimal values may be off and count as equal, relative to their size above 1."""
PROVEN: tuple[Status, ...] = ("optimal", "infeasible", "unbounded")
"""Endings that say something of the problem, and not only of the solve."""


def compare_values(first: Formulation, second: Formulation, spending: Spending) -> Finding:
    """Whether both end alike, each with the data that it holds.

    Raises:
        BudgetSpentError: The budget is spent.
        FormulationError: A formulation can't be used as it is.
    """
    return same_value("value", _solution(first, spending), _solution(second, spending))


def compare_with_other_data(
    first: Formulation,
    second: Formulation,
    parameters: Mapping[str, str],
    sets: int,
    seed: int,
    spending: Spending,
    say: Callable[[str], None],
) -> Finding:
    """Whether both end alike with their data, and with common numbers of them changed.

    Args:
        first: A formulation that holds its data.
        second: Another.
        parameters: For parameters of the first that the second calls otherwise, their names there.
        sets: How many other sets of data are tried.
        seed: Of their choice.
        spending: What the solves may take.
        say: Told what is being done.

    Raises:
        BudgetSpentError: The budget is spent.
        FormulationError: A formulation can't be used as it is.
    """
    plain = compare_values(first, second, spending)
    if plain.verdict != "equivalent":
        return replace(plain, level="data")
    cells = common_cells(first, second, parameters)
    if not cells:
        return Finding("data", "unknown", "they hold no number alike in a parameter of the same name")
    chance = random.Random(seed)
    same = 0
    for number in range(sets):
        say(f"solving both with other data ({number + 1} of {sets})")
        factors = random_factors(cells, chance)
        finding = _with_factors(first, second, factors, parameters, spending)
        if finding is not None and finding.verdict == "different":
            return finding
        same += finding is not None and finding.verdict == "equivalent"
    if not same:
        return Finding("data", "unknown", f"with none of {sets} other sets of data did both end in a proof")
    return Finding("data", "equivalent", f"they come to the same with their data and with {same} other sets of data")


def _with_factors(
    first: Formulation,
    second: Formulation,
    factors: Mapping[CellName, float],
    parameters: Mapping[str, str],
    spending: Spending,
) -> Finding | None:
    """What both come to with changed data; None where one of them does not take such data."""
    try:
        one = with_factors(first, factors)
        finding = same_value(
            "data", _solution(one, spending), _solution(with_factors(second, renamed(factors, parameters)), spending)
        )
    except FormulationError:
        return None
    if finding.witness is None:
        return finding
    data = values_of(one, factors)
    told = ", ".join(f"{name} = {value:g}" for name, value in data.items())
    return replace(finding, message=f"with {told}: {finding.message}", witness=replace(finding.witness, data=data))


def _solution(formulation: Formulation, spending: Spending) -> Solution:
    options = SolveOptions(time_limit=spending.next_limit())
    try:
        return solve_formulation(formulation, options=options, control=spending.control)
    except SolverError as error:
        return Solution(status="failed", message=str(error))


def same_value(level: Level, first: Solution, second: Solution) -> Finding:
    """Whether two solves ended alike."""
    one, other = _ended(first), _ended(second)
    for which, solution in (("first", first), ("second", second)):
        if solution.status not in PROVEN:
            status = solution.status.replace("_", " ")
            return Finding(level, "unknown", f"the {which} ended with {status}: {solution.message}".rstrip(": "))
    if first.status != second.status or not _are_equal(first.objective, second.objective):
        message = f"the first is {one}, the second {other}"
        return Finding(level, "different", message, Witness(one, other))
    return Finding(level, "equivalent", f"both are {one}")


def _ended(solution: Solution) -> str:
    if solution.status == "optimal" and solution.objective is not None:
        return f"optimal with {solution.objective:.10g}"
    return solution.status.replace("_", " ")


def _are_equal(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one == other
    return isclose(one, other, rel_tol=EQUAL, abs_tol=EQUAL)
