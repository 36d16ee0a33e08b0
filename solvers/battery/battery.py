"""Runs the battery: what the model is, its answer, and each test in turn within one budget."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from time import perf_counter

from steepest.errors import InputError
from steepest.solvers.array_solve import require_supported
from steepest.solvers.battery.case import Case, Tally
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
from steepest.solvers.battery.probes import SLACK, BudgetSpentError, Probes, Reached
from steepest.solvers.battery.report import ALL_TESTS, Asserted, BatteryBudget, BatteryReport, BatteryResult, TestName
from steepest.solvers.battery.unused import check_pairing, check_unused
from steepest.solvers.battery.vacuity import check_annihilation, check_idle_decisions
from steepest.solvers.battery.words import check_coefficients, check_limits, check_sense, check_whole_numbers
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.control import SolveControl
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution, Status
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import compile_formulation

_TESTS: Mapping[TestName, Callable[[Case, Tally], None]] = {
    "sense": check_sense,
    "limits": check_limits,
    "coefficients": check_coefficients,
    "unused": check_unused,
    "pairing": check_pairing,
    "whole numbers": check_whole_numbers,
    "exchange": check_exchange,
    "idle decisions": check_idle_decisions,
    "annihilation": check_annihilation,
    "prohibitive": check_prohibitive,
    "crush": check_crush,
    "relaxation": check_relaxation,
    "row removal": check_row_removal,
    "homogeneity": check_homogeneity,
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
    begin = perf_counter()
    chosen = _chosen(tests)
    check_formulation(formulation, bound=tuple(data or ())).raise_errors()
    if len(formulation.objectives) != 1:
        return _untested(chosen, solution, "the battery takes one objective", begin)
    bound = bind(formulation, data, folder=folder)
    limits = (options or SolveOptions(), budget or BatteryBudget(), control or SolveControl())
    try:
        model = compile_formulation(formulation, bound)
        require_supported(model)
        probes = Probes(formulation, bound, model, *limits, begin)
        base = _base(probes, solution)
    except UnsupportedProblemError as error:
        return _untested(chosen, solution, f"the problem is not linear or convex quadratic: {error}", begin)
    except BudgetSpentError as error:
        return _untested(chosen, solution, str(error), begin, outcome="undecided")
    if base is None or base.ending != "optimal":
        reason = f"there is no proven optimum to test ({base.ending if base else 'the solve was not finished'})"
        status: Status = base.ending if base is not None else "time_limit"
        return _untested(chosen, solution, reason, begin, status, probes.solves)
    return _tested(Case(probes, base, asserted or Asserted()), chosen, on_progress or (lambda _: None))


def _chosen(tests: Collection[TestName] | None) -> tuple[TestName, ...]:
    unknown = sorted(set(tests or ()) - set(ALL_TESTS))
    if unknown:
        raise InputError(f"the battery has no test {unknown[0]!r}; it has {', '.join(ALL_TESTS)}")
    return ALL_TESTS if tests is None else tuple(each for each in ALL_TESTS if each in tests)


def _base(probes: Probes, solution: Solution | None) -> Reached | None:
    """The optimum to test: solved once more for its columns, the value taken from the answer that was given."""
    again = probes.solved(probes.model)
    if solution is None or again is None or not solution.is_solved or solution.objective is None:
        return again
    if solution.gap is not None and solution.gap > SLACK:  # it was to be good enough, and is not called the best
        return again
    return Reached("optimal", solution.objective, again.values)


def _tested(case: Case, tests: Collection[TestName], say: Callable[[str], None]) -> BatteryReport:
    report = BatteryReport(status="optimal", objective=case.base.value)
    for name in tests:
        say(f"testing the answer: {name}")
        tally = Tally(name)
        try:
            _TESTS[name](case, tally)
        except BudgetSpentError as spent:
            tally.doubt = str(spent)
        report.tests.append(tally.result())
        report.findings.extend(tally.findings)
    report.solves, report.seconds = case.probes.solves, case.probes.seconds
    return report


def _untested(
    tests: Collection[TestName],
    solution: Solution | None,
    reason: str,
    begin: float,
    status: Status | None = None,
    solves: int = 0,
    outcome: str = "not_applicable",
) -> BatteryReport:
    """No test could be carried out, all for one reason."""
    return BatteryReport(
        status=status or (solution.status if solution is not None else "unsupported"),
        objective=solution.objective if solution is not None else None,
        tests=[BatteryResult(test=each, outcome=outcome, reason=reason) for each in tests],  # type: ignore[arg-type]
        solves=solves,
        seconds=perf_counter() - begin,
    )
