"""The model that inspect_ai evaluates with, as a chat model: its limits, cache and retries stay those of inspect."""

from decimal import Decimal
from typing import TYPE_CHECKING

from steepest.agents.llm.chat import ChatReply, ChatRequest, StopReason, Usage

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, ModelUsage

__all__ = ["InspectModel"]

_STOPS: dict[str, StopReason] = {
    "stop": "end",
    "max_tokens": "length",
    "model_length": "context",
    "content_filter": "refusal",
}


class InspectModel:
    """The active model of an evaluation by inspect_ai.

    It is asked in text, which every provider understands.
    """

    structured = False

    def __repr__(self) -> str:
        return "InspectModel()"

    @property
    def name(self) -> str:
        """As inspect names it, such as "openai/gpt-5.4"."""
        from inspect_ai.model import get_model

        return str(get_model())

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request`; what inspect raises (a limit, a provider's failure) is for inspect to handle."""
        from inspect_ai.model import GenerateConfig, get_model

        config = GenerateConfig(
            max_tokens=request.max_tokens, temperature=request.temperature, reasoning_effort=request.effort
        )
        output = await get_model().generate(_messages(request), config=config)
        return ChatReply(
            text=output.completion,
            usage=_usage(output.usage),
            cost=_cost(output.usage),
            model=output.model,
            provider="inspect_ai",
            stop=_STOPS.get(output.stop_reason, "other"),
            seconds=output.time or 0.0,
        )


def _messages(request: ChatRequest) -> "list[ChatMessage]":
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds = {"user": ChatMessageUser, "assistant": ChatMessageAssistant}
    system = [ChatMessageSystem(content=request.system)] if request.system else []
    return [*system, *(kinds[each.role](content=each.content) for each in request.messages)]


def _usage(told: "ModelUsage | None") -> Usage:
    if told is None:
        return Usage()
    cached, written = told.input_tokens_cache_read or 0, told.input_tokens_cache_write or 0
    return Usage(
        input_tokens=told.input_tokens + cached + written,
        output_tokens=told.output_tokens,
        cached_tokens=told.input_tokens_cache_read,
        cache_write_tokens=told.input_tokens_cache_write,
    )


def _cost(told: "ModelUsage | None") -> Decimal | None:
    return None if told is None or told.total_cost is None else Decimal(str(told.total_cost))
