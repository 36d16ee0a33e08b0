"""One ledger and one limit of calls for all machines of a cluster: an actor, and what its workers see of it."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from steepest.agents.llm.budget import Reservation
from steepest.agents.llm.chat import ChatModel, ChatReply
from steepest.agents.llm.errors import BudgetExceeded, Failure, LLMError, PriceUnknown, ProviderError
from steepest.agents.llm.kept_replies import RepliesError
from steepest.agents.llm.limits import AdaptiveLimit
from steepest.agents.llm.retries import Retrying
from steepest.evals.engines.ledger import RunLedger
from steepest.evals.engines.protocol import WorkOrder
from steepest.evals.stores.places import open_replies

__all__ = ["RemoteLedger", "RemoteLimit", "SharedLedger", "sharing_the_limit"]


class SharedLedger:
    """The actor: replies, budget and slots, and which worker holds how much of them.

    What a worker held when it died is given back by `forget`. Errors travel as values: raised, they would arrive as
    Ray's own.

    Args:
        order: Says where the replies are kept, and what may be spent.
    """

    def __init__(self, order: WorkOrder) -> None:
        replies = open_replies(order.cache) if order.cache else None
        self._ledger = RunLedger(replies, order.max_cost, order.max_tokens)
        self._limit = AdaptiveLimit()
        self._reserved: defaultdict[str, Counter[tuple[str, Reservation]]] = defaultdict(Counter)
        self._slots: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._dead: set[str] = set()

    async def begin(
        self, worker: str, key: str, money: Decimal | None, tokens: int, model: str
    ) -> ChatReply | Reservation | BudgetExceeded | PriceUnknown | RepliesError:
        """The reply that the run has for a request, or leave to make the call."""
        try:
            begun = await self._ledger.begin(key, money, tokens, model)
        except (BudgetExceeded, PriceUnknown, RepliesError) as error:
            return error
        if isinstance(begun, Reservation):
            self._reserved[worker][key, begun] += 1
            await self._drop_if_dead(worker)
        return begun

    async def end(
        self, worker: str, key: str, reservation: Reservation, reply: ChatReply | None
    ) -> RepliesError | None:
        """Keep the reply and charge what it took."""
        try:
            if self._reserved[worker][key, reservation]:
                self._reserved[worker][key, reservation] -= 1
                await self._ledger.end(key, reservation, reply)
            elif reply is not None:  # the worker was taken for dead and what it held given back, but it has paid
                await self._ledger.keep(key, reply)
        except RepliesError as error:
            return error
        return None

    async def acquire(self, worker: str) -> int:
        """Wait for a slot."""
        era = await self._limit.acquire()
        self._slots[worker][era] += 1
        await self._drop_if_dead(worker)
        return era

    async def release(self, worker: str, era: int, kind: Failure | None, answered: bool) -> None:
        """Give a slot back; `kind` says how the call failed, if it did."""
        if not self._slots[worker][era]:
            return
        self._slots[worker][era] -= 1
        outcome: ChatReply | ProviderError | None = None
        if answered:
            outcome = ChatReply(text="", model="", provider="")
        elif kind is not None:
            outcome = ProviderError("", kind=kind)
        self._limit.release(era, outcome)

    async def forget(self, worker: str) -> None:
        """Take back what a worker held when it died."""
        self._dead.add(worker)
        await self._drop_if_dead(worker)

    async def close(self) -> None:
        """Finish what is being written."""
        await asyncio.to_thread(self._ledger.close)

    async def _drop_if_dead(self, worker: str) -> None:
        if worker not in self._dead:
            return
        for key, reservation in self._reserved.pop(worker, Counter()).elements():
            await self._ledger.end(key, reservation, None)
        for era in self._slots.pop(worker, Counter()).elements():
            self._limit.release(era, None)


class RemoteLedger:
    """The ledger as a worker sees it.

    Args:
        actor: Handle of the `SharedLedger`.
        worker: Who asks.
    """

    def __init__(self, actor: Any, worker: str) -> None:
        self._actor = actor
        self._worker = worker
        self._returning: set[asyncio.Task[None]] = set()

    async def begin(self, key: str, money: Decimal | None, tokens: int, model: str) -> ChatReply | Reservation:
        """The reply that the run has for a request, as it was first given; else leave to make the call."""
        asked = asyncio.ensure_future(self._asked("begin", key, money, tokens, model))
        try:
            begun: ChatReply | Reservation = await asyncio.shield(asked)
        except asyncio.CancelledError:  # the leave may come all the same, and nobody would use it
            task = asyncio.create_task(self._give_back(key, asked))
            self._returning.add(task)
            task.add_done_callback(self._returning.discard)
            raise
        return begun

    async def end(self, key: str, reservation: Reservation, reply: ChatReply | None) -> None:
        """Keep the reply and charge what it took; None when the call failed."""
        await self._asked("end", key, reservation, reply)

    async def _give_back(self, key: str, asked: "asyncio.Future[ChatReply | Reservation]") -> None:
        with contextlib.suppress(LLMError, RepliesError):  # then there is nothing to give back
            if isinstance(begun := await asked, Reservation):
                await self.end(key, begun, None)

    async def _asked(self, method: str, *arguments: object) -> Any:
        from ray.exceptions import RayActorError

        try:
            found = await getattr(self._actor, method).remote(self._worker, *arguments)
        except RayActorError as error:
            raise RepliesError(
                f"The process that keeps the run's replies and budget died ({type(error).__name__}). What was recorded "
                "is whole; the same command goes on from there."
            ) from error
        if isinstance(found, Exception):
            raise found
        return found


class RemoteLimit:
    """The limit of calls at once as a worker sees it."""

    def __init__(self, actor: Any, worker: str) -> None:
        self._actor = actor
        self._worker = worker

    async def acquire(self) -> int:
        """Wait for a slot."""
        era: int = await self._actor.acquire.remote(self._worker)
        return era

    def release(self, era: int, outcome: ChatReply | ProviderError | None) -> None:
        """Give the slot back and tell how the call went."""
        kind = outcome.kind if isinstance(outcome, ProviderError) else None
        self._actor.release.remote(self._worker, era, kind, isinstance(outcome, ChatReply))


def sharing_the_limit(model: ChatModel, actor: Any, worker: str) -> ChatModel:
    """The model with the limit that all workers share, if it has one: a local model needs none."""
    if isinstance(model, Retrying) and model.limit is not None:
        model.limit = RemoteLimit(actor, worker)
    return model
