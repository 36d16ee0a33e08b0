"""Where rollouts run. Threads of this process are the default; processes and Ray are in `engines`."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable
from contextlib import aclosing
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar

from steepest.agents.optimizers.search.protocols import Program
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.values import Values
from steepest.agents.spread.daemon_threads import DaemonThreads
from steepest.errors import InputError

__all__ = ["Executor", "Inline", "Job", "Threads", "as_done"]

T = TypeVar("T")


class Job(NamedTuple):
    """A rollout to make."""

    values: Values
    example: Example
    traced: bool


class Executor(Protocol):
    """Makes rollouts."""

    @property
    def workers(self) -> int:
        """How many rollouts are made at once."""

    def run(self, program: Program, jobs: Iterable[Job]) -> AsyncGenerator[tuple[int, Rollout], None]:
        """Make all of them, each given as soon as it is done with its place among the jobs.

        A job is taken from `jobs` when there is a worker for it and what is done has been given, not before: the limits
        of the search are looked at, and the run is counted, when it is taken.

        Closing the generator gives up those that have not begun.
        """

    def close(self) -> None:
        """Let go of threads and processes."""


class Inline:
    """Rollouts one after the other, in the thread of the search: for those that take no time."""

    workers = 1

    async def run(self, program: Program, jobs: Iterable[Job]) -> AsyncGenerator[tuple[int, Rollout], None]:
        """Make all of them, in order."""
        for place, job in enumerate(jobs):
            yield place, program.run(job.values, job.example, traced=job.traced)

    def close(self) -> None:
        """Nothing is held."""


class Threads:
    """Rollouts in threads of this process, as many at once as there are workers.

    Raises:
        InputError: There are no workers.
    """

    def __init__(self, workers: int = 8) -> None:
        if workers < 1:
            raise InputError(f"at least one rollout has to run at once, not {workers}")
        self.workers = workers
        self._threads = DaemonThreads(workers, "steepest-rollout")

    async def run(self, program: Program, jobs: Iterable[Job]) -> AsyncGenerator[tuple[int, Rollout], None]:
        """Make all of them; what has begun when the generator is closed runs to its end, unheard."""

        async def make(place: int, job: Job) -> tuple[int, Rollout]:
            future = self._threads.submit(lambda: program.run(job.values, job.example, traced=job.traced))
            return place, await asyncio.wrap_future(future)

        async with aclosing(as_done((make(place, job) for place, job in enumerate(jobs)), self.workers)) as made:
            async for each in made:
                yield each

    def close(self) -> None:
        """Let go of the threads; a rollout that runs ends in its own time, and no exit waits for it."""
        self._threads.close()


async def as_done(coroutines: Iterable[Coroutine[Any, Any, T]], at_once: int) -> AsyncGenerator[T, None]:
    """What coroutines give, each as soon as it is there; closing this cancels those that run.

    Args:
        coroutines: Each is taken when fewer run than may, and what is done has been given.
        at_once: How many may run.
    """
    waiting = iter(coroutines)
    running: set[asyncio.Task[T]] = set()
    try:
        while True:
            for each in islice(waiting, at_once - len(running)):
                running.add(asyncio.ensure_future(each))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=_has_failed):
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _has_failed(task: asyncio.Task[Any]) -> bool:
    return task.cancelled() or task.exception() is not None
