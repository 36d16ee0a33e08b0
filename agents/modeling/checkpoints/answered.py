"""Questions that a model has answered already: a run that is solved again with other data asks none of them twice."""

import json
from collections.abc import Iterable
from decimal import Decimal
from itertools import chain

from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.prices import price_of_model
from steepest.agents.llm.redaction import redact_json
from steepest.agents.llm.transcripts import Record
from steepest.agents.modeling.task import State

__all__ = ["Answered", "answered_in"]


class Answered:
    """A chat model that gives the answers it gave before, each once, and asks only what is new.

    Args:
        model: Whom to ask.
        before: What it was asked before.
        again: What of that this run has asked again by now.
    """

    def __init__(self, model: ChatModel, before: Iterable[Record], again: Iterable[Record]) -> None:
        self.model = model
        self.name = model.name
        self.structured = model.structured
        taken = {question: len(records) for question, records in _by_question(again).items()}
        self._left = {question: records[taken.get(question, 0) :] for question, records in _by_question(before).items()}

    def __repr__(self) -> str:
        return f"Answered({self.model!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The answer to this very request, of before or of now."""
        left = self._left.get(_question(request))
        reply = left.pop(0).reply if left else None
        return reply if reply is not None else await self.model.complete(request)

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)


def answered_in(states: Iterable[State]) -> tuple[Record, ...]:
    """Every question that was answered in one of these states of a run, as often as in that with most answers."""
    most: dict[str, list[Record]] = {}
    for state in states:
        for calls in (state.get("answered", ()), state.get("calls", ())):
            for question, records in _by_question(calls).items():
                if len(records) > len(most.get(question, ())):
                    most[question] = records
    return tuple(chain.from_iterable(most.values()))


def _by_question(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        if record.reply is not None:
            found.setdefault(_question(record.request), []).append(record)
    return found


def _question(request: ChatRequest) -> str:
    """What requests that are the same share; secrets are masked, as they are in records."""
    return json.dumps(redact_json(request.model_dump(mode="json")), sort_keys=True)
