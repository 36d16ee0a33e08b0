"""Another solver of the user's while it runs: stopped by a cancel, ended at need, and nothing of it left behind."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steepest.solvers.backends.pyomo_solvers import solvers_found
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.formulation import Formulation
from steepest.solvers.named_solve import idle_workers
from steepest.solvers.solution import Solution
from tests.solvers.hard_models import knapsacks

HARD = knapsacks(200, 60)
EASY = "variables:\n  x: integer in 0..9\nmaximize: 2 * x\nconstraints:\n  c: 3 * x <= 20\n"
HERE = solvers_found()

needs_cbc = pytest.mark.skipif("cbc" not in HERE, reason="needs CBC")
needs_glpk = pytest.mark.skipif("glpk" not in HERE, reason="needs GLPK")


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    idle_workers.end()
    yield
    idle_workers.end()


def cancelled_after(seconds: float) -> SolveControl:
    """A control that ends the solve so long after the solver began."""
    timers: list[threading.Timer] = []

    def begin(progress: SolveProgress) -> None:
        if not timers:
            timers.append(threading.Timer(seconds, control.cancel))
            timers[0].start()

    control = SolveControl(begin)
    return control


def timed(solve: Callable[[], Solution]) -> tuple[Solution, float]:
    begin = time.perf_counter()
    return solve(), time.perf_counter() - begin


@needs_cbc
def test_a_cancel_keeps_the_best_answer_that_cbc_had() -> None:
    solution, seconds = timed(lambda: HARD.solve(solver="cbc", time_limit=300, control=cancelled_after(3)))
    assert (solution.status, seconds < 60) == ("interrupted", True)
    assert solution.objective is not None
    assert solution.bound is not None
    assert solution.bound >= solution.objective - 1e-6
    assert "best answer found so far" in solution.message


@needs_glpk
def test_a_cancel_of_a_solver_that_leaves_no_answer_says_so() -> None:
    solution, seconds = timed(lambda: HARD.solve(solver="glpk", time_limit=300, control=cancelled_after(1)))
    assert (solution.status, solution.objective, seconds < 60) == ("interrupted", None, True)
    assert solution.message == "glpk left no answer when it was stopped"


@needs_glpk
def test_a_time_limit_keeps_the_answer_that_glpk_has_by_then() -> None:
    solution = HARD.solve(solver="glpk", time_limit=2)
    assert solution.status == "time_limit"
    assert solution.objective is not None


def test_a_solver_inside_pyomo_is_ended_with_its_process() -> None:
    solution, seconds = timed(lambda: HARD.solve(solver="appsi_highs", time_limit=300, control=cancelled_after(1)))
    assert (solution.status, solution.objective, seconds < 60) == ("interrupted", None, True)


@pytest.fixture
def deaf_glpk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program by the name of GLPK that hears no signal but the last one; the file that its number is in."""
    program, number = tmp_path / "glpsol", tmp_path / "number"
    lines = ["#!/bin/sh", 'case "$*" in *-v*|*--version*) echo "GLPSOL: GLPK LP/MIP Solver, v4.65"; exit 0;; esac']
    lines += ["trap '' INT TERM", f"echo $$ > {number}", "while true; do sleep 1; done"]
    program.write_text("\n".join(lines) + "\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return number


def is_running(number: Path) -> bool:
    try:
        os.kill(int(number.read_text(encoding="utf-8")), 0)
    except ProcessLookupError:
        return False
    return True


def ends_soon(number: Path) -> bool:
    """Whether the program is gone within seconds; whoever adopts it has to notice first."""
    end = time.perf_counter() + 20
    while is_running(number) and time.perf_counter() < end:
        time.sleep(0.05)
    return not is_running(number)


@needs_glpk
def test_a_program_that_hears_nothing_is_ended_after_a_cancel(deaf_glpk: Path) -> None:
    solution, seconds = timed(lambda: HARD.solve(solver="glpk", control=cancelled_after(1)))
    assert (solution.status, seconds < 60) == ("interrupted", True)
    assert ends_soon(deaf_glpk)


@needs_glpk
def test_a_program_that_overruns_its_time_limit_is_ended(deaf_glpk: Path) -> None:
    solution, seconds = timed(lambda: HARD.solve(solver="glpk", time_limit=1))
    assert (solution.status, seconds < 60) == ("time_limit", True)
    assert "went on past the time limit" in solution.message
    assert ends_soon(deaf_glpk)


@needs_cbc
def test_a_start_that_nobody_is_handed_is_told() -> None:
    formulation = Formulation.from_text(EASY)
    solution = formulation.solve(solver="cbc", start=formulation.solve())
    assert (solution.objective, solution.note) == (12, "the start was not used: cbc is handed none")


@needs_cbc
def test_what_it_says_while_it_says_nothing_is_the_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[SolveProgress] = []
    HARD.solve(solver="cbc", time_limit=3, control=SolveControl(told.append))
    assert told[0].solver == "pyomo/cbc"
    assert told[-1].seconds > 1


@needs_cbc
def test_data_of_files_reach_the_process(tmp_path: Path) -> None:
    (tmp_path / "size.csv").write_text("i,size\na,2\nb,3.5\n", encoding="utf-8")
    text = 'sets:\n  I = {a, b}\nparameters:\n  size[i in I] from "size.csv"\n'
    text += "variables:\n  x[i in I]: integer in 0..4\n"
    text += "maximize: sum(size[i] * x[i] for i in I)\nconstraints:\n  few: sum(x[i] for i in I) <= 5\n"
    assert Formulation.from_text(text).solve(solver="cbc", folder=tmp_path).objective == 16
