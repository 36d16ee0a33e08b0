"""The table of the runs in SQLite and in PostgreSQL, over the connection on which LangGraph keeps its own tables."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steepest.agents.sqlite import EMPTY_LOG

if TYPE_CHECKING:
    import aiosqlite
    from psycopg import AsyncConnection

__all__ = ["PostgreSQL", "SQLite"]

_CHANGING = 8_370_184_025
"""Number of the advisory lock under which the table of the runs is made and changed."""
_SETTING_UP = 8_370_184_026
"""Number of the one under which LangGraph makes its own tables."""
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class SQLite:
    """A connection to an SQLite file."""

    connection: "aiosqlite.Connection"

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows that a statement returns."""
        return [tuple(row) for row in await self.connection.execute_fetchall(statement, values)]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """A block whose changes are there all together or not at all; its first change waits for other processes."""
        try:
            yield
        except BaseException:
            await self.connection.rollback()
            raise
        await self.connection.commit()

    async def leave_nothing(self) -> None:
        """Empty the write-ahead log, in which deleted pages are as they were."""
        await self.execute(EMPTY_LOG)


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A connection to a PostgreSQL database."""

    connection: "AsyncConnection[Any]"

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows that a statement returns."""
        from psycopg.rows import tuple_row

        async with self.connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(statement.replace("?", "%s").encode(), values)
            return await cursor.fetchall() if cursor.description is not None else []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """A block whose changes are there all together or not at all, one process at a time."""
        async with self.connection.transaction():
            await self.execute("SELECT pg_advisory_xact_lock(?)", (_CHANGING,))
            yield

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """A block that one process at a time is in, and that may end transactions.

        LangGraph makes indexes concurrently. That waits for all statements that have begun, also for one that would
        wait for the lock: both would wait for ever. So the lock is asked for until it is free.
        """
        while (await self.execute("SELECT pg_try_advisory_lock(?)", (_SETTING_UP,))) != [(True,)]:
            await asyncio.sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            await self.execute("SELECT pg_advisory_unlock(?)", (_SETTING_UP,))

    async def leave_nothing(self) -> None:
        """Deleted rows are the database's to clear away, which it does by itself (autovacuum)."""
