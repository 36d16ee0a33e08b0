"""HiGHS while it runs: one at a time in a process, waited for to its end, stopped when asked, and its progress told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.solvers.backends.highs_log import Step, read_step
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.vectorized.scatter import Numbers

if TYPE_CHECKING:
    import highspy

POLL_SECONDS = 0.05
REPORT_SECONDS = 0.2
"""Between two reports of progress."""

_one_at_a_time = threading.Lock()
"""A second solver in the process fails in highspy, and its number of threads pulls the pool from under the first."""


@contextmanager
def its_turn(control: SolveControl) -> Iterator[bool]:
    """Wait until no other thread runs HiGHS; whether it may run now, which is not so if the control is cancelled."""
    has_it = [False]
    try:
        while not has_it[0] and not control.cancelled:
            try:  # taken and noted in one step of the interpreter: no Ctrl-C comes between the two
                has_it[:] = map(_one_at_a_time.acquire, (True,), (POLL_SECONDS,))
            except KeyboardInterrupt:
                control.cancel()
        yield has_it[0]
    finally:
        if has_it[0]:
            _one_at_a_time.release()


class Watch:
    """What a running HiGHS last said of itself.

    Its callbacks come in HiGHS's own threads, hundreds a second; what they bring is told by the thread that waits.
    Of a MIP they tell the search; where the method for an LP or QP stands is in the log alone.
    """

    def __init__(self, solver: "highspy.Highs", control: SolveControl, *, is_mip: bool) -> None:
        self._control = control
        self._name = f"HiGHS {solver.version()}"
        self._begin = perf_counter()
        self._next = REPORT_SECONDS
        self._search: tuple[float, float, float, int] | None = None
        self._incumbent: Numbers | None = None
        self._iterations: int | None = None
        self._step: Step | None = None
        control.report(self._progress(0.0))
        if not is_mip:
            self._follow_method(solver)
            return
        solver.cbMipInterrupt += self._note_search
        if control.wants_incumbents:
            solver.cbMipImprovingSolution += self._note_incumbent

    def _follow_method(self, solver: "highspy.Highs") -> None:
        solver.setOptionValue("log_to_console", False)
        solver.setOptionValue("output_flag", True)
        solver.cbLogging += self._note_step
        solver.cbSimplexInterrupt += self._note_iterations

    def _note_iterations(self, event: Any) -> None:
        self._iterations = event.data_out.simplex_iteration_count

    def _note_step(self, event: Any) -> None:
        step = read_step(event.message)
        if step is not None:
            self._step, self._iterations = step, step.iterations

    def _note_search(self, event: Any) -> None:
        data = event.data_out
        self._search = data.mip_primal_bound, data.mip_dual_bound, data.mip_gap, data.mip_node_count

    def _note_incumbent(self, event: Any) -> None:
        self._incumbent = np.array(event.data_out.mip_solution)

    def tell(self) -> None:
        """Tell the control what is new, if it is time to."""
        seconds = perf_counter() - self._begin
        if seconds < self._next and not self._control.cancelled:
            return
        self._next = seconds + REPORT_SECONDS
        incumbent, self._incumbent = self._incumbent, None
        if incumbent is not None:
            self._control.keep(incumbent)
        self._control.report(self._progress(seconds))

    def _progress(self, seconds: float) -> SolveProgress:
        if self._search is None:
            return self._progress_of_method(seconds)
        objective, bound, gap, nodes = self._search
        return SolveProgress(seconds, _known(objective), _known(bound), _known(gap), max(0, nodes), self._name)

    def _progress_of_method(self, seconds: float) -> SolveProgress:
        objective, missed = (self._step.objective, self._step.infeasibility) if self._step else (None, None)
        return SolveProgress(seconds, None, None, None, None, self._name, self._iterations, objective, missed)


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def run(solver: "highspy.Highs", control: SolveControl, watch: Watch | None = None) -> bool:
    """Run to the end, or to where a cancel or a Ctrl-C stops it; whether it was stopped before it began.

    Whatever is raised meanwhile, HiGHS no longer runs when this is left.
    """
    if control.cancelled:
        return True
    solver.HandleUserInterrupt = True
    try:
        solver.startSolve()
        with control.stopping(solver.cancelSolve):
            _wait(solver, control, watch)
    except BaseException:
        solver.cancelSolve()  # type: ignore[no-untyped-call]
        while solver.is_solver_running():
            solver.wait(POLL_SECONDS)
        raise
    return False


def _wait(solver: "highspy.Highs", control: SolveControl, watch: Watch | None) -> None:
    finished = False
    while not finished:
        try:
            finished, _ = solver.wait(POLL_SECONDS)
            if watch is not None and not finished:
                watch.tell()
        except KeyboardInterrupt:
            control.cancel()
