"""A run by the name of its place: a folder, or `postgresql://USER@HOST/DATABASE#RUN`."""

from collections.abc import Iterable
from pathlib import Path

from steepest.agents.llm.kept_replies import Replies, ReplyFile
from steepest.evals.problems import Problem
from steepest.evals.specification import RunSpecification
from steepest.evals.stores.folder import FolderRun, FolderWriter
from steepest.evals.stores.protocol import RunReader, RunWriter

__all__ = ["continue_run", "open_replies", "open_run"]

_SCHEMES = ("postgresql://", "postgres://")


def open_run(place: str | Path) -> RunReader:
    """The run at this place, for reading.

    Raises:
        InputError: There is none.
    """
    if _is_address(place):
        from steepest.evals.stores.postgres import PostgresRun

        return PostgresRun(str(place))
    return FolderRun(place)


def continue_run(place: str | Path, specification: RunSpecification, problems: Iterable[Problem]) -> RunWriter:
    """Begin the run at this place, or take it up again; nobody else may work on the same shard until it is closed.

    Args:
        place: A folder, or the address of a database and the run's name in it.
        specification: What the run is; its selection says which shard is worked on.
        problems: The selected problems of all shards, so that the runs of shards can be put together.

    Raises:
        InputError: Another run or something else is there, or another process works on it.
    """
    if _is_address(place):
        from steepest.evals.stores.postgres import PostgresWriter

        return PostgresWriter(str(place), specification, problems)
    return FolderWriter(place, specification, problems)


def open_replies(place: str) -> Replies:
    """The replies at this place (`RunWriter.replies`).

    Raises:
        RepliesError: They can't be opened.
    """
    if _is_address(place):
        from steepest.evals.stores.postgres_replies import PostgresReplies

        return PostgresReplies(place)
    return ReplyFile(place)


def _is_address(place: str | Path) -> bool:
    return isinstance(place, str) and place.startswith(_SCHEMES)
