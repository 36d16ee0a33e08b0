"""A search as a table, for whoever wants to look at it with pandas."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import Split
from steepest.errors import InputError

if TYPE_CHECKING:
    import pandas

__all__ = ["frame_of"]

COLUMNS = ("number", "step", "outcome", "origin", "parents", "score", "gain", "model", "reason")


def frame_of(records: Iterable[StepRecord], pool: Pool, ranking: Split) -> "pandas.DataFrame":
    """A row for each candidate that was evaluated, the seed first.

    Args:
        records: Of the search's steps.
        pool: Of its admitted candidates; their score is the mean on the ranking split, that of others the mean on what
            they were evaluated on.
        ranking: The split that ranks.

    Raises:
        InputError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise InputError("a frame needs pandas: pip install 'steepest[tables]'") from error
    return pandas.DataFrame(list(_rows(records, pool, ranking)), columns=list(COLUMNS))


def _rows(records: Iterable[StepRecord], pool: Pool, ranking: Split) -> Iterator[tuple[Any, ...]]:
    yield 0, 0, "seed", "seed", (), pool.mean(0, ranking), None, "", ""
    for record in records:
        made: list[tuple[Any, ...]] = [
            (
                each.number,
                record.step,
                "admitted",
                each.origin,
                each.parents,
                pool.mean(each.number, ranking),
                each.gain,
                each.model,
                each.reason,
            )
            for each in record.births
        ]
        made += [
            (
                each.number,
                record.step,
                "not better",
                each.origin,
                each.parents,
                each.score,
                each.gain,
                each.model,
                each.reason,
            )
            for each in record.tried
        ]
        yield from sorted(made, key=lambda row: int(row[0]))
