"""Where rollouts run. Threads of this process are the default; processes and Ray are in `engines`."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

from steepest.agents.optimizers.search.protocols import Program
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.values import Values
from steepest.errors import InputError

__all__ = ["Executor", "Inline", "Job", "Threads"]


class Job(NamedTuple):
    """A rollout to make."""

    values: Values
    example: Example
    traced: bool


class Executor(Protocol):
    """Makes rollouts."""

    def run(self, program: Program, jobs: Sequence[Job]) -> AsyncGenerator[tuple[int, Rollout], None]:
        """Make all of them, each given as soon as it is done with its place among the jobs.

        Closing the generator gives up those that have not begun.
        """

    def close(self) -> None:
        """Let go of threads and processes."""


class Inline:
    """Rollouts one after the other, in the thread of the search: for those that take no time."""

    async def run(self, program: Program, jobs: Sequence[Job]) -> AsyncGenerator[tuple[int, Rollout], None]:
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
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="steepest-rollout")

    async def run(self, program: Program, jobs: Sequence[Job]) -> AsyncGenerator[tuple[int, Rollout], None]:
        """Make all of them; what has begun when the generator is closed runs to its end, unheard."""
        loop = asyncio.get_running_loop()

        async def make(place: int, job: Job) -> tuple[int, Rollout]:
            made = await loop.run_in_executor(
                self._pool, lambda: program.run(job.values, job.example, traced=job.traced)
            )
            return place, made

        tasks = [asyncio.ensure_future(make(place, job)) for place, job in enumerate(jobs)]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        """Let go of the threads; a rollout that runs ends in its own time."""
        self._pool.shutdown(wait=False, cancel_futures=True)
