"""What a model call takes is told to the trace that it is part of: a bundle's record has its tokens and money."""

from steepest.agents.llm.chat import ChatReply
from steepest.traces.scope import charge

__all__ = ["charged"]


def charged(reply: ChatReply) -> ChatReply:
    """The reply, after its tokens and money were put on the traced call that is going on, if any."""
    usage = reply.usage
    charge((usage.input_tokens or 0) + (usage.output_tokens or 0), None if reply.cost is None else float(reply.cost))
    return reply
