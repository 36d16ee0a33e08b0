"""Rollouts in processes of their own: they use all cores, and one that hangs can be killed."""

import asyncio
import multiprocessing
import tempfile
import threading
from collections.abc import AsyncGenerator, Iterable
from concurrent.futures.process import BrokenProcessPool
from contextlib import aclosing
from pathlib import Path
from typing import Any

from steepest.agents.llm.threads import usable_cores
from steepest.agents.optimizers.engines.rollout_worker import lost, make, prepare, result_of
from steepest.agents.optimizers.search.executors import Job, as_done
from steepest.agents.optimizers.search.protocols import Program
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.spread.main_guard import require_main_guard
from steepest.agents.spread.shared_limits import SharedLimits
from steepest.agents.spread.shipping import packed
from steepest.errors import InputError, SteepestError

__all__ = ["Processes"]

TRIES = 2
"""How often a rollout is begun whose worker dies."""
_STARTS = 3
"""How often the workers are started that all die at once."""


class Processes:
    """Rollouts in processes, as many at once as there are workers; they start with the first rollout.

    The program has to be one that `pickle` takes, and is sent once to each worker. Models in it share one limit of
    calls and one budget with those of this process. A worker that dies costs the rollout that it was at, which is made
    again once, and then has an error.

    Args:
        workers: How many; as many as there are cores, unless given.

    Raises:
        InputError: There are no workers.
    """

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise InputError(f"at least one rollout has to run at once, not {workers}")
        self.workers = workers or usable_cores()
        self._limits = SharedLimits()
        self._lock = threading.Lock()
        self._pool: Any = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._sent: tuple[Program, Path] | None = None
        self._programs = 0

    def __repr__(self) -> str:
        return f"Processes({self.workers})"

    async def run(self, program: Program, jobs: Iterable[Job]) -> AsyncGenerator[tuple[int, Rollout], None]:
        """Make all of them; closing the generator kills those that run.

        Raises:
            InputError: The program can't be sent to a process, or loaded there.
            SteepestError: The program raised, or no worker survives its start.
        """
        place = str(self._place_of(program))

        async def made(number: int, job: Job) -> tuple[int, Rollout]:
            return number, await self._rollout(place, job)

        async with aclosing(as_done((made(number, job) for number, job in enumerate(jobs)), self.workers)) as rollouts:
            async for each in rollouts:
                yield each

    def close(self) -> None:
        """End the processes, whatever they are at."""
        with self._lock:
            self._drop()
            if self._folder is not None:
                self._folder.cleanup()
            self._folder = self._sent = None
        self._limits.close()

    async def _rollout(self, place: str, job: Job) -> Rollout:
        deaths = starts = 0
        from pebble import ProcessExpired

        while True:
            try:
                return result_of(await asyncio.wrap_future(self._started().schedule(make, args=(place, job))))
            except ProcessExpired as error:
                deaths += 1
                if deaths == TRIES:
                    return lost(job, f"The process that made this rollout died, {TRIES} times ({_how(error)}).")
            except BrokenProcessPool as error:
                starts += 1
                if starts == _STARTS:
                    raise SteepestError(
                        f"the processes for rollouts end before they have begun one, {_STARTS} times ({error}): run in "
                        "threads, which show why"
                    ) from error

    def _place_of(self, program: Program) -> Path:
        """The file that workers read the program from."""
        with self._lock:
            if self._sent is not None and self._sent[0] is program:
                return self._sent[1]
            data = packed(program, "the program", self._limits.replace)
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="steepest-rollouts-")
            self._programs += 1
            place = Path(self._folder.name) / f"program-{self._programs}"
            place.write_bytes(data)
            self._sent = program, place
            return place

    def _started(self) -> Any:
        with self._lock:
            if self._pool is not None and not self._pool.active:  # a process died at rest, which breaks all of it
                self._drop()
            if self._pool is None:
                from pebble import ProcessPool

                require_main_guard()
                self._pool = ProcessPool(
                    max_workers=self.workers, initializer=prepare, context=multiprocessing.get_context("spawn")
                )
            return self._pool

    def _drop(self) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None


def _how(error: Any) -> str:
    """How a process died, in words."""
    code = error.exitcode
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
