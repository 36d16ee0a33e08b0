"""The engine of one machine: an event loop for the model's calls, processes for solvers and scripts."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing

from steepest.agents.llm.chat import ChatModel
from steepest.errors import InputError
from steepest.evals.engines.lanes import Lane, results_of
from steepest.evals.engines.ledger import RunLedger
from steepest.evals.engines.protocol import Finished, Job, WorkOrder
from steepest.evals.engines.workshop import Workshop
from steepest.evals.methods.protocol import Method
from steepest.evals.stores.places import open_replies

__all__ = ["LocalEngine"]


class LocalEngine:
    """Makes attempts in this process.

    Args:
        order: Model, method and limits.
        concurrency: How many attempts are under way at once.
        model: Asked in place of the one that the order names.
        method: Used in place of the one that the order names.
        cores: How many solves and scripts run at once; as many as there are cores, unless given.

    Raises:
        InputError: Something that the order names can't be had.
    """

    def __init__(
        self,
        order: WorkOrder,
        *,
        concurrency: int = 8,
        model: ChatModel | None = None,
        method: Method | None = None,
        cores: int | None = None,
    ) -> None:
        if concurrency < 1:
            raise InputError(f"at least one attempt has to be under way at once, not {concurrency}")
        self.concurrency = concurrency
        replies = open_replies(order.cache) if order.cache else None
        self._ledger = RunLedger(replies, order.max_cost, order.max_tokens)
        try:
            self._workshop = Workshop(order, self._ledger, model=model, method=method, cores=cores)
        except BaseException:
            self._ledger.close()
            raise

    def __repr__(self) -> str:
        return f"LocalEngine(concurrency={self.concurrency})"

    async def work(self, jobs: Iterable[Job]) -> AsyncGenerator[Finished, None]:
        """Make all attempts, each reported as soon as it is done.

        Raises:
            RepliesError: The run's replies can't be kept any more.
        """
        waiting = iter(jobs)
        async with aclosing(results_of([self._lane(waiting) for _ in range(self.concurrency)])) as results:
            async for finished in results:
                yield finished

    async def close(self) -> None:
        """End the processes of solvers and sandbox."""
        await asyncio.to_thread(self._workshop.close)
        await asyncio.to_thread(self._ledger.close)

    async def _lane(self, waiting: Iterator[Job]) -> Lane:
        for job in waiting:
            yield await self._workshop.make(job)
