"""What stands in place of a model in a run whose method asks none."""

from decimal import Decimal

from steepest.agents.llm.chat import ChatReply, ChatRequest, Usage
from steepest.errors import InputError

__all__ = ["NoModel"]


class NoModel:
    """Answers nothing: a method that said that it asks no model (`needs_model`) is told so if it does."""

    name = ""
    structured = False

    def __repr__(self) -> str:
        return "NoModel()"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Refuse.

        Raises:
            InputError: Always.
        """
        raise InputError("The method says that it needs no model, and asks one: let its needs_model be true.")

    def price(self, usage: Usage) -> Decimal | None:
        """Nothing, for nothing is asked."""
        return Decimal(0)
