"""What a run of learning did, a line for each task, so that it goes on where it was stopped and can be drawn."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.library.learning.effects import Effects
from steepest.errors import InputError

__all__ = ["Journal", "Refusal", "TaskRecord"]


class Refusal(BaseModel):
    """An insight that did not enter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    reason: str


class TaskRecord(BaseModel):
    """What came of a task in an iteration; written before the library is, so that a kill in between loses nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["task"] = "task"
    iteration: int
    task: str
    solved: bool
    outcome: str
    """Of the modeling agent, such as `solved`, which is not yet right."""
    value: float | None = None
    used: tuple[str, ...] = ()
    helped: tuple[str, ...] = ()
    hurt: tuple[str, ...] = ()
    effects: Effects = Effects()
    """On the library."""
    refused: tuple[Refusal, ...] = ()
    note: str = ""
    """Why nothing was learned from a failure."""
    size: int = 0
    """Active insights afterwards."""
    seconds: float = 0.0
    """That it took; next to none where a run that was stopped reads the replies that it has paid for."""

    @property
    def learned(self) -> tuple[str, ...]:
        """Ids of the insights that entered."""
        return tuple(each.insight.id for each in self.effects.accepted)


class Journal:
    """Records in a file of JSON lines; a last line that was torn by a kill does not count and is written over.

    Args:
        path: The file; None keeps the records in memory only.

    Raises:
        InputError: A line that is not the last one can't be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.records: list[TaskRecord] = []
        if path is not None and path.exists():
            self._read(path)

    def add(self, record: TaskRecord) -> None:
        """Keep a record for good.

        Raises:
            InputError: It can't be written.
        """
        if self.path is not None:
            try:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(record.model_dump_json() + "\n")
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise InputError(f"{self.path} can't be written: {error.strerror or error}") from error
        self.records.append(record)

    def done(self, iteration: int) -> dict[str, TaskRecord]:
        """The tasks of an iteration that are done."""
        return {each.task: each for each in self.records if each.iteration == iteration}

    def latest(self) -> dict[str, TaskRecord]:
        """The last record of each task, in the order of their first ones."""
        return {each.task: each for each in self.records}

    def _read(self, path: Path) -> None:
        try:
            whole = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror or error}") from error
        lines = whole.split(b"\n")
        for number, line in enumerate(lines[:-1], start=1):
            try:
                self.records.append(TaskRecord.model_validate_json(line))
            except ValidationError as error:
                raise InputError(f"{path}, line {number}: it is no record of learning: {error}") from error
        if lines[-1]:
            with path.open("r+b") as file:
                file.truncate(len(whole) - len(lines[-1]))
