"""A run in a PostgreSQL database, under a name of its own; several runs share the tables."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from steepest.errors import InputError
from steepest.evals.problems import Problem
from steepest.evals.samples import Sample, SampleKey, Verdict
from steepest.evals.specification import RunSpecification, require_same
from steepest.evals.stores.continuation import FORMAT, joined_problems, updated
from steepest.evals.stores.postgres_connection import TABLES, Address, connect, connection, told
from steepest.evals.stores.postgres_locks import setting_up, take_shard

__all__ = ["PostgresRun", "PostgresWriter"]

_Record = TypeVar("_Record", bound=BaseModel)

_APPEND = """
INSERT INTO steepest_samples AS known (run, id, epoch, verdict, finished, sample) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (run, id, epoch) DO UPDATE
SET verdict = excluded.verdict, finished = excluded.finished, sample = excluded.sample
WHERE (excluded.verdict <> 'infrastructure_error', excluded.finished)
   >= (known.verdict <> 'infrastructure_error', known.finished)
"""
"""Of two records of one attempt the one stands that says something about the method, then the later."""

_SAMPLES = """
SELECT s.sample FROM steepest_samples s LEFT JOIN steepest_problems p USING (run, id)
WHERE s.run = %s ORDER BY p.position NULLS LAST, s.id, s.epoch
"""


class PostgresRun:
    """A run in a database, read while nobody or somebody works on it.

    Args:
        place: Its address, `postgresql://USER@HOST/DATABASE#RUN`.

    Raises:
        InputError: There is no such run, or the database can't be reached.
    """

    def __init__(self, place: str) -> None:
        self.address = Address.parse(place)
        if not self._exists():
            raise InputError(f"{self.place}: there is no run of this name.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.place!r})"

    @property
    def place(self) -> str:
        """The address, without its password."""
        return str(self.address)

    def specification(self) -> RunSpecification:
        """What the run is.

        Raises:
            InputError: It was written by a later version of steepest.
        """
        text = self._one("SELECT specification FROM steepest_runs WHERE name = %s")
        known = self._read(RunSpecification, text)
        if known.version > FORMAT:
            raise InputError(f"{self.place} was written by a later version of steepest: update it.")
        return known

    def problems(self) -> Iterator[Problem]:
        """The problems of all shards, in the data set's order."""
        query = "SELECT problem FROM steepest_problems WHERE run = %s ORDER BY position"
        return (self._read(Problem, text) for (text,) in self._rows(query))

    def samples(self) -> Iterator[Sample]:
        """The standing record of each problem and epoch, one at a time, in the order of problems, then epochs."""
        return (self._read(Sample, text) for (text,) in self._rows(_SAMPLES))

    def verdicts(self) -> dict[SampleKey, Verdict]:
        """What each sample came to so far."""
        rows = self._rows("SELECT id, epoch, verdict FROM steepest_samples WHERE run = %s")
        return {SampleKey(name, epoch): verdict for name, epoch, verdict in rows}

    def _exists(self) -> bool:
        if self._one("SELECT to_regclass('steepest_runs') WHERE %s <> ''") is None:
            return False
        return self._one("SELECT 1 FROM steepest_runs WHERE name = %s") is not None

    def _one(self, query: Any) -> Any:
        with connection(self.address) as database:
            row = database.execute(query, (self.address.run,)).fetchone()
        return row[0] if row else None

    def _rows(self, query: Any) -> Iterator[tuple[Any, ...]]:
        """Rows as the server sends them, a few at a time, all of one moment."""
        with (
            connection(self.address) as database,
            database.transaction(),
            database.cursor(name="steepest_rows") as rows,
        ):
            yield from rows.execute(query, (self.address.run,))

    def _read(self, kind: type[_Record], text: str) -> _Record:
        try:
            return kind.model_validate_json(text)
        except ValidationError as error:
            raise InputError(f"{self.place}: a {kind.__name__.lower()} can't be read: {error}") from error


class PostgresWriter(PostgresRun):
    """A run in a database that this process begins or continues.

    Args:
        place: Its address.
        specification: What the run is; must agree with the run that is there.
        problems: The selected problems of all shards.

    Raises:
        InputError: There is another run of this name, another process works on it, or the database can't be reached.
    """

    def __init__(self, place: str, specification: RunSpecification, problems: Iterable[Problem]) -> None:
        self.address = Address.parse(place)
        self.replies = place
        self._database = connect(self.address)
        try:
            with told(self.address), setting_up(self._database):
                self._database.execute(TABLES)
                take_shard(self._database, self.address, specification.selection.shard)
                self._begin_or_continue(specification, problems)
        except BaseException:
            self._database.close()
            raise

    def append(self, sample: Sample) -> None:
        """Keep a sample for good; safe to call from several threads.

        Raises:
            InputError: It can't be written; what was appended before is whole.
        """
        row = (self.address.run, sample.id, sample.epoch, sample.verdict, sample.finished, sample.model_dump_json())
        with told(self.address):
            self._database.execute(_APPEND, row)

    def close(self) -> None:
        """Let others continue the run."""
        self._database.close()

    def _begin_or_continue(self, specification: RunSpecification, problems: Iterable[Problem]) -> None:
        before: list[Problem] = []
        if self._exists():
            known = self.specification()
            require_same(known, specification, self.place)
            specification = updated(known, specification)
            before = list(self.problems())
        after = joined_problems(before, problems, self.place)
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO steepest_runs (name, specification) VALUES (%s, %s) "
                "ON CONFLICT (name) DO UPDATE SET specification = excluded.specification",
                (self.address.run, specification.model_dump_json()),
            )
            if after != before:
                self._replace_problems(after)

    def _replace_problems(self, problems: list[Problem]) -> None:
        self._database.execute("DELETE FROM steepest_problems WHERE run = %s", (self.address.run,))
        columns = "COPY steepest_problems (run, position, id, problem) FROM STDIN"
        with self._database.cursor() as cursor, cursor.copy(columns) as copy:
            for position, problem in enumerate(problems):
                copy.write_row((self.address.run, position, problem.id, problem.model_dump_json()))
