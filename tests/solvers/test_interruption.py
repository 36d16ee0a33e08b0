"""Ctrl-C as a cancel, where signals are heard and where they are not; an explanation that it ends."""

import signal
import threading

import pytest

from steepest.solvers import interruption
from steepest.solvers.control import SolveControl
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility import conflicts
from steepest.solvers.infeasibility.explanations import with_explanation
from steepest.solvers.interruption import cancelled_by_ctrl_c
from steepest.solvers.solution import Solution

TWELVE = "\n".join(f"  need{i}: x{i} + x{i + 1} >= {i + 3}" for i in range(12))
CONFLICT = (
    "\n".join(
        [
            "variables:",
            *(f"  x{i}: integer in 0..9" for i in range(13)),
            "minimize: x0",
            "constraints:",
            TWELVE,
            "  few: ",
        ]
    )
    + " + ".join(f"x{i}" for i in range(13))
    + " <= 20\n"
)


@pytest.fixture(autouse=True)
def signals_as_they_were() -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_first_cancels_and_the_second_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interruption, "ONE_PRESS", 0.0)
    control = SolveControl()
    with cancelled_by_ctrl_c(control):
        signal.raise_signal(signal.SIGINT)
        assert control.cancelled
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_signals_of_one_press_cancel_once() -> None:
    control = SolveControl()
    with cancelled_by_ctrl_c(control):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert control.cancelled


def test_another_thread_leaves_signals_alone() -> None:
    found: list[object] = []

    def look() -> None:
        with cancelled_by_ctrl_c(SolveControl()):
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


def test_where_it_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        control = SolveControl()
        with cancelled_by_ctrl_c(control):
            signal.raise_signal(signal.SIGINT)
        assert not control.cancelled
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("tests", [2, 4, 7])
def test_ctrl_c_ends_the_search_for_a_reason_with_what_is_known(tests: int, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    class Pressing(conflicts.RowProbe):
        def __call__(self, requirements: object) -> bool | None:
            done.append(1)
            if len(done) == tests:
                signal.raise_signal(signal.SIGINT)
            return super().__call__(requirements)  # type: ignore[arg-type]

    monkeypatch.setattr(conflicts, "RowProbe", Pressing)
    control = SolveControl()
    told = with_explanation(Solution(status="infeasible"), Formulation.from_text(CONFLICT), control=control)
    assert (told.status, control.cancelled, len(done)) == ("infeasible", True, tests)
    assert told.explanation is not None
    assert told.explanation.is_interrupted
    assert told.explanation.conflict is not None
    assert not told.explanation.conflict.is_minimal
    assert told.explanation.repairs == ()
    assert told.explanation.lines[-1] == "The search for the reason was interrupted: this is what was known by then."


def test_one_that_ends_before_anything_is_known_says_so() -> None:
    control = SolveControl()
    control.cancel()
    told = with_explanation(Solution(status="infeasible"), Formulation.from_text(CONFLICT), control=control)
    assert told.explanation is not None
    assert told.explanation.lines == ["The search for the reason was interrupted before it found one."]


def test_a_whole_search_is_not_called_interrupted() -> None:
    told = with_explanation(Solution(status="infeasible"), Formulation.from_text(CONFLICT))
    assert told.explanation is not None
    assert not told.explanation.is_interrupted
    assert told.explanation.conflict is not None
    assert told.explanation.conflict.is_minimal
