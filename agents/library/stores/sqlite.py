"""A library in one SQLite file; words are found by its full-text index (FTS5, BM25)."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from steepest.agents import sqlite
from steepest.agents.library.stores.protocol import LibraryError, Vectors

__all__ = ["SqliteDialect"]

_AT_ONCE = 500
_MOST_TERMS = 12
"""Of a query, the rarest: what they cost grows with the number of insights that hold them."""
_MOST_LOOKED_UP = 900
"""Different words of a query: older builds of SQLite take no more than 999 arguments."""
_NO_LIBRARY = "it is no library of insights; `steepest library import` reads other files into one"


class SqliteDialect:
    """One SQLite file.

    Args:
        path: The file; it is made where there is none.
    """

    tables: tuple[str, ...] = (
        """CREATE TABLE IF NOT EXISTS steepest_vectors (insight TEXT NOT NULL, space TEXT NOT NULL,
            version INTEGER NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (insight, space))""",
        "CREATE TABLE IF NOT EXISTS steepest_rows (row INTEGER PRIMARY KEY, insight TEXT NOT NULL UNIQUE)",
        """CREATE VIRTUAL TABLE IF NOT EXISTS steepest_words
            USING fts5(text, tokenize = 'unicode61 remove_diacritics 0')""",
        "CREATE VIRTUAL TABLE IF NOT EXISTS steepest_terms USING fts5vocab(steepest_words, row)",
    )

    def __init__(self, path: str | Path) -> None:
        self.place = str(path)
        self._counted = (0, 0)
        self._counts: dict[str, int] = {}

    def connect(self) -> sqlite3.Connection:
        """Open the file.

        Raises:
            LibraryError: It is a folder, its folder does not exist, or it is no database.
        """
        path = Path(self.place).absolute()
        if path.is_dir():
            raise LibraryError(f"{self.place} is a folder: name a file in it.")
        if not path.parent.is_dir():
            raise LibraryError(f"{self.place}: there is no folder {path.parent}; make it first.")
        return sqlite3.connect(self.place, timeout=sqlite.WAIT_SECONDS, check_same_thread=False, isolation_level=None)

    def has_library(self, database: Any) -> bool:
        """Whether the tables of a library are there.

        Raises:
            LibraryError: Tables of another program are.
        """
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        is_one = "steepest_library" in names
        if names and not is_one:
            raise LibraryError(f"{self.place}: {_NO_LIBRARY}.")
        if not is_one:
            database.execute("PRAGMA journal_mode=WAL")  # readers and a writer at once; the file remembers it
        database.execute("PRAGMA synchronous=FULL")  # an event that was written survives a power cut
        return is_one

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell what SQLite raises, with the file."""
        try:
            yield
        except sqlite3.Error as error:
            reason = _NO_LIBRARY if "not a database" in str(error) else f"SQLite says: {error}"
            raise LibraryError(f"{self.place}: {reason}.") from error

    def writing(self, database: Any) -> AbstractContextManager[None]:
        """A transaction, which takes the right to write at once."""
        return sqlite.writing(database)

    def run(self, database: Any, statement: str, arguments: Sequence[object]) -> Any:
        """Carry out a statement."""
        return database.execute(statement, tuple(arguments))

    def run_many(self, database: Any, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry out a statement for each row of arguments."""
        database.executemany(statement, rows)

    def index(self, database: Any, terms: Mapping[str, Sequence[str]]) -> None:
        """Put the words of insights into the index in place of what is there."""
        rows = self._rows(database, list(terms))
        database.executemany("DELETE FROM steepest_words WHERE rowid = ?", [(row,) for row in rows.values()])
        new = [(name,) for name, words in terms.items() if words and name not in rows]
        database.executemany("INSERT INTO steepest_rows (insight) VALUES (?)", new)
        rows.update(self._rows(database, [name for (name,) in new]))
        texts = [(rows[name], " ".join(words)) for name, words in terms.items() if words]
        database.executemany("INSERT INTO steepest_words (rowid, text) VALUES (?, ?)", texts)

    def matching(self, database: Any, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids and scores by BM25 over the rarest terms, the best first."""
        known = self._rarest(database, terms)
        if not known:
            return []
        query = """SELECT r.insight, -bm25(steepest_words) AS score FROM steepest_words
            JOIN steepest_rows r ON r.row = steepest_words.rowid WHERE steepest_words MATCH ?
            ORDER BY score DESC, r.insight LIMIT ?"""
        phrase = " OR ".join(f'"{term}"' for term in known)
        return [(name, float(score)) for name, score in database.execute(query, (phrase, limit))]

    def keep_vectors(self, database: Any, rows: Sequence[tuple[str, str, int, Vectors]]) -> None:
        """Put embeddings in place of what is there."""
        statement = """INSERT INTO steepest_vectors (insight, space, version, vector) VALUES (?, ?, ?, ?)
            ON CONFLICT (insight, space) DO UPDATE SET version = excluded.version, vector = excluded.vector"""
        database.executemany(statement, [(*row[:3], row[3].tobytes()) for row in rows])

    def vectors(self, database: Any, space: str) -> tuple[list[str], Vectors]:
        """Ids, in their order, and embeddings of a space that belong to the insights as they are."""
        query = """SELECT v.insight, v.vector FROM steepest_vectors v
            JOIN steepest_insights i ON i.id = v.insight AND i.version = v.version
            WHERE v.space = ? ORDER BY v.insight"""
        rows = database.execute(query, (space,)).fetchall()
        if not rows:
            return [], np.empty((0, 0), np.float32)
        flat = np.frombuffer(b"".join(vector for _, vector in rows), np.float32)
        return [name for name, _ in rows], flat.reshape(len(rows), -1)

    def nearest(self, database: Any, space: str, vector: Vectors, limit: int) -> None:
        """None: SQLite compares no vectors."""

    def _rows(self, database: Any, names: Sequence[str]) -> dict[str, int]:
        """The numbers that the index knows insights by."""
        rows: dict[str, int] = {}
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            found = database.execute(f"SELECT insight, row FROM steepest_rows WHERE insight IN ({marks})", some)  # noqa: S608
            rows.update(found.fetchall())
        return rows

    def _rarest(self, database: Any, terms: Sequence[str]) -> list[str]:
        """The terms that are in the fewest insights, and in any at all."""
        distinct = list(dict.fromkeys(terms))[:_MOST_LOOKED_UP]
        known = self._known_counts(database)
        if new := [term for term in distinct if term not in known]:
            marks = ", ".join("?" * len(new))
            query = f"SELECT term, doc FROM steepest_terms WHERE term IN ({marks})"  # noqa: S608
            known.update(database.execute(query, new))
        there = sorted((known[term], term) for term in distinct if term in known)
        return [term for _, term in there[:_MOST_TERMS]]

    def _known_counts(self, database: Any) -> dict[str, int]:
        """How many insights each term is in, as far as it was asked since the file last changed.

        FTS5 counts by walking through all of them: for a common word among 10,000 insights that takes longer than the
        search itself.
        """
        moment = (database.execute("PRAGMA data_version").fetchone()[0], database.total_changes)
        if self._counted != moment:
            self._counted, self._counts = moment, {}
        return self._counts
