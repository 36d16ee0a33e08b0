"""Where runs are kept: an SQLite file, or a PostgreSQL database by its address."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from steepest.agents.llm.redaction import redact
from steepest.agents.modeling.checkpoints.retention import Database, Retention, begin, end, forget, make_table, prune
from steepest.agents.postgres import SCHEMES, require_driver, told
from steepest.agents.sqlite import SECURELY, WAIT_SECONDS
from steepest.errors import InputError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["CheckpointError", "Checkpoints", "forget_runs", "kept"]


class CheckpointError(InputError):
    """Runs can't be kept in this place."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a run is kept after each of its steps; the same call goes on where it stopped.

    A run that came to its end answers the same call again without asking anybody; another `run` begins anew.

    Args:
        place: A file, which is made where there is none, or `postgresql://USER@HOST/DATABASE`.
        run: Tells apart runs that are asked the same.
        group: Of runs that are thrown away together (`forget_runs`), such as those of a conversation. They go on also
            where the solver's limits are others by then.
        retention: How long runs are kept there; each call throws away what is kept no longer.
    """

    place: str | Path
    run: str = ""
    retention: Retention = field(default_factory=Retention)
    group: str = ""

    @property
    def shown(self) -> str:
        """The place as a person may see it."""
        return redact(str(self.place))

    def named(self, identity: str) -> str:
        """What a run is called there.

        Args:
            identity: Of what it is asked (`identity.identity_of`).
        """
        return _beginning(self.group) + identity if self.group else identity

    @property
    def is_database(self) -> bool:
        """Whether it is a PostgreSQL database, and not a file."""
        return str(self.place).startswith(SCHEMES)


@asynccontextmanager
async def kept(checkpoints: Checkpoints, run: str) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    """Where a run is kept, for LangGraph; closed with the block, which comes to its end if the run does.

    Args:
        checkpoints: The place.
        run: Names the run there (`Checkpoints.named`).

    Raises:
        CheckpointError: It can't be opened, read or written.
    """
    async with _opened(checkpoints) as (saver, database):
        with _told(checkpoints):
            await begin(database, run, time())
            await prune(database, saver, checkpoints.retention, time())
        yield saver
        with _told(checkpoints):
            await end(database, run, time())


async def forget_runs(place: str | Path, group: str) -> int:
    """Throw away what is kept of the runs of a group.

    Args:
        place: A file, or `postgresql://USER@HOST/DATABASE`.
        group: The group (`Checkpoints.group`).

    Returns:
        How many runs there were; 0 where there is no such file.

    Raises:
        CheckpointError: The place can't be opened, read or written.
    """
    checkpoints = Checkpoints(place, group=group)
    if not checkpoints.is_database and not Path(place).exists():
        return 0
    async with _opened(checkpoints) as (saver, database):
        with _told(checkpoints):
            return await forget(database, saver, _beginning(group))


def _beginning(group: str) -> str:
    """What the names of a group's runs begin with."""
    return f"{group}:"


@contextmanager
def _told(checkpoints: Checkpoints) -> Iterator[None]:
    """Tell what the place refuses; around its own work only, as a run has files and databases besides."""
    if checkpoints.is_database:
        with told(checkpoints.shown, CheckpointError, then="The run can't be kept there."):
            yield
        return
    path = Path(checkpoints.place)
    try:
        yield
    except OSError as error:
        raise CheckpointError(f"{path} can't be made: {error.strerror}; name another file.") from error
    except sqlite3.Error as error:
        raise CheckpointError(f"{path}: SQLite says: {error}. Runs can't be kept there.") from error


def _opened(
    checkpoints: Checkpoints,
) -> "AbstractAsyncContextManager[tuple[BaseCheckpointSaver[Any], Database]]":
    return _in_postgres(checkpoints) if checkpoints.is_database else _in_file(checkpoints)


@asynccontextmanager
async def _in_file(checkpoints: Checkpoints) -> "AsyncIterator[tuple[BaseCheckpointSaver[Any], Database]]":
    from aiosqlite import connect

    from steepest.agents.modeling.checkpoints.databases import SQLite
    from steepest.agents.modeling.checkpoints.savers import FileSaver
    from steepest.agents.modeling.checkpoints.writing import StateWriting

    path = Path(checkpoints.place)
    if not path.absolute().parent.is_dir():
        raise CheckpointError(f"{path}: there is no folder {path.absolute().parent}; make it first.")
    async with AsyncExitStack() as stack:
        with _told(checkpoints):
            path.touch(mode=0o600)  # runs hold the person's text
            connection = await stack.enter_async_context(connect(path, timeout=WAIT_SECONDS))
            await connection.execute(SECURELY)  # what is thrown away is gone from the file
            saver = FileSaver(connection, serde=StateWriting(), told=partial(_told, checkpoints))
            await saver.setup()
            database = SQLite(connection)
            await make_table(database)
        yield saver, database


@asynccontextmanager
async def _in_postgres(checkpoints: Checkpoints) -> "AsyncIterator[tuple[BaseCheckpointSaver[Any], Database]]":
    require_driver("checkpoints")
    if find_spec("langgraph.checkpoint.postgres") is None:
        raise CheckpointError(
            "checkpoints in PostgreSQL need langgraph-checkpoint-postgres: pip install 'steepest[postgres]'."
        )
    from psycopg import AsyncConnection
    from psycopg.rows import dict_row

    from steepest.agents.modeling.checkpoints.databases import PostgreSQL
    from steepest.agents.modeling.checkpoints.postgres_saver import PostgresSaver
    from steepest.agents.modeling.checkpoints.writing import StateWriting

    # as LangGraph wants its connections
    settings: Any = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncExitStack() as stack:
        with _told(checkpoints):
            connecting = AsyncConnection.connect(str(checkpoints.place), **settings)
            connection = await stack.enter_async_context(await connecting)
            saver = PostgresSaver(connection, serde=StateWriting(), told=partial(_told, checkpoints))
            database = PostgreSQL(connection)
            async with database.alone():
                await saver.setup()
                await make_table(database)
        yield saver, database
