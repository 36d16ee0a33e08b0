"""A library in PostgreSQL: words in an inverted table, embeddings in columns of pgvector where it can be had.

Words are ranked by BM25 with the formula of SQLite's FTS5, so that a library finds the same insights in either
database; PostgreSQL's own `ts_rank` does not weigh how rare a word is.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from steepest.agents import postgres
from steepest.agents.library.stores.protocol import LibraryError, Vectors
from steepest.agents.llm.redaction import redact

__all__ = ["PostgresDialect"]

_MOST_TERMS = 12
"""Of a query, the rarest, as in SQLite."""
_NAME = re.compile(r"(?!pg_)[A-Za-z_][A-Za-z0-9_-]{0,62}")
_LEAST = 1e-6
"""Weight of a word that is in more than half of the insights, as in FTS5."""
_SETUP = 8_370_184_023
"""Number of the advisory lock under which tables are made."""

_FORGET = """
WITH gone AS (DELETE FROM steepest_words WHERE insight = ANY(%s) RETURNING term),
    fewer AS (SELECT term, count(*) AS insights FROM gone GROUP BY term)
UPDATE steepest_terms t SET insights = t.insights - fewer.insights FROM fewer WHERE t.term = fewer.term
"""
_COUNT = """
INSERT INTO steepest_terms (term, insights) SELECT * FROM unnest(%s::text[], %s::integer[])
ON CONFLICT (term) DO UPDATE SET insights = steepest_terms.insights + excluded.insights
"""
_RAREST = """
SELECT term, insights FROM steepest_terms WHERE term = ANY(%s) AND insights > 0
ORDER BY insights, term COLLATE "C" LIMIT %s
"""
_RANKED = """
SELECT w.insight, sum(x.weight * (w.many * 2.2) / (w.many + 1.2 * (0.25 + 0.75 * w.length / %s::float8))) AS score
FROM steepest_words w JOIN unnest(%s::text[], %s::float8[]) AS x (term, weight) USING (term)
WHERE w.term = ANY(%s)
GROUP BY w.insight ORDER BY score DESC, w.insight COLLATE "C" LIMIT %s
"""
"""BM25 with k1 = 1.2 and b = 0.75, as FTS5 has them."""


class PostgresDialect:
    """A schema of a database.

    Args:
        address: `postgresql://USER@HOST/DATABASE`, with `#NAME` for a library in a schema of that name.

    Raises:
        LibraryError: psycopg is not installed, or the name can't be one of a schema.
    """

    tables: tuple[str, ...] = (
        """CREATE TABLE IF NOT EXISTS steepest_words (term TEXT NOT NULL, insight TEXT NOT NULL,
            many INTEGER NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (term, insight))""",
        "CREATE INDEX IF NOT EXISTS steepest_words_insight ON steepest_words (insight)",
        "CREATE TABLE IF NOT EXISTS steepest_terms (term TEXT PRIMARY KEY, insights INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS steepest_lengths (insight TEXT PRIMARY KEY, length INTEGER NOT NULL)",
    )

    def __init__(self, address: str) -> None:
        postgres.require_driver("A library")
        self._database, _, name = address.partition("#")
        self._schema = name or "public"
        self.place = redact(address)
        self._has_pgvector = False
        if not _NAME.fullmatch(self._schema):
            raise LibraryError(f"{self.place}: a library's name in a database has letters, digits, - and _ only.")

    def connect(self) -> Any:
        """A connection whose tables are those of the library's schema.

        Raises:
            psycopg.Error: The database can't be reached.
        """
        database = postgres.connect(self._database)
        database.execute("SELECT set_config('search_path', %s, false)", (f'"{self._schema}", public',))
        self._has_pgvector = self._vector_type(database) == "vector"
        return database

    def has_library(self, database: Any) -> bool:
        """Whether the tables of a library are there."""
        name = f'"{self._schema}".steepest_library'
        return database.execute("SELECT to_regclass(%s)", (name,)).fetchone()[0] is not None

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell what the database refuses, without a password."""
        with postgres.told(self.place, LibraryError, then="What was recorded is whole."):
            yield

    @contextmanager
    def writing(self, database: Any) -> Iterator[None]:
        """A transaction that keeps other writers out, and lets readers read what was before."""
        with database.transaction():
            if self.has_library(database):
                database.execute("LOCK TABLE steepest_events IN EXCLUSIVE MODE")
            else:
                database.execute("SELECT pg_advisory_xact_lock(%s)", (_SETUP,))
                self._begin(database)
            yield

    def run(self, database: Any, statement: str, arguments: Sequence[object]) -> Any:
        """Carry out a statement."""
        return database.execute(statement.replace("?", "%s"), tuple(arguments))

    def run_many(self, database: Any, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry out a statement for each row of arguments."""
        with database.cursor() as cursor:
            cursor.executemany(statement.replace("?", "%s"), rows)

    def index(self, database: Any, terms: Mapping[str, Sequence[str]]) -> None:
        """Put the words of insights into the index in place of what is there."""
        names = list(terms)
        database.execute(_FORGET, (names,))
        database.execute("DELETE FROM steepest_lengths WHERE insight = ANY(%s)", (names,))
        counts = {name: Counter(words) for name, words in terms.items() if words}
        with database.cursor() as cursor:
            with cursor.copy("COPY steepest_words (term, insight, many, length) FROM STDIN") as copy:
                for name, count in counts.items():
                    for term, many in count.items():
                        copy.write_row((term, name, many, count.total()))
            with cursor.copy("COPY steepest_lengths (insight, length) FROM STDIN") as copy:
                for name, count in counts.items():
                    copy.write_row((name, count.total()))
        holders = Counter(term for count in counts.values() for term in count)
        database.execute(_COUNT, (list(holders), list(holders.values())))

    def matching(self, database: Any, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids and scores by BM25 over the rarest terms, the best first."""
        rarest = database.execute(_RAREST, (list(set(terms)), _MOST_TERMS)).fetchall()
        size, average = database.execute("SELECT count(*), avg(length)::float8 FROM steepest_lengths").fetchone()
        if not rarest or not size:
            return []
        weights = [max(math.log((size - insights + 0.5) / (insights + 0.5)), _LEAST) for _, insights in rarest]
        words = [term for term, _ in rarest]
        ranked = database.execute(_RANKED, (average, words, weights, words, limit))
        return [(name, float(score)) for name, score in ranked]

    def keep_vectors(self, database: Any, rows: Sequence[tuple[str, str, int, Vectors]]) -> None:
        """Put embeddings in place of what is there."""
        statement = """INSERT INTO steepest_vectors (insight, space, version, vector) VALUES (?, ?, ?, ?)
            ON CONFLICT (insight, space) DO UPDATE SET version = excluded.version, vector = excluded.vector"""
        if self._has_pgvector:
            statement = statement.replace("?, ?)", "?, ?::vector)")
        self.run_many(database, statement, [(*row[:3], self._packed(row[3])) for row in rows])

    def vectors(self, database: Any, space: str) -> tuple[list[str], Vectors]:
        """Ids, in their order, and embeddings of a space that belong to the insights as they are."""
        query = """SELECT v.insight, {vector} FROM steepest_vectors v
            JOIN steepest_insights i ON i.id = v.insight AND i.version = v.version
            WHERE v.space = %s ORDER BY v.insight COLLATE "C" """
        # The binary form of pgvector: two numbers of 16 bits, then the components, all with the highest byte first.
        column, kind, skipped = ("vector_send(v.vector)", ">f4", 4) if self._has_pgvector else ("v.vector", "<f4", 0)
        rows = database.execute(query.format(vector=column), (space,), binary=True).fetchall()
        if not rows:
            return [], np.empty((0, 0), np.float32)
        flat = np.frombuffer(b"".join(bytes(vector)[skipped:] for _, vector in rows), kind).astype(np.float32)
        return [name for name, _ in rows], flat.reshape(len(rows), -1)

    def nearest(self, database: Any, space: str, vector: Vectors, limit: int) -> list[tuple[str, float]] | None:
        """Ids and cosines above 0 of the active insights nearest to a vector; None where pgvector is not there."""
        if not self._has_pgvector:
            return None
        query = """SELECT v.insight, v.vector <=> %s::vector AS distance FROM steepest_vectors v
            JOIN steepest_insights i ON i.id = v.insight AND i.version = v.version
            WHERE v.space = %s AND i.status = 'active' ORDER BY distance, v.insight COLLATE "C" LIMIT %s"""
        found = database.execute(query, (self._packed(vector), space, limit)).fetchall()
        return [(name, 1 - distance) for name, distance in found if distance < 1]  # of a row of zeros it is no number

    def _begin(self, database: Any) -> None:
        """The schema, and a table of embeddings of the best type that there is."""
        database.execute(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"')
        has_type = _offers_pgvector(database)
        column = "vector" if has_type else "bytea"
        database.execute(
            f"""CREATE TABLE IF NOT EXISTS steepest_vectors (insight TEXT NOT NULL, space TEXT NOT NULL,
                version INTEGER NOT NULL, vector {column} NOT NULL, PRIMARY KEY (insight, space))"""
        )
        self._has_pgvector = self._vector_type(database) == "vector"

    def _vector_type(self, database: Any) -> str | None:
        """Of which type embeddings are kept; None where there is no table of them yet."""
        query = """SELECT format_type(atttypid, NULL) FROM pg_attribute
            WHERE attrelid = to_regclass(%s) AND attname = 'vector'"""
        row = database.execute(query, (f'"{self._schema}".steepest_vectors',)).fetchone()
        return str(row[0]) if row else None

    def _packed(self, vector: Vectors) -> str | bytes:
        if not self._has_pgvector:
            return np.asarray(vector, "<f4").tobytes()
        return "[" + ",".join(str(each) for each in np.asarray(vector, np.float32)) + "]"


def _offers_pgvector(database: Any) -> bool:
    """Whether pgvector is there or can be created."""
    import psycopg

    try:
        with database.transaction():
            database.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
    except psycopg.Error:  # not installed on the server, or the user may not: the library compares vectors itself
        pass
    return database.execute("SELECT to_regtype('vector')").fetchone()[0] is not None
