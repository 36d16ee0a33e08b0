"""The calls of an attempt (`steepest.agents.llm.Transcript`) as inspect_ai tells them: messages, events, usage."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from steepest.agents.llm.chat import ChatReply, StopReason
from steepest.agents.llm.transcripts import Record

if TYPE_CHECKING:
    from inspect_ai.event import ModelEvent
    from inspect_ai.model import ChatMessage, ModelOutput, ModelUsage
    from inspect_ai.model import StopReason as InspectStop

__all__ = ["calls_of", "conversation_of", "event_of", "output_of", "usage_of"]

_STOPS: "dict[StopReason, InspectStop]" = {
    "end": "stop",
    "length": "max_tokens",
    "refusal": "content_filter",
    "context": "model_length",
    "other": "unknown",
}

_Turn = tuple[str, str]
"""Role and text."""


def calls_of(transcript: Iterable[Mapping[str, Any]]) -> tuple[list[Record], list[dict[str, Any]]]:
    """The calls, and the records of another form that a user's agent left."""
    calls, others = list[Record](), list[dict[str, Any]]()
    for each in transcript:
        try:
            calls.append(Record.model_validate(each))
        except ValidationError:
            others.append(dict(each))
    return calls, others


def conversation_of(calls: Sequence[Record]) -> "list[ChatMessage]":
    """All that was said, in order; what a call repeats of the one before stands there once."""
    said: list[ChatMessage] = []
    before: list[_Turn] = []
    for call in calls:
        asked = _asked(call)
        turns = [*asked, ("assistant", call.reply.text)] if call.reply else asked
        continues = asked[: len(before)] == before
        said += [_message(turn, call.model) for turn in (turns[len(before) :] if continues else turns)]
        before = turns
    return said


def event_of(call: Record) -> "ModelEvent":
    """The call as the viewer's transcript shows it."""
    from inspect_ai.event import ModelEvent
    from inspect_ai.model import GenerateConfig

    seconds = call.reply.seconds if call.reply else 0.0
    return ModelEvent(
        model=call.model,
        role=call.step,
        input=[_message(turn, call.model) for turn in _asked(call)],
        tools=[],
        tool_choice="none",
        config=GenerateConfig(max_tokens=call.request.max_tokens, temperature=call.request.temperature),
        output=output_of(call.reply, call.model),
        error=call.error,
        cache="read" if call.reply and call.reply.cached else None,
        timestamp=call.time - timedelta(seconds=seconds),
        completed=call.time,
        working_start=0.0,
        working_time=seconds,
    )


def output_of(reply: ChatReply | None, model: str) -> "ModelOutput":
    """What the model answered; empty where it did not."""
    from inspect_ai.model import ModelOutput

    if reply is None:
        return ModelOutput(model=model)
    output = ModelOutput.from_content(reply.model, reply.text, _STOPS[reply.stop])
    output.usage = usage_of(reply.usage.input_tokens, reply.usage.output_tokens, reply.cost)
    output.time = reply.seconds
    return output


def usage_of(read: int | None, written: int | None, cost: Decimal | None) -> "ModelUsage | None":
    """Tokens and US dollars; None where the provider did not count."""
    from inspect_ai.model import ModelUsage

    if read is None or written is None:
        return None
    money = None if cost is None else float(cost)
    return ModelUsage(input_tokens=read, output_tokens=written, total_tokens=read + written, total_cost=money)


def _asked(call: Record) -> list[_Turn]:
    system = [("system", call.request.system)] if call.request.system else []
    return system + [(each.role, each.content) for each in call.request.messages]


def _message(turn: _Turn, model: str) -> "ChatMessage":
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    role, content = turn
    if role == "assistant":
        return ChatMessageAssistant(content=content, model=model, source="generate")
    return ChatMessageSystem(content=content) if role == "system" else ChatMessageUser(content=content)
