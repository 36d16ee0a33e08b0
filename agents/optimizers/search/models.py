"""The language models of a search: which one proposes next, and what it took."""

import random
from collections.abc import Sequence
from typing import Protocol

from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest
from steepest.agents.optimizers.search.records import ModelUse, StepRecord
from steepest.errors import InputError

__all__ = ["Chooser", "Metered", "Models"]


class Chooser(Protocol):
    """Chooses among several models, and learns from what came of it."""

    def choose(self, count: int, rng: random.Random) -> int:
        """The place of the model to ask next, of so many."""

    def observe(self, record: StepRecord, names: Sequence[str]) -> None:
        """Learn of a step that is over; called in order for every step."""


class Metered:
    """A model whose calls are counted, for the record of a step."""

    def __init__(self, model: ChatModel) -> None:
        self.model = model
        self.name = model.name
        self.structured = model.structured
        self.use = ModelUse()

    def __repr__(self) -> str:
        return f"Metered({self.model!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request`."""
        reply = await self.model.complete(request)
        tokens = (reply.usage.input_tokens or 0) + (reply.usage.output_tokens or 0)
        unpriced = int(reply.cost is None)
        self.use = self.use.plus(ModelUse(calls=1, tokens=tokens, money=float(reply.cost or 0), unpriced=unpriced))
        return reply


class Models:
    """Those that may be asked for proposals.

    Args:
        models: Each behind the policies that count, limit and keep its calls; none for a search without.
        chooser: Chooses among several; they take turns by step unless there is one.

    Raises:
        InputError: Two have the same name.
    """

    def __init__(self, models: Sequence[ChatModel], chooser: Chooser | None = None) -> None:
        self._models = tuple(models)
        self._chooser = chooser
        self.names = tuple(each.name for each in models)
        if len(set(self.names)) < len(self.names):
            raise InputError(f"the models need different names, and these are {', '.join(self.names)}")

    def choose(self, step: int, rng: random.Random) -> Metered | None:
        """The model to ask next; None if there is none."""
        if not self._models:
            return None
        count = len(self._models)
        place = self._chooser.choose(count, rng) if self._chooser is not None and count > 1 else step % count
        return Metered(self._models[place])

    def observe(self, record: StepRecord) -> None:
        """Learn of a step that is over."""
        if self._chooser is not None:
            self._chooser.observe(record, self.names)
