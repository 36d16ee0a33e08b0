"""LangGraph's saver for PostgreSQL; a module of its own, as what it needs is an extra."""

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from steepest.agents.modeling.checkpoints.savers import Telling

__all__ = ["PostgresSaver"]


class PostgresSaver(Telling, AsyncPostgresSaver):
    """Keeps runs in a PostgreSQL database."""
