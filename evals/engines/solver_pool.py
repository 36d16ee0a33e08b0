"""Solves in processes of their own: they use all cores, leave the event loop free, and can be killed."""

import asyncio
import multiprocessing
import os
import tempfile
import threading
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from steepest.agents.spread.main_guard import require_main_guard
from steepest.errors import InputError
from steepest.evals.engines.solver_worker import Solved, prepare, ready, solve
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution

__all__ = ["SolverPool", "usable_cores"]

MEMORY_MIB = 4096
"""Address space of a process that solves."""

_GRACE_SECONDS = 10.0
_GRACE_SHARE = 0.2
"""What a solve gets over the solver's own limit, for compiling and for a limit that the solver looks at late."""

_TRIES = 2


class SolverPool:
    """Processes that solve formulations; they start with the first one.

    Args:
        options: How each is solved.
        processes: How many solve at once; as many as there are cores, unless given.
    """

    def __init__(self, options: SolveOptions, processes: int | None = None) -> None:
        if processes is not None and processes < 1:
            raise InputError(f"a pool of solvers needs at least one process, not {processes}")
        self.options = options
        self.processes = processes or usable_cores()
        self._pool: Any = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()

    async def solve(self, formulation: Formulation) -> Solution:
        """Solve a formulation; one that overruns is killed and ends as `time_limit`.

        Raises:
            FormulationError: The formulation can't be compiled.
            SolverError: The solver broke down, again and again.
        """
        from pebble import ProcessExpired

        for _ in range(_TRIES):
            try:
                solved = await asyncio.wrap_future(self._schedule(formulation))
            except TimeoutError:
                return _overrun(self.options)
            except (ProcessExpired, BrokenProcessPool) as error:
                death = error
            else:
                return _solution(solved)
        raise SolverError(f"The solver's process died on this model ({death}), {_TRIES} times.") from death

    async def warm_up(self) -> None:
        """Return when a process is ready to solve, so that no solve waits for its start."""
        pool, _ = self._started()
        await asyncio.wrap_future(pool.schedule(ready))

    def solve_blocking(self, formulation: Formulation) -> Solution:
        """`solve`, for a thread without an event loop, which waits: that of a grader.

        Raises:
            FormulationError: The formulation can't be compiled.
            SolverError: The solver broke down, again and again.
        """
        return asyncio.run(self.solve(formulation))

    def close(self) -> None:
        """End the processes, whatever they are at."""
        with self._lock:
            self._drop()
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _schedule(self, formulation: Formulation) -> Any:
        pool, folder = self._started()
        return pool.schedule(solve, args=(formulation, self.options, folder), timeout=_longest(self.options))

    def _drop(self) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def _started(self) -> tuple[Any, str]:
        with self._lock:
            if self._pool is not None and not self._pool.active:  # a process died at rest, which breaks all of it
                self._drop()
            if self._pool is None:
                require_main_guard()
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="steepest-solve-")
            if self._pool is None:
                from pebble import ProcessPool

                self._pool = ProcessPool(
                    max_workers=self.processes,
                    initializer=prepare,
                    initargs=(MEMORY_MIB,),
                    context=multiprocessing.get_context("spawn"),
                )
            return self._pool, self._folder.name


def _longest(options: SolveOptions) -> float | None:
    if options.time_limit is None:
        return None
    return options.time_limit * (1 + _GRACE_SHARE) + _GRACE_SECONDS


def _overrun(options: SolveOptions) -> Solution:
    return Solution(
        status="time_limit",
        message=f"The solve went far over its {options.time_limit:g} s and was killed.",
        seconds=_longest(options) or 0.0,
    )


def _solution(solved: Solved) -> Solution:
    if solved.solution is not None:
        return solved.solution
    if solved.diagnostics:
        raise FormulationError(solved.diagnostics)
    raise SolverError(solved.breakdown)


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
