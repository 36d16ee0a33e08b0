"""Rollouts on the machines of a Ray cluster."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import Any

from steepest.agents.optimizers.engines.rollout_worker import Broken, lost, made, result_of, unpacked
from steepest.agents.optimizers.search.executors import Job, as_done
from steepest.agents.optimizers.search.protocols import Program
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.spread.cluster import connect, ray_library, this_machine
from steepest.agents.spread.shared_limits import SharedLimits
from steepest.agents.spread.shipping import packed
from steepest.errors import InputError

__all__ = ["RayExecutor"]

TRIES = 2
"""How often a rollout is begun whose worker dies."""


class RayExecutor:
    """Rollouts on a Ray cluster, as many at once as there are workers; these start with the first rollout.

    The cluster is the one that `address` or RAY_ADDRESS names, else one of our own on this machine. Its machines need
    steepest and the modules of the program, which is sent once to each worker. Models in it share one limit of calls
    and one budget with those of this process, which the machines have to reach. A worker that dies costs the rollout
    that it was at, which is made again once, and then has an error.

    Args:
        workers: How many; as many as the cluster has cores, unless given.
        address: Of the cluster.

    Raises:
        InputError: There are no workers, Ray is not installed, or its cluster can't be reached.
    """

    def __init__(self, workers: int | None = None, address: str | None = None) -> None:
        if workers is not None and workers < 1:
            raise InputError(f"at least one rollout has to run at once, not {workers}")
        self._ray = ray_library()
        self._owns_cluster = connect(self._ray, address)
        cores = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self.workers = workers or cores
        self._limits = SharedLimits(this_machine(self._ray))
        self._seats = [_Seat(self._ray, min(1.0, cores / self.workers)) for _ in range(self.workers)]
        self._lock = threading.Lock()
        self._sent: tuple[Program, Any] | None = None

    def __repr__(self) -> str:
        return f"RayExecutor({self.workers})"

    async def run(self, program: Program, jobs: Iterable[Job]) -> AsyncGenerator[tuple[int, Rollout], None]:
        """Make all of them; closing the generator kills those that run.

        Raises:
            InputError: The program can't be sent to a worker, or loaded there.
            SteepestError: The program raised.
        """
        place = self._place_of(program)
        free: asyncio.Queue[_Seat] = asyncio.Queue()
        for seat in self._seats:
            free.put_nowait(seat)

        async def rollout(number: int, job: Job) -> tuple[int, Rollout]:
            seat = await free.get()
            try:
                return number, await seat.make(place, job)
            finally:
                free.put_nowait(seat)

        async with aclosing(
            as_done((rollout(number, job) for number, job in enumerate(jobs)), self.workers)
        ) as rollouts:
            async for each in rollouts:
                yield each

    def close(self) -> None:
        """End the workers, whatever they are at, and the cluster if it is our own."""
        for seat in self._seats:
            seat.leave()
        self._limits.close()
        self._sent = None
        if self._owns_cluster:
            self._ray.shutdown()

    def _place_of(self, program: Program) -> Any:
        """Where workers get the program from: in a list, so that a call does not bring it along."""
        with self._lock:
            if self._sent is None or self._sent[0] is not program:
                from ray.cloudpickle import Pickler

                data = packed(program, "the program", self._limits.replace, pickler=Pickler)
                self._sent = program, [self._ray.put(data)]
            return self._sent[1]


class _Worker:
    """The actor: one rollout after another of a program that came once."""

    def __init__(self) -> None:
        self._program: tuple[str, Program] | None = None

    def make(self, place: list[Any], job: Job) -> Rollout | Broken:
        """Make a rollout; an error travels as a value."""
        import ray

        name = place[0].hex()
        if self._program is None or self._program[0] != name:
            try:
                self._program = name, unpacked(ray.get(place[0]))
            except InputError as error:
                return Broken("input", str(error))
        return made(self._program[1], job)


class _Seat:
    """A worker's place: when the worker dies, another one takes it."""

    def __init__(self, ray: Any, cores: float) -> None:
        self._ray = ray
        self._cores = cores
        self._worker: Any = None

    async def make(self, place: list[Any], job: Job) -> Rollout:
        """Make a rollout, again if the worker dies over it; to cancel it is to kill the worker."""
        from ray.exceptions import RayActorError

        for _ in range(TRIES):
            if self._worker is None:
                self._worker = self._ray.remote(num_cpus=self._cores)(_Worker).remote()
            try:
                return result_of(await self._worker.make.remote(place, job))
            except RayActorError as error:
                reason = type(error).__name__
                self._worker = None
            except asyncio.CancelledError:
                self.leave()
                raise
        return lost(job, f"The worker that made this rollout died, {TRIES} times ({reason}).")

    def leave(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._ray.kill(self._worker)
            self._worker = None
