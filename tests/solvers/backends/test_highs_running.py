"""HiGHS while it runs: progress, a cancel from another thread, a start, and nothing left running."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from types import FrameType

import numpy as np
import pytest

from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends import highs_running
from steepest.solvers.backends.highs_running import its_turn
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.data.binding import bind
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.vectorized.compile import compile_formulation
from tests.solvers.hard_models import covering, knapsacks

HARD = knapsacks(60, 25)


def cancelled_when(reason: Callable[[SolveProgress], bool]) -> SolveControl:
    """A control that ends the solve at the first progress that is reason to."""

    def look(progress: SolveProgress) -> None:
        if reason(progress):
            control.cancel()

    control = SolveControl(look)
    return control


def test_progress_tells_the_best_answer_the_bound_and_the_nodes() -> None:
    told: list[SolveProgress] = []
    solution = HARD.solve(time_limit=1.5, threads=1, control=SolveControl(told.append))
    last = told[-1]
    assert last.solver.startswith("HiGHS")
    assert last.objective is not None
    assert last.bound is not None
    assert solution.objective is not None
    assert last.objective <= solution.objective + 1e-6 <= last.bound + 1e-5
    assert [each.seconds for each in told] == sorted(each.seconds for each in told)


def test_progress_of_an_lp_tells_its_iterations_and_where_its_method_stands() -> None:
    told: list[SolveProgress] = []
    model = replace(covering(3000, 2500, 20), types=np.zeros(3000, np.int32))
    solve_arrays(model, SolveOptions(threads=1, time_limit=20), SolveControl(told.append))
    last = told[-1]
    assert (last.objective, last.bound, last.nodes) == (None, None, None)
    assert last.iterations is not None
    assert last.iterations > 0
    assert last.current is not None
    assert last.infeasibility is not None
    counts = [each.iterations or 0 for each in told]
    assert counts == sorted(counts)


def test_progress_is_told_a_few_times_a_second_only() -> None:
    told: list[SolveProgress] = []
    HARD.solve(time_limit=2, threads=1, control=SolveControl(told.append))
    assert len(told) <= 2 + 5 * max(each.seconds for each in told)


def test_a_cancel_keeps_the_best_answer_so_far() -> None:
    solution = HARD.solve(time_limit=300, threads=1, control=cancelled_when(lambda each: each.objective is not None))
    assert (solution.status, solution.seconds < 60) == ("interrupted", True)
    assert solution.objective is not None
    assert solution.bound is not None
    assert "not proven" in solution.message


def test_a_cancel_before_the_solve_ends_it_without_an_answer() -> None:
    control = SolveControl()
    control.cancel()
    solution = HARD.solve(control=control)
    assert (solution.status, solution.objective) == ("interrupted", None)


def test_one_control_ends_all_solves_that_come() -> None:
    control = cancelled_when(lambda each: each.objective is not None)
    assert HARD.solve(time_limit=300, threads=1, control=control).objective is not None
    assert HARD.solve(control=control).objective is None


def test_a_solve_that_waits_for_another_one_can_be_cancelled() -> None:
    control, found = SolveControl(), list[Solution]()
    with its_turn(SolveControl()):
        thread = threading.Thread(target=lambda: found.append(HARD.solve(control=control)))
        thread.start()
        control.cancel()
        thread.join(60)
        assert found[0].status == "interrupted"


@pytest.mark.parametrize("step", range(60))
def test_a_ctrl_c_at_any_step_of_waiting_keeps_nobody_else_waiting(step: int) -> None:
    steps = count()

    def press(frame: FrameType, event: str, _: object) -> Callable[..., object] | None:
        if frame.f_code is not its_turn.__wrapped__.__code__:  # type: ignore[attr-defined]
            return None
        frame.f_trace_opcodes = True
        if event == "opcode" and next(steps) == step:
            raise KeyboardInterrupt
        return press

    before = sys.gettrace()
    turn = its_turn(SolveControl())
    sys.settrace(press)
    try:
        turn.__enter__()
    except KeyboardInterrupt:
        pass
    else:
        sys.settrace(before)
        turn.__exit__(None, None, None)
    finally:
        sys.settrace(before)
    assert not highs_running._one_at_a_time.locked()


def test_what_a_listener_raises_ends_the_solve_and_leaves_nothing_running() -> None:
    class Enough(Exception):
        """Raised by a listener."""

    def object_to(progress: SolveProgress) -> None:
        if progress.objective is not None:
            raise Enough

    with pytest.raises(Enough):
        HARD.solve(time_limit=300, threads=1, control=SolveControl(object_to))
    assert HARD.solve(time_limit=1.0, threads=1).status == "time_limit"  # it is not busy


def test_a_model_that_highs_does_not_stop_for_is_ended_all_the_same() -> None:
    model = covering(5000, 3000, 20)
    answer = solve_arrays(model, SolveOptions(), cancelled_when(lambda each: each.seconds > 1))
    assert (answer.status, answer.seconds < 60) == ("interrupted", True)


def test_what_was_found_before_a_process_is_killed_is_an_answer() -> None:
    model = covering(2500, 1500, 20)
    answer = solve_arrays(model, SolveOptions(), cancelled_when(lambda each: each.objective is not None))
    assert answer.status == "interrupted"
    assert answer.objective is not None


def test_a_large_model_comes_to_the_same_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    model = compile_formulation(knapsacks(12, 3), bind(knapsacks(12, 3)))
    here = solve_arrays(model, SolveOptions())
    monkeypatch.setattr("steepest.solvers.backends.highs._SMALL_MIP", 0)
    apart = solve_arrays(model, SolveOptions())
    assert (here.status, here.objective, here.solver) == (apart.status, apart.objective, apart.solver)


def test_an_lp_in_a_process_of_its_own_keeps_its_duals(monkeypatch: pytest.MonkeyPatch, wyndor: str) -> None:
    from steepest.solvers.formulation import Formulation

    formulation = Formulation.from_text(wyndor)
    monkeypatch.setattr("steepest.solvers.backends.highs._SMALL_LP", 0)
    assert [row.dual for row in formulation.solve().binding] == pytest.approx([1.5, 1.0])


def test_a_start_is_where_a_mip_begins() -> None:
    good = HARD.solve(time_limit=3, threads=1)
    told: list[SolveProgress] = []
    control = SolveControl(lambda each: (told.append(each), each.objective is not None and control.cancel()))
    HARD.solve(time_limit=300, threads=1, start=good, control=control)
    first = next(each.objective for each in told if each.objective is not None)
    assert good.objective is not None
    assert first >= good.objective - 1e-6


@pytest.mark.parametrize("value", [1.0, 7.0, np.nan])
def test_a_start_that_no_answer_has_is_no_help_and_no_harm(value: float) -> None:
    formulation = knapsacks(12, 3)
    best = formulation.solve()
    wrong = best.model_copy(update={"variables": [each.__class__(each.name, (), value) for each in best.variables]})
    again = formulation.solve(start=wrong)
    assert (again.status, again.objective) == ("optimal", best.objective)
