"""Conversations in an SQL database: a row for each, and one for each of its events."""

import json
import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from steepest.agents.chat.events import Event, Recorded
from steepest.agents.chat.stores import leases
from steepest.agents.chat.stores.dialects import Dialect
from steepest.agents.chat.stores.protocol import SessionError, SessionSummary, TurnGoesOn

__all__ = ["SqlSessions"]

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_SAID = '{"type": "said"'
"""What an event of a person's words begins with, with and without the space."""
_SUMMARIES = f"""
SELECT id, title, begun, MAX(time), SUM(CASE WHEN substr(event, 1, {len(_SAID)}) = ? THEN 1
        WHEN substr(event, 1, {len(_SAID) - 1}) = ? THEN 1 ELSE 0 END)
FROM steepest_sessions JOIN steepest_session_events ON session = id
WHERE owner = ? GROUP BY id, title, begun ORDER BY MAX(time) DESC
"""  # noqa: S608  # the lengths of what they are compared with


_UNTOUCHED = """
DELETE FROM steepest_sessions WHERE owner = ? AND begun < ?
    AND NOT EXISTS (SELECT 1 FROM steepest_session_events WHERE session = id)
RETURNING id
"""
_ADDED = """
INSERT INTO steepest_session_events SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM steepest_sessions WHERE id = ?)
ON CONFLICT DO NOTHING
"""
"""Nothing is added to a conversation that somebody has deleted meanwhile."""


