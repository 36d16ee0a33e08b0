"""Where runs are kept: an SQLite file, or a PostgreSQL database by its address."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from steepest.agents.llm.redaction import redact
from steepest.agents.modeling.checkpoints.retention import Database, Retention, begin, end, make_table, prune
from steepest.agents.postgres import SCHEMES, require_driver, told
from steepest.errors import InputError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["CheckpointError", "Checkpoints", "kept"]

_WAIT_SECONDS = 30.0


class CheckpointError(InputError):
    """Runs can't be kept in this place."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a run is kept after each of its steps; the same call goes on where it stopped.

    A run that came to its end answers the same call again without asking anybody; another `run` begins anew.

    Args:
        place: A file, which is made where there is none, or `postgresql://USER@HOST/DATABASE`.
        run: Tells apart runs that are asked the same.
        retention: How long runs are kept there; each call throws away what is kept no longer.
    """

    place: str | Path
    run: str = ""
    retention: Retention = field(default_factory=Retention)

    @property
    def shown(self) -> str:
        """The place as a person may see it."""
        return redact(str(self.place))


@asynccontextmanager
async def kept(checkpoints: Checkpoints, run: str) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    """Where a run is kept, for LangGraph; closed with the block, which comes to its end if the run does.

    Args:
        checkpoints: The place.
        run: Names the run there (`identity.identity_of`).

    Raises:
        CheckpointError: It can't be opened, read or written.
    """
    opened = _in_postgres if str(checkpoints.place).startswith(SCHEMES) else _in_file
    async with opened(checkpoints) as (saver, database):
        await begin(database, run, time())
        await prune(database, saver, checkpoints.retention, time())
        yield saver
        await end(database, run, time())


@asynccontextmanager
async def _in_file(checkpoints: Checkpoints) -> "AsyncIterator[tuple[BaseCheckpointSaver[Any], Database]]":
    from aiosqlite import connect
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    from steepest.agents.modeling.checkpoints.databases import SQLite
    from steepest.agents.modeling.checkpoints.writing import StateWriting

    path = Path(checkpoints.place)
    if not path.absolute().parent.is_dir():
        raise CheckpointError(f"{path}: there is no folder {path.absolute().parent}; make it first.")
    try:
        path.touch(mode=0o600)  # runs hold the person's text
        async with connect(path, timeout=_WAIT_SECONDS) as connection:
            saver = AsyncSqliteSaver(connection, serde=StateWriting())
            await saver.setup()
            database = SQLite(connection)
            await make_table(database)
            yield saver, database
    except OSError as error:
        raise CheckpointError(f"{path} can't be made: {error.strerror}; name another file.") from error
    except sqlite3.Error as error:
        raise CheckpointError(f"{path}: SQLite says: {error}. Runs can't be kept there.") from error


@asynccontextmanager
async def _in_postgres(checkpoints: Checkpoints) -> "AsyncIterator[tuple[BaseCheckpointSaver[Any], Database]]":
    require_driver("checkpoints")
    if find_spec("langgraph.checkpoint.postgres") is None:
        raise CheckpointError(
            "checkpoints in PostgreSQL need langgraph-checkpoint-postgres: pip install 'steepest[postgres]'."
        )
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg import AsyncConnection
    from psycopg.rows import dict_row

    from steepest.agents.modeling.checkpoints.databases import PostgreSQL
    from steepest.agents.modeling.checkpoints.writing import StateWriting

    with told(checkpoints.shown, CheckpointError, then="The run can't be kept there."):
        # as LangGraph wants its connections
        settings: Any = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
        async with await AsyncConnection.connect(str(checkpoints.place), **settings) as connection:
            saver = AsyncPostgresSaver(connection, serde=StateWriting())
            await saver.setup()
            database = PostgreSQL(connection)
            await make_table(database)
            yield saver, database
