"""The table of the runs in SQLite and in PostgreSQL, over the connection on which LangGraph keeps its own tables."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import aiosqlite
    from psycopg import AsyncConnection

__all__ = ["PostgreSQL", "SQLite"]

_SETUP = 8_370_184_025
"""Number of the advisory lock under which the table is made and changed."""


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
            await self.execute("SELECT pg_advisory_xact_lock(?)", (_SETUP,))
            yield
