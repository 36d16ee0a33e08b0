"""What a database does in its own way, so that all else of keeping conversations is written once (`sql_sessions`)."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

__all__ = ["TABLES", "Dialect"]

TABLES = (
    """CREATE TABLE IF NOT EXISTS steepest_sessions
        (id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, begun TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS steepest_session_events
        (session TEXT NOT NULL, number INTEGER NOT NULL, time TEXT NOT NULL, event TEXT NOT NULL,
         PRIMARY KEY (session, number))""",
    "CREATE INDEX IF NOT EXISTS steepest_sessions_owner ON steepest_sessions (owner)",
    """CREATE TABLE IF NOT EXISTS steepest_session_leases
        (session TEXT PRIMARY KEY, holder TEXT NOT NULL, machine TEXT NOT NULL, process INTEGER NOT NULL,
         since TEXT NOT NULL, expires DOUBLE PRECISION NOT NULL)""",
)
"""Events are JSON in a column of text, as in the other stores: a database's own JSON refuses what a model may write."""


class Dialect(Protocol):
    """A database. Statements mark their arguments with `?`; it turns them into its own."""

    @property
    def place(self) -> str:
        """Where it is, as a person may see it."""

    @property
    def clock(self) -> str:
        """The time in SQL, as seconds since 1970: one clock for all who use the database."""

    def connect(self) -> Any:
        """A connection to a database with its tables; no transaction is open.

        Raises:
            SessionError: There can be none.
        """

    def is_lost(self, database: Any) -> bool:
        """Whether a connection is of no more use, and another one has to be made."""

    def told(self) -> AbstractContextManager[None]:
        """Turns what the database raises into a `SessionError`."""

    def writing(self, database: Any) -> AbstractContextManager[None]:
        """A transaction; put back where it raises."""

    def run(self, database: Any, statement: str, arguments: Sequence[object] = ()) -> Any:
        """Carry out a statement; a cursor with its rows."""

    def leave_nothing(self, database: Any) -> None:
        """See to it that what was deleted is gone from the disk, too, as far as that is ours to do."""