class SqlSessions:
    """Conversations in a database; may be used by several threads and processes.

    Args:
        dialect: The database.

    Raises:
        SessionError: It can't be opened.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._lock = threading.Lock()
        with dialect.told():
            self._connection = dialect.connect()

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return self._dialect.place

    def begin(self, owner: str) -> str:
        """Begin a conversation; its id can't be guessed."""
        name = secrets.token_hex(12)
        with self._database() as database:
            self._dialect.run(
                database, "INSERT INTO steepest_sessions VALUES (?, ?, '', ?)", (name, owner, _now().isoformat())
            )
        return name

    def add(self, session: str, event: Event, after: int) -> Recorded:
        """Keep an event for good."""
        with self._database() as database:
            return self._added(database, session, event, after)

    def begin_turn(self, session: str, event: Event, after: int, holder: str) -> Recorded:
        """Keep the first event of a turn, which nobody else may carry out from then on."""
        with self._database() as database, self._dialect.writing(database):
            self._require_rest(database, session, holder)
            recorded = self._added(database, session, event, after)
            leases.take(self._dialect, database, session, holder)
        return recorded

    def renew_turn(self, session: str, holder: str) -> None:
        """Say that a turn still goes on."""
        with self._database() as database:
            leases.renew(self._dialect, database, session, holder)

    def end_turn(self, session: str, holder: str) -> None:
        """Say that a turn is over."""
        with self._database() as database:
            leases.free(self._dialect, database, session, holder)

    def turn_elsewhere(self, session: str, holder: str) -> datetime | None:
        """Since when somebody else carries out a turn."""
        with self._database() as database:
            return leases.elsewhere(self._dialect, database, session, holder)

    def events(self, session: str, owner: str, after: int = 0) -> list[Recorded]:
        """The events of a conversation after the one of this number, in order."""
        statement = """SELECT number, time, event FROM steepest_session_events
            WHERE session = ? AND number > ? ORDER BY number"""
        with self._database() as database:
            self._require(database, session, owner)
            rows = self._dialect.run(database, statement, (session, after)).fetchall()
        return [_read(session, *row) for row in rows]

    def owns(self, session: str, owner: str) -> bool:
        """Whether this owner has such a conversation."""
        with self._database() as database:
            return self._owner(database, session) == owner

    def last_number(self, session: str) -> int:
        """The number of a conversation's last event."""
        statement = "SELECT MAX(number) FROM steepest_session_events WHERE session = ?"
        with self._database() as database:
            return self._dialect.run(database, statement, (session,)).fetchone()[0] or 0

    def sessions(self, owner: str) -> list[SessionSummary]:
        """The owner's conversations, the latest first, without those in which nothing was said.

        Those that have one title are numbered in the order in which they were begun.
        """
        with self._database() as database:
            rows = self._dialect.run(database, _SUMMARIES, (_SAID, _SAID.replace(" ", ""), owner)).fetchall()
        return _told_apart(
            SessionSummary(name, title, datetime.fromisoformat(begun), datetime.fromisoformat(changed), int(turns))
            for name, title, begun, changed, turns in rows
        )

    def put_title(self, session: str, title: str) -> None:
        """What the conversation is called in the list."""
        with self._database() as database:
            self._dialect.run(database, "UPDATE steepest_sessions SET title = ? WHERE id = ?", (title, session))

    def delete(self, session: str, owner: str) -> None:
        """Forget a conversation, so that nothing of it stays."""
        with self._database() as database:
            self._require(database, session, owner)
            with self._dialect.writing(database):
                self._require_rest(database, session)
                self._dialect.run(database, "DELETE FROM steepest_session_events WHERE session = ?", (session,))
                self._dialect.run(database, "DELETE FROM steepest_session_leases WHERE session = ?", (session,))
                self._dialect.run(database, "DELETE FROM steepest_sessions WHERE id = ?", (session,))
            self._dialect.leave_nothing(database)

    def forget_untouched(self, owner: str, before: datetime) -> list[str]:
        """Forget the owner's conversations that were begun before a time, in UTC, and in which nothing was said."""
        with self._database() as database:
            rows = self._dialect.run(database, _UNTOUCHED, (owner, before.isoformat())).fetchall()
        return [id for (id,) in rows]

    def close(self) -> None:
        """Close it."""
        with self._lock:
            self._connection.close()

    def _added(self, database: Any, session: str, event: Event, after: int) -> Recorded:
        recorded = Recorded(number=after + 1, time=_now(), event=event)
        row = (session, recorded.number, recorded.time.isoformat(), _written(event), session)
        if self._dialect.run(database, _ADDED, row).rowcount == 1:
            return recorded
        if self._owner(database, session) is None:
            raise SessionError("this conversation was deleted.")
        raise SessionError("somebody else has gone on with this conversation: open it again.")

    def _require(self, database: Any, session: str, owner: str) -> None:
        if self._owner(database, session) != owner:  # whether somebody else has it is nobody's business
            raise SessionError("there is no such conversation.")

    def _require_rest(self, database: Any, session: str, holder: str = "") -> None:
        since = leases.elsewhere(self._dialect, database, session, holder)
        if since is not None:
            raise TurnGoesOn(since)

    def _owner(self, database: Any, session: str) -> str | None:
        statement = "SELECT owner FROM steepest_sessions WHERE id = ?"
        found = self._dialect.run(database, statement, (session,)).fetchone()
        return found[0] if found is not None else None

    @contextmanager
    def _database(self) -> Iterator[Any]:
        """The connection, for one thread at a time; made again where it was lost."""
        with self._lock, self._dialect.told():
            if self._dialect.is_lost(self._connection):
                self._connection = self._dialect.connect()
            yield self._connection


def _told_apart(summaries: Iterable[SessionSummary]) -> list[SessionSummary]:
    """The second conversation of a title gets a 2, and so on."""
    found = list(summaries)
    counts, titles = Counter[str](), dict[str, str]()
    for each in sorted(found, key=lambda each: (each.begun, each.id)):
        counts[each.title] += 1
        count = counts[each.title]
        titles[each.id] = f"{each.title} ({count})" if count > 1 else each.title
    return [replace(each, title=titles[each.id]) for each in found]


def _written(event: Event) -> str:
    """JSON of signs that every database takes; numbers that are infinite stay so."""
    return json.dumps(_EVENT.dump_python(event, mode="json"))


def _read(session: str, number: int, time: str, event: str) -> Recorded:
    try:
        read = _EVENT.validate_python(json.loads(event))
    except ValueError as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise SessionError(
            f"event {number} of conversation {session} can't be read ({what}): a later version of steepest wrote it, "
            "or it is damaged."
        ) from error
    return Recorded(number=number, time=datetime.fromisoformat(time), event=read)


def _now() -> datetime:
    return datetime.now(UTC)
