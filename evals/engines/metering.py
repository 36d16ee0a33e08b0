"""A chat model whose replies belong to a run: found in its ledger, or paid for within the budget and kept."""

import asyncio
from decimal import Decimal

from steepest.agents.llm.budget import Reservation, largest_usage
from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.errors import BudgetExceeded, PriceUnknown
from steepest.agents.llm.kept_replies import RepliesError
from steepest.agents.llm.keys import request_key
from steepest.agents.llm.prices import price_of_model
from steepest.evals.engines.ledger import Ledger

__all__ = ["Metered"]


class Metered:
    """The model as one attempt uses it.

    Args:
        model: The model that is asked.
        ledger: What the run has paid for, and may still.

    Attributes:
        replayed: Seconds that the replies from the ledger took when they were first given.
        stopped: Why the run can't go on: the budget is spent, or replies can't be kept.
    """

    def __init__(self, model: ChatModel, ledger: Ledger) -> None:
        self.model = model
        self.ledger = ledger
        self.name = model.name
        self.structured = model.structured
        self.replayed = 0.0
        self.stopped: BudgetExceeded | PriceUnknown | RepliesError | None = None

    def __repr__(self) -> str:
        return f"Metered({self.model!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` from the ledger, or ask and keep the reply before anybody sees it."""
        key = request_key(request, self.name)
        largest = largest_usage(request)
        tokens = (largest.input_tokens or 0) + (largest.output_tokens or 0)
        try:
            begun = await self.ledger.begin(key, self.price(largest), tokens, self.name)
            if isinstance(begun, ChatReply):
                self.replayed += begun.seconds
                return begun
            return await self._ask(request, key, begun)
        except (BudgetExceeded, PriceUnknown, RepliesError) as error:
            self.stopped = error
            raise

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)

    async def _ask(self, request: ChatRequest, key: str, reservation: Reservation) -> ChatReply:
        reply: ChatReply | None = None
        try:
            reply = await self.model.complete(request)
        finally:
            # A cancelled attempt, too, keeps what it has just paid for.
            await asyncio.shield(self.ledger.end(key, reservation, reply))
        return reply
