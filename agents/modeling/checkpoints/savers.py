"""LangGraph's savers, whose own failures are told as those of the place where runs are kept.

What a run does between two calls of its saver can fail in the same ways, as with a connection that is reset or another
database, and that is no fault of the place.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

__all__ = ["FileSaver", "Telling"]


class Telling(BaseCheckpointSaver[Any]):
    """Mixed into a saver: what its calls raise goes through `told`."""

    def __init__(self, *args: Any, told: Callable[[], AbstractContextManager[None]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._told = told

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """One state of a run."""
        with self._told():
            return await super().aget_tuple(config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """The states of a run, the newest first."""
        with self._told():
            found = [each async for each in super().alist(config, filter=filter, before=before, limit=limit)]
        for each in found:
            yield each

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a state."""
        with self._told():
            return await super().aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep what a step has said."""
        with self._told():
            await super().aput_writes(config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        """Throw a run away."""
        with self._told():
            await super().adelete_thread(thread_id)


class FileSaver(Telling, AsyncSqliteSaver):
    """Keeps runs in an SQLite file."""
