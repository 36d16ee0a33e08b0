"""Which runs are thrown away: those that nobody has called for long, and of those that ended, all but the newest.

Each place has a table of the runs that steepest keeps there, with the time of the last call of each. A call notes its
run before it reads any of it, and transactions on this table go one at a time, so processes that share a place take
nothing from one another. What other programs keep in LangGraph's tables is left alone.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from steepest.errors import InputError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["Database", "Retention", "begin", "end", "forget", "make_table", "prune"]

_DAY = 24 * 60 * 60.0
_SETTLED = _DAY
"""Seconds after which a run that ended may go for its number; before, a batch that was cut short may ask for it."""
_MOST_AT_ONCE = 100
"""Runs that one call throws away, so that no call waits long for a place that has grown for years."""

_TABLE = """CREATE TABLE IF NOT EXISTS steepest_runs
    (run TEXT PRIMARY KEY, called DOUBLE PRECISION NOT NULL, ended INTEGER NOT NULL)"""
_BEGUN = """INSERT INTO steepest_runs VALUES (?, ?, 0)
    ON CONFLICT (run) DO UPDATE SET called = excluded.called, ended = 0"""
_ENDED = "UPDATE steepest_runs SET called = ?, ended = 1 WHERE run = ?"
_TAKEN = """DELETE FROM steepest_runs WHERE run = (
    SELECT run FROM steepest_runs WHERE called < ? OR (ended = 1 AND called < ? AND run NOT IN
        (SELECT run FROM steepest_runs WHERE ended = 1 ORDER BY called DESC LIMIT ?)) LIMIT 1) RETURNING run"""


_FORGOTTEN = """DELETE FROM steepest_runs WHERE run = (
    SELECT run FROM steepest_runs WHERE substr(run, 1, ?) = ? LIMIT 1) RETURNING run"""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long runs are kept.

    Args:
        days: A run, ended or not, that was not called for so many days is thrown away.
        ended: Of runs that ended more than a day ago, the newest that are kept.

    Raises:
        InputError: A number is out of its range.
    """

    days: float = 30.0
    ended: int = 1_000

    def __post_init__(self) -> None:
        if not self.days > 0 or self.ended < 0:
            raise InputError(
                f"runs kept for {self.days:g} days, {self.ended} that ended; give days above 0 and 0 or more."
            )


class Database(Protocol):
    """Where the table of the runs is: SQL with `?` for values."""

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows that a statement returns."""

    def transaction(self) -> AbstractAsyncContextManager[Any]:
        """A block whose changes are there all together or not at all, one process at a time."""

    async def leave_nothing(self) -> None:
        """See to it that what was deleted is gone from the disk, too, as far as that is ours to do."""


async def make_table(database: Database) -> None:
    """Make the table of the runs where there is none."""
    async with database.transaction():
        await database.execute(_TABLE)


async def begin(database: Database, run: str, now: float) -> None:
    """Note that a run is called, before anything of it is read.

    Args:
        database: Where the run is kept.
        run: The run.
        now: Seconds since 1970.
    """
    async with database.transaction():
        await database.execute(_BEGUN, (run, now))


async def end(database: Database, run: str, now: float) -> None:
    """Note that a run came to its end."""
    async with database.transaction():
        await database.execute(_ENDED, (now, run))


async def prune(database: Database, saver: "BaseCheckpointSaver[Any]", retention: Retention, now: float) -> int:
    """Throw away the runs that are kept no longer.

    Args:
        database: Where the runs are kept.
        saver: Throws away what LangGraph keeps of a run.
        retention: How long they are kept.
        now: Seconds since 1970.

    Returns:
        How many were thrown away.
    """
    oldest, settled = now - retention.days * _DAY, now - _SETTLED
    for count in range(_MOST_AT_ONCE):
        async with database.transaction():
            taken = await database.execute(_TAKEN, (oldest, settled, retention.ended))
            if not taken:
                return count
            await saver.adelete_thread(taken[0][0])
    return _MOST_AT_ONCE


async def forget(database: Database, saver: "BaseCheckpointSaver[Any]", beginning: str) -> int:
    """Throw away all runs whose names begin so.

    Args:
        database: Where the runs are kept.
        saver: Throws away what LangGraph keeps of a run.
        beginning: Of their names.

    Returns:
        How many were thrown away.
    """
    count = 0
    while await _forget_one(database, saver, beginning):
        count += 1
    await database.leave_nothing()
    return count


async def _forget_one(database: Database, saver: "BaseCheckpointSaver[Any]", beginning: str) -> bool:
    async with database.transaction():
        taken = await database.execute(_FORGOTTEN, (len(beginning), beginning))
        if taken:
            await saver.adelete_thread(taken[0][0])
    return bool(taken)
