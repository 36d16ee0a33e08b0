"""A library in one SQLite file; words are found by its full-text index (FTS5, BM25)."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steepest.agents.library.stores.protocol import LibraryError

__all__ = ["SqliteDialect"]

_WAIT_SECONDS = 30.0
_MOST_TERMS = 12
"""Of a query, the rarest: what they cost grows with the number of insights that hold them."""
_MOST_LOOKED_UP = 900
"""Different words of a query: older builds of SQLite take no more than 999 arguments."""


class SqliteDialect:
    """One SQLite file.

    Args:
        path: The file; it is made where there is none.
    """

    tables: tuple[str, ...] = (
        """CREATE TABLE IF NOT EXISTS steepest_vectors (insight TEXT NOT NULL, space TEXT NOT NULL,
            version INTEGER NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (insight, space))""",
        "CREATE TABLE IF NOT EXISTS steepest_rows (row INTEGER PRIMARY KEY, insight TEXT NOT NULL UNIQUE)",
        "CREATE VIRTUAL TABLE IF NOT EXISTS steepest_words USING fts5(text, tokenize = 'unicode61')",
        "CREATE VIRTUAL TABLE IF NOT EXISTS steepest_terms USING fts5vocab(steepest_words, row)",
    )

    def __init__(self, path: str | Path) -> None:
        self.place = str(path)

    def connect(self) -> sqlite3.Connection:
        """Open the file.

        Raises:
            LibraryError: Its folder does not exist, or it is no database.
        """
        if not Path(self.place).absolute().parent.is_dir():
            raise LibraryError(f"{self.place}: there is no such folder; make it first.")
        database = sqlite3.connect(self.place, timeout=_WAIT_SECONDS, check_same_thread=False, isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")  # an event that was written survives a power cut
        return database

    def sql(self, statement: str) -> str:
        """The statement as it is."""
        return statement

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell what SQLite raises, with the file."""
        try:
            yield
        except sqlite3.Error as error:
            reason = "it is no library of insights" if "not a database" in str(error) else f"SQLite says: {error}"
            raise LibraryError(f"{self.place}: {reason}.") from error

    @contextmanager
    def writing(self, database: Any) -> Iterator[None]:
        """A transaction that takes the right to write at once, so that what it reads is still so when it writes."""
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if database.in_transaction:  # SQLite itself goes back when the disk is full
                database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")

    def index(self, database: Any, insight: str, terms: Sequence[str]) -> None:
        """Put an insight's words into the index in place of what is there."""
        row = database.execute("SELECT row FROM steepest_rows WHERE insight = ?", (insight,)).fetchone()
        if row is not None:
            database.execute("DELETE FROM steepest_words WHERE rowid = ?", row)
        if not terms:
            return
        if row is None:
            row = (database.execute("INSERT INTO steepest_rows (insight) VALUES (?)", (insight,)).lastrowid,)
        database.execute("INSERT INTO steepest_words (rowid, text) VALUES (?, ?)", (*row, " ".join(terms)))

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

    def _rarest(self, database: Any, terms: Sequence[str]) -> list[str]:
        """The terms that are in the fewest insights, and in any at all."""
        distinct = list(dict.fromkeys(terms))[:_MOST_LOOKED_UP]
        marks = ", ".join("?" * len(distinct))
        query = f"SELECT term FROM steepest_terms WHERE term IN ({marks}) ORDER BY doc, term LIMIT {_MOST_TERMS}"  # noqa: S608
        return [term for (term,) in database.execute(query, distinct)]
