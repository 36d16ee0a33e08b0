"""Solves in a process of their own: stopped, killed, crashed, forked, and never left behind."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from steepest.solvers.backends.apart import solving
from steepest.solvers.backends.apart.messages import Message
from steepest.solvers.backends.apart.solving import idle_workers, is_killable, killable_here
from steepest.solvers.backends.apart.worker import Worker, WorkerEndedError
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution
from tests.solvers.hard_models import waves

pytest.importorskip("pyscipopt", reason="needs the extra `nonlinear`")

EASY = "variables:\n  x: real in 0..9\n  y: real in 0..9\nmaximize: x * y + x**3\nconstraints:\n  c: x * y <= 4\n"
HARD = waves(25)


def easy() -> Solution:
    return Formulation.from_text(EASY).solve(time_limit=120)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Worker]]:
    """The processes that were given back so far; there is none to begin with and none is left."""
    idle_workers.end()
    given: list[Worker] = []
    give = idle_workers.give
    monkeypatch.setattr(idle_workers, "give", lambda worker: (given.append(worker), give(worker)))
    yield given
    idle_workers.end()
    assert not any(worker.is_alive for worker in given)


def cancelled_when(reason: Callable[[SolveProgress], bool]) -> SolveControl:
    """A control that ends the solve at the first progress that is reason to."""

    def look(progress: SolveProgress) -> None:
        if reason(progress):
            control.cancel()

    control = SolveControl(look)
    return control


def test_a_process_serves_one_solve_after_another(workers: list[Worker]) -> None:
    assert easy().objective == easy().objective == pytest.approx(733)
    assert len(set(workers)) == 1


def test_solves_of_several_threads_run_side_by_side(workers: list[Worker]) -> None:
    found: list[Solution] = []
    threads = [threading.Thread(target=lambda: found.append(easy())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert [each.status for each in found] == ["optimal"] * 3


def test_a_cancel_keeps_the_best_answer_so_far() -> None:
    solution = HARD.solve(time_limit=300, control=cancelled_when(lambda each: each.objective is not None))
    assert (solution.status, solution.seconds < 100) == ("interrupted", True)
    assert solution.objective is not None
    assert len(solution.variables) == 25


def test_a_solver_that_does_not_heed_a_cancel_is_killed(monkeypatch: pytest.MonkeyPatch, workers: list[Worker]) -> None:
    send = Worker.send
    monkeypatch.setattr(Worker, "send", lambda self, message: None if message.kind == "cancel" else send(self, message))
    solution = HARD.solve(time_limit=300, control=cancelled_when(lambda each: each.objective is not None))
    assert solution.status == "interrupted"
    assert solution.objective is not None  # streamed before
    assert not workers


def test_a_solver_that_overruns_its_limit_is_killed(monkeypatch: pytest.MonkeyPatch, workers: list[Worker]) -> None:
    monkeypatch.setattr(solving, "_GRACE_SECONDS", -316.0)
    solution = HARD.solve(time_limit=290)
    assert solution.status == "time_limit"
    assert solution.seconds < 100
    assert not workers


def test_a_ctrl_c_keeps_the_best_answer_so_far() -> None:
    def press(progress: SolveProgress) -> None:
        if progress.objective is not None:
            signal.raise_signal(signal.SIGINT)

    solution = HARD.solve(time_limit=300, control=SolveControl(press))
    assert solution.status == "interrupted"
    assert solution.objective is not None


def test_a_crash_is_an_error_and_the_next_solve_is_none(monkeypatch: pytest.MonkeyPatch, workers: list[Worker]) -> None:
    started: list[Worker] = []
    take = idle_workers.take
    monkeypatch.setattr(idle_workers, "take", lambda: (started.append(take()), started[-1])[1])
    control = SolveControl(lambda progress: started[-1].kill())
    with pytest.raises(SolverError, match="crashed"):
        solving.run_apart("scip", *_problem(HARD), control, None)
    assert easy().is_solved


def _problem(formulation: Formulation):
    from steepest.solvers.backends.pyomo_model import PyomoModel
    from steepest.solvers.data.binding import bind
    from steepest.solvers.extraction.pyomo_extraction import extract
    from steepest.solvers.options import SolveOptions
    from steepest.solvers.scalar.interpreter import ScalarInstance

    built = PyomoModel(ScalarInstance(formulation, bind(formulation)))
    return extract(built.model).model, SolveOptions(time_limit=300)


def test_an_idle_process_that_has_ended_is_replaced(workers: list[Worker]) -> None:
    easy()
    workers[0].kill()
    assert easy().is_solved
    assert len(set(workers)) == 2


def test_a_process_that_held_a_large_model_is_not_kept(monkeypatch: pytest.MonkeyPatch, workers: list[Worker]) -> None:
    monkeypatch.setattr(solving, "_LARGE", 1)
    assert easy().is_solved
    assert not workers


def test_a_process_that_says_what_nobody_understands_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_understood(stream: object) -> Message:
        raise ValueError

    told = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: told.set())
    monkeypatch.setattr("steepest.solvers.backends.apart.worker.read_message", not_understood)
    worker = Worker()
    with pytest.raises(WorkerEndedError):
        worker.receive(60)
    assert not worker.is_alive
    assert told.wait(60)


def test_what_a_listener_raises_ends_the_process(workers: list[Worker]) -> None:
    def object_to(progress: SolveProgress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        HARD.solve(time_limit=300, control=SolveControl(object_to))
    assert not workers


def test_a_pool_worker_which_may_have_no_children_can_solve() -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        assert pool.apply(_status_of_easy) == "optimal"


def _status_of_easy() -> str:
    assert multiprocessing.current_process().daemon
    return easy().status


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_has_processes_of_its_own(workers: list[Worker]) -> None:
    assert easy().is_solved
    child = os.fork()
    if not child:
        os._exit(0 if easy().is_solved else 1)  # with a process that it starts itself
    assert os.waitpid(child, 0)[1] == 0
    assert easy().is_solved
    assert len(set(workers)) == 1  # the fork has taken nothing away


def test_in_a_process_that_others_kill_it_is_solved_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_workers, "take", lambda: pytest.fail("it needs no other process"))
    with killable_here():
        assert is_killable()
        assert easy().is_solved
    assert not is_killable()


def test_a_start_is_where_scip_begins() -> None:
    good = HARD.solve(time_limit=300, control=cancelled_when(lambda each: (each.objective or 0.0) < 0))
    assert good.objective is not None
    again = HARD.solve(time_limit=300, start=good, control=cancelled_when(lambda each: each.objective is not None))
    assert again.objective is not None
    assert again.objective <= good.objective + 1e-4 * abs(good.objective)


def test_a_part_of_an_answer_is_a_start_too() -> None:
    formulation = Formulation.from_text(EASY)
    start = Solution(status="optimal", variables=[each for each in easy().variables if each.name == "x"])
    assert formulation.solve(start=start).objective == pytest.approx(733)
