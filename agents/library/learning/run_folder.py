"""The folder of a run of learning: what it learns from and how, its journal, and the replies that it paid for."""

import os
import secrets
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.folder_lock import locked
from steepest.errors import InputError

__all__ = ["LearningEntry", "LearningFolder", "read_entry"]

_MAY_GROW = frozenset({"steepest", "run", "iterations", "tasks", "settings"})
"""Of settings, those that an older version of steepest did not know."""


class LearningEntry(BaseModel):
    """What a run of learning is of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = "steepest.learn"
    version: int = 1
    steepest: str = Field(default_factory=lambda: version("steepest"))
    run: str = Field(default_factory=lambda: f"learn-{secrets.token_hex(4)}")
    """Its name in the events of the library."""
    library: str
    model: str
    teacher: str
    settings: dict[str, int | float | bool | None]
    seed: int = 0
    iterations: int = 1
    tasks: dict[str, str]
    """Digests of the tasks by their ids, in order."""


class LearningFolder:
    """A folder that one process at a time learns in.

    Args:
        path: It is made if it is not there.

    Raises:
        InputError: It can't be made, or holds something else.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.entry_path = self.path / "run.json"
        self.journal = self.path / "journal.jsonl"
        self.replies = self.path / "replies.sqlite"
        self.report = self.path / "report.html"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"the folder {path} can't be made: {error.strerror or error}") from error
        strange = sorted(each.name for each in self.path.iterdir() if each.name != "lock")
        if strange and not self.entry_path.exists():
            raise InputError(f"{path} holds other things ({strange[0]}, ...): name a new or an empty folder")

    def locked(self) -> AbstractContextManager[None]:
        """Keep other processes out until the block is left.

        Raises:
            InputError: One is in.
        """
        return locked(self.path)

    def require(self, entry: LearningEntry) -> LearningEntry:
        """Begin the run, or make sure that the folder is of this one; it may have more tasks and iterations now.

        Returns:
            The entry with the name that the run has in the library.

        Raises:
            InputError: It is of another run; the message says what differs.
        """
        if not self.entry_path.exists():
            self._write(entry)
            return entry
        known = read_entry(self.path)
        differing = [
            f"{name}: {getattr(known, name)} there, {getattr(entry, name)} now"
            for name in LearningEntry.model_fields
            if name not in _MAY_GROW and getattr(known, name) != getattr(entry, name)
        ]
        differing += [
            f"{name}: {value} there, {entry.settings.get(name)} now"
            for name, value in known.settings.items()
            if entry.settings.get(name) != value
        ]
        changed = [name for name, digest in entry.tasks.items() if known.tasks.get(name, digest) != digest]
        if changed:
            differing.append(f"the task {changed[0]} has another text or answer now")
        if differing:
            raise InputError(
                f"{self.path} holds another run ({'; '.join(differing)}): go on with what it was begun with, or name "
                "another folder"
            )
        grown = entry.model_copy(update={"run": known.run, "tasks": {**known.tasks, **entry.tasks}})
        if grown != known:
            self._write(grown)
        return grown

    def _write(self, entry: LearningEntry) -> None:
        write_whole(self.entry_path, entry.model_dump_json(indent=2) + "\n")


def read_entry(path: str | Path) -> LearningEntry:
    """What the run in a folder is of.

    Raises:
        InputError: There is none, or it can't be read.
    """
    file = Path(path) / "run.json"
    try:
        return LearningEntry.model_validate_json(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"there is no run of learning in {path}: it has no run.json") from error
    except (OSError, ValidationError) as error:
        raise InputError(f"{file} is no description of a run of learning: {error}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it.

    Raises:
        InputError: It can't be written.
    """
    beside = path.with_name(f"{path.name}.part")
    try:
        beside.write_text(text, "utf-8")
        os.replace(beside, path)
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror or error}") from error
