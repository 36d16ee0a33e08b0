"""Conversations in PostgreSQL, for a server that several machines or many people share."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from steepest.agents import postgres
from steepest.agents.chat.stores.dialects import TABLES
from steepest.agents.chat.stores.protocol import SessionError
from steepest.agents.chat.stores.sql_sessions import SqlSessions
from steepest.agents.llm.redaction import redact

__all__ = ["PostgresDialect", "PostgresSessions"]

_SETUP = 8_370_184_024
"""Number of the advisory lock under which tables are made."""


class PostgresSessions(SqlSessions):
    """Conversations in a database.

    Args:
        address: `postgresql://USER@HOST/DATABASE`.

    Raises:
        InputError: psycopg is not installed.
        SessionError: It can't be reached.
    """

    def __init__(self, address: str) -> None:
        super().__init__(PostgresDialect(address))


class PostgresDialect:
    """A PostgreSQL database."""

    clock = "extract(epoch from clock_timestamp())"

    def __init__(self, address: str) -> None:
        postgres.require_driver("Conversations")
        self._address = address
        self.place = redact(address)

    def connect(self) -> Any:
        """A connection, and the tables where there are none."""
        database = postgres.connect(self._address)
        if database.execute("SELECT to_regclass('steepest_session_leases')").fetchone() == (None,):
            with database.transaction():
                database.execute("SELECT pg_advisory_xact_lock(%s)", (_SETUP,))
                for statement in TABLES:
                    database.execute(statement)
        return database

    def is_lost(self, database: Any) -> bool:
        """Whether the server was restarted, or the network gone."""
        return bool(database.closed)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell what the database refuses, without a password."""
        with postgres.told(self.place, SessionError, then="What was kept is whole."):
            yield

    def writing(self, database: Any) -> AbstractContextManager[Any]:
        """A transaction."""
        return database.transaction()  # type: ignore[no-any-return]  # the driver is imported where it is needed

    def run(self, database: Any, statement: str, arguments: Sequence[object] = ()) -> Any:
        """Carry out a statement."""
        return database.execute(statement.replace("?", "%s"), tuple(arguments))

    def leave_nothing(self, database: Any) -> None:
        """Deleted rows are the database's to clear away, which it does by itself (autovacuum)."""
