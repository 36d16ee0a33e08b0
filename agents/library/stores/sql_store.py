"""A library in an SQL database: the events, what they come to, and an index of words, each written with its event."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pydantic import ValidationError

from steepest.agents.library.events import Change, Event, Outcome, counted
from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Definition
from steepest.agents.library.stores.dialects import Dialect
from steepest.agents.library.stores.protocol import SKILLS, ConflictError, Entry, LibraryError, Vectors, skill_key
from steepest.agents.library.words import stems

__all__ = ["SqlStore", "missing"]

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

_PUT_INSIGHT = """INSERT INTO steepest_insights (id, version, status, body) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, body = excluded.body"""
_PUT_DEFINITION = """INSERT INTO steepest_definitions (key, body) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET body = excluded.body"""
_PUT_USAGE = """INSERT INTO steepest_usage (insight, body) VALUES (?, ?)
    ON CONFLICT (insight) DO UPDATE SET body = excluded.body"""


def missing(place: str) -> str:
    """What is said where a library was to be and is not."""
    made_by = "`steepest library start`, `steepest learn` and `steepest library import` make one"
    return f"{place}: there is no library; {made_by}."


class SqlStore:
    """A library in a database; safe to use from several threads, and by many processes.

    Args:
        dialect: The database.
        must_exist: Whether a library that is not there is an error rather than a new one.

    Raises:
        LibraryError: It can't be opened, is no library, or was written by a later version of steepest.
    """

    def __init__(self, dialect: Dialect, *, must_exist: bool = False) -> None:
        self._dialect = dialect
        self._lock = threading.RLock()
        self._is_alone = False
        with dialect.told():
            self._database = dialect.connect()
            try:
                self._prepare(must_exist)
            except BaseException:
                self._database.close()
                raise

    def __repr__(self) -> str:
        return f"SqlStore({self.place!r})"

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return self._dialect.place

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Alone with the library: what is read inside is still so when it is written; what raises leaves nothing.

        Raises:
            LibraryError: It can't be written, or others write for longer than one waits.
        """
        with self._lock, self._dialect.told():
            if self._is_alone:
                yield
                return
            with self._dialect.writing(self._database):
                self._is_alone = True
                try:
                    yield
                finally:
                    self._is_alone = False

    def write(self, body: Change | Outcome, expected: Mapping[str, int] | None = None) -> Event:
        """Append an event and carry it out, all or nothing, one writer after another.

        Raises:
            ConflictError: An insight has another version than expected by now.
            LibraryError: It can't be written.
        """
        with self.alone():
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
            rows = self._run("SELECT DISTINCT name FROM steepest_touched WHERE event > ?", (after,)).fetchall()
        return sorted(name for (name,) in rows)  # here, since databases order texts in ways of their own

    def entries(self, ids: Iterable[str] | None = None) -> list[Entry]:
        """The whole library in the order of ids, or these in the order given; one that is not there has no entry."""
        query = """SELECT i.id, i.version, i.body, u.body FROM steepest_insights i
            LEFT JOIN steepest_usage u ON u.insight = i.id"""
        with self._reading():
            if ids is None:
                return [self._entry(*row) for row in sorted(self._run(query, ()).fetchall())]
            wanted = list(ids)
            found = {row[0]: self._entry(*row) for row in self._rows_of(query, "i.id", wanted)}
        return [found[name] for name in wanted if name in found]

    def definitions(self) -> list[Definition]:
        """All labels that are known."""
        with self._reading():
            rows = self._run("SELECT key, body FROM steepest_definitions", ()).fetchall()
        return [self._definition(*row) for row in sorted(rows)]

    def matching(self, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids and scores (BM25) of active insights in whose text the terms are, the best first."""
        if not terms:
            return []
        with self._reading():
            return self._dialect.matching(self._database, terms, limit)

    def nearest(self, space: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Ids and cosines above 0 of active insights with an embedding of this space, the nearest first."""
        with self._reading():
            found = self._dialect.nearest(self._database, space, vector, limit)
            return self._nearest(space, vector, limit) if found is None else found

    def vectors(self, space: str) -> tuple[list[str], Vectors]:
        """Ids and embeddings of this space that still belong to the insight's content."""
        with self._reading():
            return self._dialect.vectors(self._database, space)

    def keep_vectors(self, space: str, of: Mapping[str, tuple[int, Vectors]]) -> None:
        """Keep embeddings by insight, each with the version of the insight that it was made of."""
        rows = [(name, space, version, np.asarray(vector, np.float32)) for name, (version, vector) in of.items()]
        with self.alone():
            self._dialect.keep_vectors(self._database, rows)

    def close(self) -> None:
        """Let go of the file or the connection."""
        with self._lock:
            self._database.close()

    def _prepare(self, must_exist: bool) -> None:
        """Make the tables where there are none; to open a library that is there takes no right to write."""
        if not self._dialect.has_library(self._database):
            if must_exist:
                raise LibraryError(missing(self.place))
            with self._dialect.writing(self._database):
                for statement in (*TABLES, *self._dialect.tables):
                    self._run(statement, ())
                if self._format() is None:  # another process may have been first
                    self._run("INSERT INTO steepest_library (format) VALUES (?)", (FORMAT,))
        found = self._format()
        if found is None or found > FORMAT:
            raise LibraryError(f"{self.place} was written by a later version of steepest: update it.")

    def _format(self) -> int | None:
        row = self._run("SELECT format FROM steepest_library", ()).fetchone()
        return row[0] if row else None

    def _require(self, expected: Mapping[str, int]) -> None:
        there = dict(self._rows_of("SELECT id, version FROM steepest_insights", "id", list(expected)))
        for name, version in expected.items():
            if there.get(name, 0) == version:
                continue
            happened = "added" if not version else "changed" if name in there else "taken away"
            raise ConflictError(f"{self.place}: the insight {name} was {happened} by somebody else in the meantime.")

    def _number(self) -> int:
        return int(self._run("SELECT COALESCE(MAX(number), 0) FROM steepest_events", ()).fetchone()[0])

    def _change(self, change: Change, number: int) -> None:
        skills = [SKILLS, *map(skill_key, change.skills)] if change.skills else []
        self._touch({*change.insights, *change.definitions, *change.usage, *skills}, number)
        gone = [(name,) for name, insight in change.insights.items() if insight is None]
        present = {name: insight for name, insight in change.insights.items() if insight is not None}
        self._run_many("DELETE FROM steepest_insights WHERE id = ?", gone)
        self._run_many("DELETE FROM steepest_vectors WHERE insight = ?", gone)
        self._run_many(_PUT_INSIGHT, [(name, number, e.status, e.model_dump_json()) for name, e in present.items()])
        active = {name: insight for name, insight in present.items() if insight.status == "active"}
        words = {name: stems(active[name].text) if name in active else [] for name in change.insights}
        self._dialect.index(self._database, words)
        self._put_definitions(change.definitions)
        self._put_usage(change.usage)

    def _put_definitions(self, definitions: Mapping[str, Definition | None]) -> None:
        gone = [(key,) for key, definition in definitions.items() if definition is None]
        self._run_many("DELETE FROM steepest_definitions WHERE key = ?", gone)
        present = [(key, each.model_dump_json()) for key, each in definitions.items() if each is not None]
        self._run_many(_PUT_DEFINITION, present)

    def _count(self, outcome: Outcome, event: Event) -> None:
        """Add to the counts, of insights that are gone by now too: an undo may bring them back."""
        names = sorted(counted({}, outcome, event.time))
        rows = self._rows_of("SELECT insight, body FROM steepest_usage", "insight", names)
        known = {name: self._usage(name, body) for name, body in rows}
        self._touch(names, event.number)
        self._put_usage(counted(known, outcome, event.time))

    def _put_usage(self, usage: Mapping[str, Usage]) -> None:
        self._run_many(_PUT_USAGE, [(name, each.model_dump_json()) for name, each in usage.items()])

    def _touch(self, names: Iterable[str], number: int) -> None:
        self._run_many("INSERT INTO steepest_touched (name, event) VALUES (?, ?)", [(name, number) for name in names])

    def _nearest(self, space: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """By comparing with each."""
        names, vectors = self._dialect.vectors(self._database, space)
        active = {name for (name,) in self._run("SELECT id FROM steepest_insights WHERE status = ?", ("active",))}
        rows = [place for place, name in enumerate(names) if name in active]
        if not rows:
            return []
        lengths = np.linalg.norm(vectors[rows], axis=1) * np.linalg.norm(vector)
        cosines = (vectors[rows] @ np.asarray(vector, np.float32)) / np.where(lengths > 0, lengths, 1)
        order = np.argsort(-cosines, kind="stable")[:limit]  # of equals the first id
        return [(names[rows[place]], float(cosines[place])) for place in order.tolist() if cosines[place] > 0]

    def _rows_of(self, query: str, column: str, names: Sequence[str]) -> list[Any]:
        """The rows of these names, many names in one statement."""
        rows: list[Any] = []
        distinct = list(dict.fromkeys(names))
        for start in range(0, len(distinct), _AT_ONCE):
            some = distinct[start : start + _AT_ONCE]
            rows += self._run(f"{query} WHERE {column} IN ({', '.join('?' * len(some))})", some).fetchall()
        return rows

    def _entry(self, name: str, version: int, body: str, usage: str | None) -> Entry:
        try:
            insight = Insight.model_validate_json(body)
        except ValidationError as error:
            raise LibraryError(f"{self.place}: the insight {name} can't be read: {error}") from error
        return Entry(insight, version, self._usage(name, usage) if usage else Usage())

    def _usage(self, name: str, body: str) -> Usage:
        try:
            return Usage.model_validate_json(body)
        except ValidationError as error:
            raise LibraryError(f"{self.place}: the counts of {name} can't be read: {error}") from error

    def _definition(self, key: str, body: str) -> Definition:
        try:
            return Definition.model_validate_json(body)
        except ValidationError as error:
            raise LibraryError(f"{self.place}: the label {key} can't be read: {error}") from error

    def _event(self, number: int, time: str, body: str) -> Event:
        try:
            return Event.model_validate_json(f'{{"number": {number}, "time": "{time}", "body": {body}}}')
        except ValidationError as error:
            raise LibraryError(f"{self.place}: event {number} can't be read: {error}") from error

    def _run(self, statement: str, arguments: Sequence[object]) -> Any:
        return self._dialect.run(self._database, statement, arguments)

    def _run_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            self._dialect.run_many(self._database, statement, rows)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, self._dialect.told():
            yield
