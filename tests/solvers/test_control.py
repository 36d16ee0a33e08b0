"""Telling of progress and stopping, without any solver."""

import threading
from dataclasses import replace

import pytest

from steepest.solvers.control import SolveControl, SolveProgress

HALF_WAY = SolveProgress(1.5, 10.0, 12.0, 0.2, 7, "a solver")


def test_progress_reaches_whoever_waits() -> None:
    told: list[SolveProgress] = []
    SolveControl(told.append).report(HALF_WAY)
    assert told == [HALF_WAY]


def test_without_anybody_waiting_nothing_happens() -> None:
    SolveControl().report(HALF_WAY)


def test_a_cancel_from_another_thread_calls_what_stops_the_solve() -> None:
    control, stopped = SolveControl(), threading.Event()
    with control.stopping(stopped.set):
        threading.Thread(target=control.cancel).start()
        assert stopped.wait(30)
    assert control.cancelled


def test_a_cancel_that_came_before_stops_the_next_solve_at_once() -> None:
    control, stopped = SolveControl(), threading.Event()
    control.cancel()
    with control.stopping(stopped.set):
        assert stopped.is_set()


def test_a_solve_that_has_ended_is_not_stopped() -> None:
    control = SolveControl()
    with control.stopping(lambda: pytest.fail("it has ended")):
        pass
    control.cancel()


def test_a_part_tells_its_progress_changed_and_is_cancelled_with_the_whole() -> None:
    told: list[SolveProgress] = []
    whole = SolveControl(told.append)
    part = whole.through(lambda progress: replace(progress, objective=-1.0))
    part.report(HALF_WAY)
    assert told[0].objective == -1
    part.cancel()
    assert whole.cancelled
