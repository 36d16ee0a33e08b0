"""A Python function as a chat model, for tests and for rules that need no language model."""

import inspect
from collections.abc import Awaitable, Callable
from decimal import Decimal

from steepest.agents.llm.accounting import charged
from steepest.agents.llm.chat import ChatReply, ChatRequest, Usage
from steepest.errors import InputError

__all__ = ["FunctionModel"]

Answer = str | ChatReply


class FunctionModel:
    """Answers with what `fn` returns.

    Args:
        fn: Takes the request, returns the text or the whole reply; may be async.
        name: How the model is named in transcripts.
        structured: Whether callers should ask it with `output_schema`.
    """

    def __init__(
        self,
        fn: Callable[[ChatRequest], Answer | Awaitable[Answer]],
        name: str = "function",
        structured: bool = False,
    ) -> None:
        self.fn = fn
        self.name = name
        self.structured = structured

    def __repr__(self) -> str:
        return f"FunctionModel({self.name!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` with the function's result.

        Raises:
            InputError: It is neither a text nor a reply.
        """
        answer = self.fn(request)
        if inspect.isawaitable(answer):
            answer = await answer
        if isinstance(answer, ChatReply):
            return charged(answer)
        if not isinstance(answer, str):
            raise InputError(f"the function of {self.name!r} returns a text or a ChatReply, not {answer!r:.80}")
        return ChatReply(text=answer, cost=Decimal(0), model=self.name, provider="function")

    def price(self, usage: Usage) -> Decimal:
        """Nothing: a function is free."""
        return Decimal(0)
