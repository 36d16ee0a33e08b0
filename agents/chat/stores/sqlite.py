"""Conversations in one SQLite file."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from steepest.agents import sqlite
from steepest.agents.chat.stores.dialects import TABLES
from steepest.agents.chat.stores.protocol import SessionError
from steepest.agents.chat.stores.sql_sessions import SqlSessions

__all__ = ["SqliteDialect", "SqliteSessions"]


class SqliteSessions(SqlSessions):
    """Conversations in one file.

    Args:
        path: The file; it is made where there is none.

    Raises:
        SessionError: It can't be opened, or is no such file.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(SqliteDialect(path))


class SqliteDialect:
    """One SQLite file."""

    clock = "CAST(strftime('%s', 'now') AS REAL)"

    def __init__(self, path: str | Path) -> None:
        self.place = str(path)

    def connect(self) -> sqlite3.Connection:
        """Open the file.

        Raises:
            SessionError: Its folder does not exist.
        """
        folder = Path(self.place).absolute().parent
        if not folder.is_dir():
            raise SessionError(f"{self.place}: there is no folder {folder}; make it first.")
        with suppress(OSError):  # SQLite says what is wrong with the file
            Path(self.place).touch(mode=0o600)  # conversations are their owner's
        database = sqlite3.connect(
            self.place, timeout=sqlite.WAIT_SECONDS, check_same_thread=False, isolation_level=None
        )
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute(sqlite.SECURELY)
            for statement in TABLES:
                database.execute(statement)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def is_lost(self, database: Any) -> bool:
        """Never: a file stays open."""
        return False

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell what SQLite raises, with the file."""
        try:
            yield
        except sqlite3.Error as error:
            raise SessionError(f"{self.place}: SQLite says: {error}.") from error

    def writing(self, database: Any) -> AbstractContextManager[None]:
        """A transaction, which takes the right to write at once."""
        return sqlite.writing(database)

    def run(self, database: Any, statement: str, arguments: Sequence[object] = ()) -> Any:
        """Carry out a statement."""
        return database.execute(statement, tuple(arguments))

    def leave_nothing(self, database: Any) -> None:
        """Empty the write-ahead log, in which deleted pages are as they were."""
        database.execute(sqlite.EMPTY_LOG).fetchall()
