"""Schedules, routes and puzzles as a user meets them: by CP-SAT, with the words of every other back end."""

import math
import threading
import time
from collections.abc import Mapping

import pytest

from steepest.errors import InputError
from steepest.solvers.backends.apart.worker import Worker
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.constraint_programming import apart
from steepest.solvers.constraint_programming import solve as cp_solve
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.explanations import with_explanation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

pytestmark = pytest.mark.skipif(not apart.is_installed(), reason="CP-SAT is the extra `cp`")


def solved(text: str, solver: str | None = "cp-sat", **more: object) -> Solution:
    known = {name: more.pop(name) for name in ("control", "start") if name in more}
    options = SolveOptions.model_validate({"solver": solver, "threads": 2, **more})
    return solve_formulation(Formulation.from_text(text), options=options, **known)  # type: ignore[arg-type]


SHOP = """
sets:
  Job = 1..3
  Step = 1..2
parameters:
  takes[Job, Step] = {1: {1: 3, 2: 2}, 2: {1: 2, 2: 1}, 3: {1: 1, 2: 4}}
variables:
  start[Job, Step]: integer in 0..20
  makespan: integer >= 0
minimize: makespan
constraints:
  order[j in Job]: start[j, 2] >= start[j, 1] + takes[j, 1]
  last[j in Job]: makespan >= start[j, 2] + takes[j, 2]
  machine[s in Step]: no_overlap(start[j, s], takes[j, s] for j in Job)
"""


RULER = """
sets:
  Mark = 1..11
variables:
  at[Mark]: integer in 0..150
minimize: at[11]
constraints:
  begin: at[1] == 0
  rising[m in Mark if m > 1]: at[m] >= at[m-1] + 1
  distances: all_different(at[j] - at[i] for i in Mark for j in Mark if i < j)
"""


def test_a_job_shop_goes_to_cp_sat_by_itself() -> None:
    solution = solved(SHOP, solver=None)
    assert (solution.status, solution.objective, solution.bound, solution.gap) == ("optimal", 8, 8, 0)
    assert solution.solver.startswith("CP-SAT 9")
    assert solution.problem_class == "CP"
    assert "last" in {each.name for each in solution.binding}


def test_what_has_no_global_constraint_stays_with_highs() -> None:
    text = "variables:\n  x: integer in 0..9\nmaximize: x\nconstraints:\n  c: 2 * x <= 9"
    assert solved(text, solver=None).solver.startswith("HiGHS")
    assert solved(text).objective == 4


def test_a_real_variable_is_named_and_highs_takes_the_schedule() -> None:
    text = SHOP.replace("start[Job, Step]: integer in 0..20", "start[Job, Step]: real in 0..20")
    solution = solved(text.replace("makespan: integer >= 0", "makespan: integer in 0..40"))
    assert solution.status == "unsupported"
    assert "`start`" in solution.message
    assert "continuous" in solution.message
    assert solved(text.replace("makespan: integer >= 0", "makespan: real in 0..40"), solver=None).objective == 8


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [
        ("x / y <= 2", "divides by a decision"),
        ("sqrt(x) <= 2", "`sqrt` of a decision"),
        ("2**x <= 9", "exponent"),
        ("x**9 <= 9", "powers from 0 to 6"),
        ("norm2(x, y) <= 2", "`sqrt` of a decision"),
        ("x * 1e-17 + y * 0.3 + 7 * y <= 2e9", "2^60 is the most"),
        ("x**6 * y**6 * x**6 <= 2", "2^53 is the most"),
        ("no_overlap(x - 3, y - 3 for t in T)", "a duration may be below 0"),
        ("cumulative(2, x, 1, y - 3 for t in T)", "may be below 0"),
        ("cumulative(x + t, x, 1, 1 for t in T)", "not the same for all tasks"),
        ("circuit(go[i, j] for i in T for j in T)", "has to be binary"),
        ("implies(x >= 2, all_different(x, y))", "can't be a part of a condition"),
        ("piecewise(1000000 * x + y, (0, 0), (9000000, 1)) <= 2", "100,000 points"),
    ],
)
def test_a_term_that_cp_sat_does_not_take_is_named(constraint: str, reason: str) -> None:
    text = "sets:\n  T = 1..2\nvariables:\n  x: integer in 1..9\n  y: integer in 1..9\n  go[T, T]: integer in 0..2\n"
    solution = solved(f"{text}minimize: x\nconstraints:\n  c: {constraint}")
    assert solution.status == "unsupported"
    assert solution.message.startswith("CP-SAT does not take `")
    assert reason in solution.message


def test_a_variable_without_a_bound_is_named_with_what_to_write() -> None:
    text = SHOP.replace("start[Job, Step]: integer in 0..20", "start[Job, Step]: integer >= 0")
    solution = solved(text)
    assert solution.status == "unsupported"
    assert "`start[1, 1]`: it has no upper bound" in solution.message
    assert "`in 0..1000`" in solution.message


def test_bounds_that_constraints_imply_are_enough() -> None:
    text = "variables:\n  x: integer >= 0\n  y: integer\n  z: integer >= 0\nmaximize: x - y - z\nconstraints:\n"
    solution = solved(text + "  a: 2 * x + 3 * z <= 11\n  b: y >= x - 4\n  c: y + z >= -2")
    assert solution.status == "optimal"
    assert (
        solution.objective
        == solved(text + "  a: 2 * x + 3 * z <= 11\n  b: y >= x - 4\n  c: y + z >= -2", "highs").objective
    )


