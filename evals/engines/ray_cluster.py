"""The engine of a Ray cluster: workers on its machines, one ledger for all, and samples recorded by the driver."""

import asyncio
import itertools
import math
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from typing import Any

from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.kept_replies import RepliesError
from steepest.agents.spread.cluster import connect, ray_library
from steepest.errors import InputError
from steepest.evals.attempts import Attempt
from steepest.evals.engines.lanes import Lane, results_of
from steepest.evals.engines.protocol import Finished, Job, WorkOrder
from steepest.evals.engines.ray_ledger import RemoteLedger, SharedLedger, sharing_the_limit
from steepest.evals.engines.workshop import Workshop, open_ordered_method, open_ordered_model
from steepest.evals.methods.protocol import Method

__all__ = ["RayEngine"]

TRIES = 3
"""How often an attempt is made whose worker dies."""

_CLOSING_SECONDS = 10.0


class RayEngine:
    """Makes attempts on the machines of a Ray cluster.

    The cluster is the one that `address` or RAY_ADDRESS names, else one of our own on this machine. Its machines need
    steepest installed, and what the method needs. Replies and budget are kept by a process on this machine.

    Args:
        order: Model, method and limits.
        concurrency: How many attempts are under way at once, on all workers together.
        workers: Processes that make attempts, each with a core; as many as the cluster has cores, unless given.
        address: Of the cluster.
        model: Asked in place of the one that the order names; travels by pickle.
        method: Used in place of the one that the order names; travels by pickle.

    Raises:
        InputError: Ray is not installed or its cluster can't be reached, or the order names what can't be had.
    """

    def __init__(
        self,
        order: WorkOrder,
        *,
        concurrency: int = 8,
        workers: int | None = None,
        address: str | None = None,
        model: ChatModel | None = None,
        method: Method | None = None,
    ) -> None:
        if concurrency < 1 or (workers is not None and workers < 1):
            raise InputError("at least one worker has to make at least one attempt at once")
        _require_known(order, model, method)
        self._ray = ray_library()
        self._owns_cluster = connect(self._ray, address)
        self._given = (order, model, method)
        self._ledger = self._ledger_actor(order, concurrency)
        cores = int(self._ray.cluster_resources().get("CPU", 1))
        self._places = min(workers or cores, concurrency)
        self._lanes_each = math.ceil(concurrency / self._places)
        self._seats = [_Seat(self, number) for number in range(self._places)]

    def __repr__(self) -> str:
        return f"RayEngine(workers={self._places})"

    async def work(self, jobs: Iterable[Job]) -> AsyncGenerator[Finished, None]:
        """Make all attempts, each reported as soon as it is done.

        Raises:
            RepliesError: The run's replies can't be kept any more.
        """
        waiting = iter(jobs)
        seats = [seat for seat in self._seats for _ in range(self._lanes_each)]
        async with aclosing(results_of([_lane(seat, waiting) for seat in seats])) as results:
            async for finished in results:
                yield finished

    async def close(self) -> None:
        """End the workers, and the cluster if it is our own."""
        ends = [seat.worker.close.remote() for seat in self._seats]
        await asyncio.to_thread(self._ray.wait, ends, num_returns=len(ends), timeout=_CLOSING_SECONDS)
        for seat in self._seats:
            self._ray.kill(seat.worker)
        await asyncio.to_thread(self._ray.wait, [self._ledger.close.remote()], timeout=_CLOSING_SECONDS)
        self._ray.kill(self._ledger)
        if self._owns_cluster:
            await asyncio.to_thread(self._ray.shutdown)

    def start_worker(self, name: str) -> Any:
        """A worker process somewhere in the cluster."""
        order, model, method = self._given
        options = {"num_cpus": 1, "max_concurrency": self._lanes_each + 1}
        return self._ray.remote(**options)(_Worker).remote(order, self._ledger, name, model, method)

    def forget(self, name: str) -> None:
        """Take back the money and the slots that a dead worker held."""
        self._ledger.forget.remote(name)

    def _ledger_actor(self, order: WorkOrder, concurrency: int) -> Any:
        """On this machine, where the file of replies is."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(self._ray.get_runtime_context().get_node_id(), soft=False)
        options = {"num_cpus": 0, "max_concurrency": 4 * concurrency + 100, "scheduling_strategy": here}
        return self._ray.remote(**options)(SharedLedger).remote(order)


class _Worker:
    """The actor: makes attempts, several at once."""

    def __init__(
        self, order: WorkOrder, ledger: Any, name: str, model: ChatModel | None, method: Method | None
    ) -> None:
        model = sharing_the_limit(model or open_ordered_model(order), ledger, name)
        self._workshop = Workshop(order, RemoteLedger(ledger, name), model=model, method=method, cores=1)

    async def make(self, job: Job) -> Finished | RepliesError:
        """Make an attempt; an error travels as a value."""
        try:
            return await self._workshop.make(job)
        except RepliesError as error:
            return error

    async def close(self) -> None:
        """End the processes of solvers and sandbox."""
        await asyncio.to_thread(self._workshop.close)


class _Seat:
    """A worker's place: when the worker dies, another one takes it."""

    def __init__(self, engine: RayEngine, number: int) -> None:
        self._engine = engine
        self._names = (f"worker {number}.{life}" for life in itertools.count(1))
        self._name = next(self._names)
        self.worker = engine.start_worker(self._name)

    async def make(self, job: Job) -> Finished:
        """Make an attempt, again if the worker dies over it.

        Raises:
            RepliesError: The run's replies can't be kept any more.
        """
        from ray.exceptions import RayActorError

        for _ in range(TRIES):
            worker = self.worker
            try:
                result = await worker.make.remote(job)
            except RayActorError as error:
                reason = " ".join(str(error).split())
                self._replace(worker)
                continue
            if isinstance(result, RepliesError):
                raise result
            return result  # type: ignore[no-any-return]
        message = f"Its worker died, {TRIES} times: {reason}"
        return Finished(job, Attempt(outcome="infrastructure_error", message=message), self._name)

    def _replace(self, dead: Any) -> None:
        """Seat another worker; once, though many attempts notice the death."""
        if self.worker is dead:
            self._engine.forget(self._name)
            self._name = next(self._names)
            self.worker = self._engine.start_worker(self._name)


async def _lane(seat: _Seat, waiting: Iterator[Job]) -> Lane:
    for job in waiting:
        yield await seat.make(job)


def _require_known(order: WorkOrder, model: ChatModel | None, method: Method | None) -> None:
    """Tell here, and not from a worker, what can't be had."""
    if model is None:
        open_ordered_model(order)
    if method is None:
        open_ordered_method(order)
