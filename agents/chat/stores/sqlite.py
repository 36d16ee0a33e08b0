"""Conversations in one SQLite file."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from steepest.agents.chat.events import Event, Recorded
from steepest.agents.chat.stores.protocol import SessionError, SessionSummary

__all__ = ["SqliteSessions"]

_WAIT_SECONDS = 30.0
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_TABLES = (
    """CREATE TABLE IF NOT EXISTS steepest_sessions
        (id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, begun TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS steepest_session_events
        (session TEXT NOT NULL, number INTEGER NOT NULL, time TEXT NOT NULL, event TEXT NOT NULL,
         PRIMARY KEY (session, number))""",
    "CREATE INDEX IF NOT EXISTS steepest_sessions_owner ON steepest_sessions (owner)",
)


class SqliteSessions:
    """Conversations in one file; may be used by several threads and processes.

    Args:
        path: The file; it is made where there is none.

    Raises:
        SessionError: It can't be opened, or is no such file.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        if not self.path.absolute().parent.is_dir():
            raise SessionError(f"{path}: there is no folder {self.path.absolute().parent}; make it first.")
        with self._told():
            self._database = sqlite3.connect(
                self.path, timeout=_WAIT_SECONDS, check_same_thread=False, isolation_level=None
            )
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            for statement in _TABLES:
                self._database.execute(statement)

    def begin(self, owner: str) -> str:
        """Begin a conversation; its id can't be guessed."""
        name = secrets.token_urlsafe(12)
        with self._lock, self._told():
            self._database.execute("INSERT INTO steepest_sessions VALUES (?, ?, '', ?)", (name, owner, _now()))
        return name

    def add(self, session: str, event: Event, after: int) -> Recorded:
        """Keep an event for good."""
        recorded = Recorded(number=after + 1, time=datetime.now(UTC), event=event)
        row = (session, recorded.number, recorded.time.isoformat(), _EVENT.dump_json(event).decode())
        with self._lock, self._told():
            try:
                self._database.execute("INSERT INTO steepest_session_events VALUES (?, ?, ?, ?)", row)
            except sqlite3.IntegrityError as error:
                raise SessionError("somebody else has gone on with this conversation: open it again.") from error
        return recorded

    def events(self, session: str, owner: str) -> list[Recorded]:
        """All events of a conversation, in order."""
        with self._lock, self._told():
            self._require(session, owner)
            rows = self._database.execute(
                "SELECT number, time, event FROM steepest_session_events WHERE session = ? ORDER BY number", (session,)
            ).fetchall()
        return [
            Recorded(number=number, time=datetime.fromisoformat(time), event=_EVENT.validate_json(event))
            for number, time, event in rows
        ]

    def sessions(self, owner: str) -> list[SessionSummary]:
        """The owner's conversations, the latest first; those in which nothing was said are left out."""
        statement = """SELECT id, title, begun, MAX(time),
                SUM(json_extract(event, '$.type') = 'said')
            FROM steepest_sessions JOIN steepest_session_events ON session = id
            WHERE owner = ? GROUP BY id ORDER BY MAX(time) DESC"""
        with self._lock, self._told():
            rows = self._database.execute(statement, (owner,)).fetchall()
        return [
            SessionSummary(name, title, datetime.fromisoformat(begun), datetime.fromisoformat(changed), turns)
            for name, title, begun, changed, turns in rows
        ]

    def put_title(self, session: str, title: str) -> None:
        """What the conversation is called in the list."""
        with self._lock, self._told():
            self._database.execute("UPDATE steepest_sessions SET title = ? WHERE id = ?", (title, session))

    def delete(self, session: str, owner: str) -> None:
        """Forget a conversation."""
        with self._lock, self._told():
            self._require(session, owner)
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("DELETE FROM steepest_session_events WHERE session = ?", (session,))
            self._database.execute("DELETE FROM steepest_sessions WHERE id = ?", (session,))
            self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _require(self, session: str, owner: str) -> None:
        found = self._database.execute("SELECT owner FROM steepest_sessions WHERE id = ?", (session,)).fetchone()
        if found is None or found[0] != owner:  # whether somebody else has it is nobody's business
            raise SessionError("there is no such conversation.")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise SessionError(f"{self.path}: SQLite says: {error}.") from error


def _now() -> str:
    return datetime.now(UTC).isoformat()
