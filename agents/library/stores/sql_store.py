"""A library in an SQL database: the events, what they come to, and an index of words, each written with its event.

All that the two databases do differently is in a `Dialect`; statements here mark their arguments with `?`.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
from pydantic import ValidationError

from steepest.agents.library.events import Change, Event, Outcome, counted
from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Definition
from steepest.agents.library.stores.protocol import ConflictError, Entry, LibraryError, Vectors
from steepest.agents.library.words import stems

__all__ = ["Dialect", "SqlStore"]

FORMAT = 1
_AT_ONCE = 500
"""Rows or ids in one statement."""

TABLES = (
    "CREATE TABLE IF NOT EXISTS steepest_library (format INTEGER NOT NULL)",
    """CREATE TABLE IF NOT EXISTS steepest_events (
        number INTEGER PRIMARY KEY, time TEXT NOT NULL, body TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS steepest_touched (
        name TEXT NOT NULL, event INTEGER NOT NULL, PRIMARY KEY (name, event))""",
    """CREATE TABLE IF NOT EXISTS steepest_insights (
        id TEXT PRIMARY KEY, version INTEGER NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS steepest_touched_event ON steepest_touched (event)",
    "CREATE TABLE IF NOT EXISTS steepest_definitions (key TEXT PRIMARY KEY, body TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS steepest_usage (insight TEXT PRIMARY KEY, body TEXT NOT NULL)",
)


class Dialect(Protocol):
    """What a database does in its own way."""

    place: str
    """As a person may see it."""
    tables: tuple[str, ...]
    """Its own tables: the index of words, and the embeddings."""

    def connect(self) -> Any:
        """A connection whose `execute` takes SQL and arguments and gives a cursor; no transaction is open."""

    def sql(self, statement: str) -> str:
        """The statement with this database's marks for arguments."""

    def told(self) -> AbstractContextManager[None]:
        """Turns what the database raises into a `LibraryError`."""

    def writing(self, database: Any) -> AbstractContextManager[None]:
        """A transaction that is the only one that writes; put back where it raises."""

    def index(self, database: Any, insight: str, terms: Sequence[str]) -> None:
        """Put an insight's words into the index in place of what is there; no terms take it out."""

    def matching(self, database: Any, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids and scores of the insights in which terms are, the best first."""


class SqlStore:
    """A library in a database; safe to use from several threads, and by many processes.

    Args:
        dialect: The database.

    Raises:
        LibraryError: It can't be opened, is no library, or was written by a later version of steepest.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._lock = threading.RLock()
        with dialect.told():
            self._database = dialect.connect()
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    def __repr__(self) -> str:
        return f"SqlStore({self.place!r})"

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return self._dialect.place

    def write(self, body: Change | Outcome, expected: Mapping[str, int] | None = None) -> Event:
        """Append an event and carry it out, all or nothing, one writer after another.

        Raises:
            ConflictError: An insight has another version than expected by now.
            LibraryError: It can't be written.
        """
        with self._writing():
            self._require(expected or {})
            event = Event(number=self._number() + 1, time=datetime.now(UTC), body=body)
            self._run(
                "INSERT INTO steepest_events (number, time, body) VALUES (?, ?, ?)",
                (event.number, event.time.isoformat(), event.body.model_dump_json()),
            )
            if isinstance(body, Change):
                self._change(body, event.number)
            else:
                self._count(body, event)
        return event

    def number(self) -> int:
        """The number of the last event; 0 for an empty library."""
        with self._reading():
            return self._number()

    def events(self, *, after: int = 0, until: int | None = None, touching: str | None = None) -> Iterator[Event]:
        """Events in their order: all, or those that touch an insight or the key of a label."""
        last = self.number() if until is None else until
        only = "JOIN steepest_touched t ON t.event = e.number AND t.name = ?" if touching is not None else ""
        query = f"SELECT e.number, e.time, e.body FROM steepest_events e {only} "  # noqa: S608 - no text from outside
        query += f"WHERE e.number > ? AND e.number <= ? ORDER BY e.number LIMIT {_AT_ONCE}"
        while after < last:
            arguments = (after, last) if touching is None else (touching, after, last)
            with self._reading():
                rows = self._run(query, arguments).fetchall()
            for number, time, body in rows:
                yield self._event(number, time, body)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1][0]

    def touched(self, after: int) -> list[str]:
        """Ids of insights and keys of labels that events after this one touch."""
        with self._reading():
            rows = self._run("SELECT DISTINCT name FROM steepest_touched WHERE event > ? ORDER BY name", (after,))
            return [name for (name,) in rows.fetchall()]

    def entries(self, ids: Iterable[str] | None = None) -> list[Entry]:
        """The whole library in the order of ids, or these in the order given; one that is not there has no entry."""
        if ids is None:
            return self._entries("ORDER BY i.id", ())
        found: dict[str, Entry] = {}
        wanted = list(ids)
        distinct = list(dict.fromkeys(wanted))
        for start in range(0, len(distinct), _AT_ONCE):
            some = distinct[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            found.update((each.insight.id, each) for each in self._entries(f"WHERE i.id IN ({marks})", some))
        return [found[name] for name in wanted if name in found]

    def definitions(self) -> list[Definition]:
        """All labels that are known."""
        with self._reading():
            rows = self._run("SELECT body FROM steepest_definitions ORDER BY key", ()).fetchall()
            return [Definition.model_validate_json(body) for (body,) in rows]

    def matching(self, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids and scores of active insights in whose text the terms are, the best first."""
        if not terms:
            return []
        with self._reading():
            return self._dialect.matching(self._database, terms, limit)

    def vectors(self, space: str) -> tuple[list[str], Vectors]:
        """Ids and embeddings of this space that still belong to the insight's content."""
        query = """SELECT v.insight, v.vector FROM steepest_vectors v
            JOIN steepest_insights i ON i.id = v.insight AND i.version = v.version
            WHERE v.space = ? ORDER BY v.insight"""
        with self._reading():
            rows = self._run(query, (space,)).fetchall()
        if not rows:
            return [], np.empty((0, 0), np.float32)
        flat = np.frombuffer(b"".join(bytes(vector) for _, vector in rows), np.float32)
        return [name for name, _ in rows], flat.reshape(len(rows), -1)

    def keep_vectors(self, space: str, of: Mapping[str, tuple[int, Vectors]]) -> None:
        """Keep embeddings by insight, each with the version of the insight that it was made of."""
        statement = """INSERT INTO steepest_vectors (insight, space, version, vector) VALUES (?, ?, ?, ?)
            ON CONFLICT (insight, space) DO UPDATE SET version = excluded.version, vector = excluded.vector"""
        with self._writing():
            for name, (version, vector) in of.items():
                self._run(statement, (name, space, version, np.asarray(vector, np.float32).tobytes()))

    def close(self) -> None:
        """Let go of the file or the connection."""
        with self._lock:
            self._database.close()

    def _prepare(self) -> None:
        for statement in (*TABLES, *self._dialect.tables):
            self._run(statement, ())
        with self._dialect.writing(self._database):
            row = self._run("SELECT format FROM steepest_library", ()).fetchone()
            if row is None:
                self._run("INSERT INTO steepest_library (format) VALUES (?)", (FORMAT,))
            elif row[0] > FORMAT:
                raise LibraryError(f"{self.place} was written by a later version of steepest: update it.")

    def _require(self, expected: Mapping[str, int]) -> None:
        for name, version in expected.items():
            row = self._run("SELECT version FROM steepest_insights WHERE id = ?", (name,)).fetchone()
            if (row[0] if row else 0) == version:
                continue
            happened = "changed" if row and version else "taken away" if version else "added"
            raise ConflictError(f"{self.place}: the insight {name} was {happened} by somebody else in the meantime.")

    def _number(self) -> int:
        return int(self._run("SELECT COALESCE(MAX(number), 0) FROM steepest_events", ()).fetchone()[0])

    def _change(self, change: Change, number: int) -> None:
        for name, insight in change.insights.items():
            self._touch(name, number)
            self._put(name, insight, number)
        for key, definition in change.definitions.items():
            self._touch(key, number)
            self._run("DELETE FROM steepest_definitions WHERE key = ?", (key,))
            if definition is not None:
                values = (key, definition.model_dump_json())
                self._run("INSERT INTO steepest_definitions (key, body) VALUES (?, ?)", values)

    def _put(self, name: str, insight: Insight | None, number: int) -> None:
        terms = stems(insight.text) if insight is not None and insight.status == "active" else []
        self._dialect.index(self._database, name, terms)
        if insight is None:
            self._run("DELETE FROM steepest_insights WHERE id = ?", (name,))
            self._run("DELETE FROM steepest_vectors WHERE insight = ?", (name,))
            return
        statement = """INSERT INTO steepest_insights (id, version, status, body) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, body = excluded.body"""
        self._run(statement, (name, number, insight.status, insight.model_dump_json()))

    def _count(self, outcome: Outcome, event: Event) -> None:
        touched = counted({}, outcome, event.time)
        known = {each.insight.id: each.usage for each in self.entries(touched)}
        statement = """INSERT INTO steepest_usage (insight, body) VALUES (?, ?)
            ON CONFLICT (insight) DO UPDATE SET body = excluded.body"""
        for name, usage in counted(known, outcome, event.time).items():
            self._touch(name, event.number)
            self._run(statement, (name, usage.model_dump_json()))

    def _touch(self, name: str, number: int) -> None:
        self._run("INSERT INTO steepest_touched (name, event) VALUES (?, ?)", (name, number))

    def _entries(self, where: str, arguments: Sequence[object]) -> list[Entry]:
        query = f"""SELECT i.version, i.body, u.body FROM steepest_insights i
            LEFT JOIN steepest_usage u ON u.insight = i.id {where}"""  # noqa: S608 - no text from outside
        with self._reading():
            rows = self._run(query, arguments).fetchall()
            return [self._entry(*row) for row in rows]

    def _entry(self, version: int, body: str, usage: str | None) -> Entry:
        try:
            counts = Usage.model_validate_json(usage) if usage else Usage()
            return Entry(Insight.model_validate_json(body), version, counts)
        except ValidationError as error:
            raise LibraryError(f"{self.place}: an insight can't be read: {error}") from error

    def _event(self, number: int, time: str, body: str) -> Event:
        try:
            return Event.model_validate_json(f'{{"number": {number}, "time": "{time}", "body": {body}}}')
        except ValidationError as error:
            raise LibraryError(f"{self.place}: event {number} can't be read: {error}") from error

    def _run(self, statement: str, arguments: Sequence[object]) -> Any:
        return self._database.execute(self._dialect.sql(statement), tuple(arguments))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, self._dialect.told():
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, self._dialect.told(), self._dialect.writing(self._database):
            yield