def test_fractions_are_taken_exactly() -> None:
    text = "variables:\n  x: integer in 0..1000\n  y: integer in 0..1000\nmaximize: 0.1 * x + 1/3 * y\nconstraints:\n"
    solution = solved(text + "  c: 0.1 * x + 0.2 * y <= 0.3 * 100\n  d: x / 7 <= 30")
    assert solution.objective == pytest.approx(50)
    assert (solution.value("x"), solution.value("y")) == (0, 150)


def test_infeasible_has_the_usual_words_and_can_be_explained() -> None:
    text = SHOP.replace("makespan: integer >= 0", "makespan: integer in 0..7")
    solution = solved(text, solver=None)
    assert (solution.status, solution.message) == ("infeasible", "no values meet all constraints at once")
    explained = with_explanation(solution, Formulation.from_text(text)).explanation
    assert explained is not None
    assert "machine" in "\n".join(explained.lines)


def test_ranked_objectives_are_solved_one_after_another() -> None:
    text = SHOP.replace("minimize: makespan", "minimize[1]: makespan\nminimize[2]: sum(start[j, 2] for j in Job)")
    solution = solved(text, solver=None)
    assert [each.value for each in solution.objectives] == [8, 12]
    assert solution.status == "optimal"
    assert solution.solver.startswith("CP-SAT")


def test_a_seed_repeats_the_answer() -> None:
    text = RULER.replace("minimize", "maximize").replace("150", "100")
    first, second = (solved(text, seed=7) for _ in range(2))
    assert [each.value for each in first.variables] == [each.value for each in second.variables]


def test_the_time_limit_keeps_the_best_answer() -> None:
    begin = time.perf_counter()
    solution = solved(RULER, time_limit=1.5)
    assert solution.status == "time_limit"
    assert "stopped early" in solution.message
    assert solution.objective is not None
    assert solution.bound is not None
    assert solution.bound <= solution.objective
    assert time.perf_counter() - begin < 30  # a process is started, on a machine that may be busy


def test_a_cancel_from_another_thread_keeps_the_incumbent_and_progress_is_told() -> None:
    told: list[SolveProgress] = []
    control = SolveControl(told.append)

    def cancel_at_an_answer() -> None:
        while not any(each.objective is not None for each in told):
            time.sleep(0.01)
        control.cancel()

    thread = threading.Thread(target=cancel_at_an_answer)
    thread.start()
    solution = solved(RULER, control=control, time_limit=60)
    thread.join()
    assert solution.status == "interrupted"
    assert solution.objective is not None
    last = told[-1]
    assert last.solver.startswith("CP-SAT")
    assert last.gap is not None
    assert last.gap > 0


def test_an_earlier_answer_is_where_the_search_begins() -> None:
    best = solved(SHOP)
    other = Solution(status="optimal", variables=[*best.variables[:2]])
    assert solved(SHOP, start=best).objective == 8
    assert solved(SHOP, start=other).objective == 8
    far = [each.__class__(each.name, each.index, each.value + 1000) for each in best.variables]
    assert solved(SHOP, start=Solution(status="optimal", variables=far)).objective == 8


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_start_without_a_number_is_no_help_and_no_harm(value: float) -> None:
    best = solved(SHOP)
    spoilt = [each.__class__(each.name, each.index, value) for each in best.variables[:3]]
    start = Solution(status="optimal", variables=[*spoilt, *best.variables[3:]])
    assert solved(SHOP, start=start).objective == 8


def test_a_process_that_held_a_large_model_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Worker] = []
    monkeypatch.setattr(apart.idle_workers, "give", given.append)
    monkeypatch.setattr("steepest.solvers.backends.apart.solving._LARGE", 500)
    assert solved(SHOP).is_solved  # its model is no array, and longer than that
    assert not given


def test_a_fraction_of_a_large_bound_is_beyond_it() -> None:
    text = "variables:\n  x: integer in 600000000.4..2000000000\n  y: integer in 0..3\nminimize: x\n"
    solution = solved(text + "constraints:\n  apart: all_different(x, y)\n", solver=None)
    assert (solution.status, solution.objective) == ("optimal", 600000001)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": 0.0}, "breaks `"),
        ({"makespan": 9.0}, "its answer"),
        ({"makespan": 90.0}, "proven"),
    ],
)
def test_an_answer_that_is_not_true_is_an_error(
    monkeypatch: pytest.MonkeyPatch, change: Mapping[str, float], words: str
) -> None:
    def lying(*_: object) -> RawAnswer:
        raw = apart.run_cp_sat_apart(*_)  # type: ignore[arg-type]
        assert raw.values is not None
        values = raw.values.copy()
        values[:6] = change.get("start", values[:6])
        values[6] = change.get("makespan", values[6])
        bound = 12.0 if change == {"makespan": 9.0} else raw.bound
        return RawAnswer(raw.status, values, None, bound, raw.gap, raw.seconds, raw.solver)

    monkeypatch.setattr(cp_solve, "run_cp_sat_apart", lying)
    with pytest.raises(SolverError, match=words):
        solved(SHOP)


def test_without_ortools_the_extra_is_named_and_highs_solves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'steepest\[cp\]'"):
        solved(SHOP)
    text = SHOP.replace("makespan: integer >= 0", "makespan: integer in 0..40")
    assert solved(text, solver=None).solver.startswith("HiGHS")


def test_a_strict_inequality_is_the_same_error_as_elsewhere() -> None:
    formulation = Formulation.model_validate(
        {
            "variables": [{"name": "x", "domain": "integer", "lower": "0", "upper": "9"}],
            "constraints": [{"name": "c", "body": "x < 3"}],
        }
    )
    for solver in ("cp-sat", "highs"):
        with pytest.raises(Exception, match="strict inequality"):
            solve_formulation(formulation, options=SolveOptions(solver=solver))
