"""Where runs are kept: an SQLite file, or a PostgreSQL database by its address."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.agents.llm.redaction import redact
from steepest.agents.postgres import SCHEMES, require_driver, told
from steepest.errors import InputError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["CheckpointError", "Checkpoints", "opened"]

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
    """

    place: str | Path
    run: str = ""

    @property
    def shown(self) -> str:
        """The place as a person may see it."""
        return redact(str(self.place))


@asynccontextmanager
async def opened(checkpoints: Checkpoints) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    """The place where runs are kept, for LangGraph; closed with the block.

    Raises:
        CheckpointError: It can't be opened, read or written.
    """
    if str(checkpoints.place).startswith(SCHEMES):
        async with _in_postgres(checkpoints) as saver:
            yield saver
        return
    async with _in_file(checkpoints) as saver:
        yield saver


@asynccontextmanager
async def _in_file(checkpoints: Checkpoints) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    from aiosqlite import connect
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    from steepest.agents.modeling.checkpoints.writing import StateWriting

    path = Path(checkpoints.place)
    if not path.absolute().parent.is_dir():
        raise CheckpointError(f"{path}: there is no folder {path.absolute().parent}; make it first.")
    try:
        path.touch(mode=0o600)  # runs hold the person's text
        async with connect(path, timeout=_WAIT_SECONDS) as database:
            saver = AsyncSqliteSaver(database, serde=StateWriting())
            await saver.setup()
            yield saver
    except OSError as error:
        raise CheckpointError(f"{path} can't be made: {error.strerror}; name another file.") from error
    except sqlite3.Error as error:
        raise CheckpointError(f"{path}: SQLite says: {error}. Runs can't be kept there.") from error


@asynccontextmanager
async def _in_postgres(checkpoints: Checkpoints) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    require_driver("checkpoints")
    if find_spec("langgraph.checkpoint.postgres") is None:
        raise CheckpointError(
            "checkpoints in PostgreSQL need langgraph-checkpoint-postgres: pip install 'steepest[postgres]'."
        )
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

    from steepest.agents.modeling.checkpoints.writing import StateWriting

    with told(checkpoints.shown, CheckpointError, then="The run can't be kept there."):
        async with AsyncPostgresSaver.from_conn_string(str(checkpoints.place), serde=StateWriting()) as saver:
            await saver.setup()
            yield saver
