"""What a run's calls share: the replies paid for so far, and the budget for further ones."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Protocol

from steepest.agents.llm.budget import Budget, Reservation
from steepest.agents.llm.chat import ChatReply
from steepest.agents.llm.errors import BudgetExceeded
from steepest.agents.llm.kept_replies import Replies

__all__ = ["Ledger", "RunLedger"]

_READERS = 4

_LOOK_SECONDS = 0.05
"""Between two looks whether calls that end gave back a part of what they had set aside."""


class Ledger(Protocol):
    """Replies and budget of a run, in this process or in another."""

    async def begin(self, key: str, money: Decimal | None, tokens: int, model: str) -> ChatReply | Reservation:
        """The reply that the run has for a request, as it was first given; else leave to make the call.

        Waits while other calls may still give back enough of what they set aside.

        Args:
            key: Of the request.
            money: US dollars that the call can take at most; None when the price is unknown.
            tokens: Tokens that it can take at most.
            model: Who is asked.

        Raises:
            BudgetExceeded: The limit would be passed even if no other call took anything more.
            PriceUnknown: There is a limit in money and the price is unknown.
            RepliesError: The run's replies can't be read.
        """

    async def end(self, key: str, reservation: Reservation, reply: ChatReply | None) -> None:
        """Keep the reply and charge what it took; None when the call failed.

        Returns when the reply would survive a kill and a power cut.

        Raises:
            RepliesError: The reply can't be kept.
        """


class RunLedger:
    """The ledger of a run, where its replies are kept.

    Args:
        replies: The run's replies; None keeps none.
        money: Most US dollars, those spent in earlier starts of the run included; None for no limit.
        tokens: Most tokens, read and written together.
    """

    def __init__(self, replies: Replies | None, money: Decimal | None = None, tokens: int | None = None) -> None:
        self.replies = replies
        self.budget = Budget(money, tokens)
        if replies is not None:
            paid = replies.paid()
            self.budget.spent_money, self.budget.spent_tokens = paid.money, paid.tokens
        self._reserved = 0
        self._under_way: dict[str, asyncio.Event] = {}
        # Not the event loop's own threads: a user's agent may hold those for minutes.
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="steepest-replies")

    async def begin(self, key: str, money: Decimal | None, tokens: int, model: str) -> ChatReply | Reservation:
        """The reply that the run has for a request, as it was first given; else leave to make the call.

        Calls set aside far more than they take. At the end of a budget the last ones therefore go one after another.
        While the same request is under way (two problems of one text), this one waits for its reply.

        Raises:
            BudgetExceeded: The limit would be passed even if no other call took anything more.
            PriceUnknown: There is a limit in money and the price is unknown.
            RepliesError: The run's replies can't be read.
        """
        while (other := self._under_way.get(key)) is not None:
            await other.wait()
        self._under_way[key] = asyncio.Event()
        try:
            begun = await self._find(key) or await self._reservation(money, tokens, model)
        except BaseException:
            self._over(key)
            raise
        if isinstance(begun, ChatReply):
            self._over(key)
        return begun

    async def _reservation(self, money: Decimal | None, tokens: int, model: str) -> Reservation:
        """Leave to make a call, as soon as the budget has room for it."""
        while True:
            try:
                reservation = self.budget.reserve(money, tokens, model)
            except BudgetExceeded:
                if not self._reserved:
                    raise
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                self._reserved += 1
                return reservation

    async def end(self, key: str, reservation: Reservation, reply: ChatReply | None) -> None:
        """Keep the reply and charge what it took; None when the call failed.

        Raises:
            RepliesError: The reply can't be kept.
        """
        self._reserved -= 1
        self.budget.settle(reservation, reply)
        try:
            if reply is not None:
                await self.keep(key, reply)
        finally:
            self._over(key)

    async def keep(self, key: str, reply: ChatReply) -> None:
        """Keep a reply; returns when it would survive a kill and a power cut.

        Raises:
            RepliesError: It can't be kept.
        """
        if self.replies is not None:
            await asyncio.wrap_future(self.replies.keep(key, reply))

    def close(self) -> None:
        """Finish what is being written."""
        self._readers.shutdown()
        if self.replies is not None:
            self.replies.close()

    def _over(self, key: str) -> None:
        """Let those go on who wait for the same request."""
        self._under_way.pop(key).set()

    async def _find(self, key: str) -> ChatReply | None:
        if self.replies is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.replies.find, key)
