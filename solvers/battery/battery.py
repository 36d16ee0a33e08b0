"""Runs the battery: what the model is, its answer, and each test in turn within one budget."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from steepest.errors import InputError
from steepest.solvers.array_solve import require_supported
from steepest.solvers.backends.ranking import ranked_objectives
from steepest.solvers.battery.case import Case
from steepest.solvers.battery.coherence import (
    check_crush,
    check_curvature,
    check_duality,
    check_homogeneity,
    check_prohibitive,
    check_relaxation,
    check_row_removal,
)
from steepest.solvers.battery.exchange import check_exchange
from steepest.solvers.battery.probes import SLACK, Probes, Reached
from steepest.solvers.battery.report import (
    ALL_TESTS,
    Asserted,
    BatteryBudget,
    BatteryReport,
    BatteryResult,
    Outcome,
    TestName,
)
from steepest.solvers.battery.subject import Subject
from steepest.solvers.battery.tally import Tally
from steepest.solvers.battery.unused import check_pairing, check_unused
from steepest.solvers.battery.vacuity import check_annihilation, check_idle_decisions
from steepest.solvers.battery.whole_case import WholeCase, WholeProbes
from steepest.solvers.battery.words import check_coefficients, check_limits, check_sense, check_whole_numbers
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.control import SolveControl
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution, Status
from steepest.solvers.spending import BudgetSpentError, Spending
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import compile_formulation

_OF_ANY_CLASS: Mapping[TestName, Callable[[Subject, Tally], None]] = {
    "sense": check_sense,
    "limits": check_limits,
    "relaxation": check_relaxation,
    "row removal": check_row_removal,
    "homogeneity": check_homogeneity,
}
_OF_ARRAYS: Mapping[TestName, Callable[[Case, Tally], None]] = {
    "coefficients": check_coefficients,
    "unused": check_unused,
    "pairing": check_pairing,
    "whole numbers": check_whole_numbers,
    "exchange": check_exchange,
    "idle decisions": check_idle_decisions,
    "annihilation": check_annihilation,
    "prohibitive": check_prohibitive,
    "crush": check_crush,
    "curvature": check_curvature,
    "duality": check_duality,
}


def run_battery(
    formulation: Formulation,
    data: Tables | None = None,
    *,
    solution: Solution | None = None,
    budget: BatteryBudget | None = None,
    tests: Collection[TestName] | None = None,
    asserted: Asserted | None = None,
    options: SolveOptions | None = None,
    folder: Path | str | None = None,
    control: SolveControl | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> BatteryReport:
    """Test a formulation and its answer without knowing the right one.

    A test looks only at what it has certified first; where it can't, it is "not applicable", and where a probe is not
    solved to its end, it is "undecided". A finding is a contradiction if it rests on arrays, which can't be so where
    both are right, and worth a look if it rests on words.

    Args:
        formulation: The formulation.
        data: Tables to bind by name.
        solution: Its answer, if it is known; only a proven optimum can be tested.
        budget: How many solves and seconds it may take.
        tests: Which of the tests; None is all of them.
        asserted: What is known of the problem beyond the formulation's own words.
        options: Tolerances, threads and the time limit of each solve.
        folder: Where the files that the formulation names are found.
        control: May end it from another thread; what was found by then is told.
        on_progress: Told what is being done, a line at a time.

    Raises:
        FormulationError: The formulation or its data can't be used as they are.
        InputError: There is no test of a name.
    """
    chosen = _chosen(tests)
    check_formulation(formulation, bound=tuple(data or ())).raise_errors()
    spending = Spending(budget or BatteryBudget(), control or SolveControl())
    if not formulation.objectives:
        return _untested(chosen, solution, "there is no objective", spending)
    problem = BoundProblem(
        formulation, bind(formulation, data, folder=folder), options or SolveOptions(), spending.control, None, _quietly
    )
    try:
        case, beyond = _case(problem, solution, asserted or Asserted(), spending)
    except BudgetSpentError as error:
        return _untested(chosen, solution, str(error), spending, outcome="undecided")
    if case is None or case.base.ending != "optimal":
        reason = f"there is no proven optimum to test ({case.base.ending if case else 'the solve was not finished'})"
        status: Status = case.base.ending if case is not None else "time_limit"
        return _untested(chosen, solution, reason, spending, status)
    return _tested(case, chosen, beyond, spending, on_progress or _quietly)


def _quietly(_: str) -> None:
    """Nobody is told."""


def _case(
    problem: BoundProblem, solution: Solution | None, asserted: Asserted, spending: Spending
) -> tuple[Subject | None, str]:
    """What the tests look at, None without a proven optimum; and why those for arrays don't apply, where they don't."""
    formulation, data = problem.formulation, problem.data
    try:
        model = compile_formulation(formulation, data)
        require_supported(model)
    except UnsupportedProblemError as error:
        rank = ranked_objectives(formulation)[0]
        whole = WholeProbes(problem.options, spending)
        first = formulation.model_copy(update={"objectives": [rank.objective]})
        base = _claimed(solution) or whole.solved(first, data)
        case = None if base is None else WholeCase(formulation, data, base, asserted, rank, whole)
        return case, f"the problem is not linear or convex quadratic: {error}"
    probes = Probes(formulation, data, model, problem.options, spending)
    again = probes.solved(model)  # for the values of the columns
    claimed = _claimed(solution)
    base = again if again is None or claimed is None else replace(claimed, values=again.values)
    return None if base is None else Case(formulation, data, base, asserted, probes), ""


def _chosen(tests: Collection[TestName] | None) -> tuple[TestName, ...]:
    unknown = sorted(set(tests or ()) - set(ALL_TESTS))
    if unknown:
        raise InputError(f"the battery has no test {unknown[0]!r}; it has {', '.join(ALL_TESTS)}")
    return ALL_TESTS if tests is None else tuple(each for each in ALL_TESTS if each in tests)


def _claimed(solution: Solution | None) -> Reached | None:
    """The optimum that an answer claims; one that was to be good enough is not called the best."""
    if solution is None or not solution.is_solved or solution.objective is None:
        return None
    if solution.gap is not None and solution.gap > SLACK:
        return None
    return Reached("optimal", solution.objective)


def _tested(
    case: Subject, tests: Collection[TestName], beyond: str, spending: Spending, say: Callable[[str], None]
) -> BatteryReport:
    report = BatteryReport(status="optimal", objective=case.base.value)
    for name in tests:
        if beyond and name not in _OF_ANY_CLASS:
            report.tests.append(BatteryResult(test=name, outcome="not_applicable", reason=beyond))
            continue
        say(f"testing the answer: {name}")
        tally = Tally(name)
        try:
            _carry_out(name, case, tally)
        except BudgetSpentError as spent:
            tally.doubt = str(spent)
        report.tests.append(tally.result())
        report.findings.extend(tally.findings)
    report.solves, report.seconds = spending.solves, spending.seconds
    return report


def _carry_out(name: TestName, case: Subject, tally: Tally) -> None:
    if name in _OF_ANY_CLASS:
        _OF_ANY_CLASS[name](case, tally)
    elif isinstance(case, Case):
        _OF_ARRAYS[name](case, tally)


def _untested(
    tests: Collection[TestName],
    solution: Solution | None,
    reason: str,
    spending: Spending,
    status: Status | None = None,
    outcome: Outcome = "not_applicable",
) -> BatteryReport:
    """No test could be carried out, all for one reason."""
    return BatteryReport(
        status=status or (solution.status if solution is not None else "unsupported"),
        objective=solution.objective if solution is not None else None,
        tests=[BatteryResult(test=each, outcome=outcome, reason=reason) for each in tests],
        solves=spending.solves,
        seconds=spending.seconds,
    )
