"""What a run of learning did, a line for each task, so that it goes on where it was stopped and can be drawn."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.errors import InputError

__all__ = ["Journal", "Refusal", "TaskRecord"]


class Refusal(BaseModel):
    """An insight that did not enter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    reason: str


class TaskRecord(BaseModel):
    """What came of a task in an iteration; written when all that it taught is in the library."""

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
    learned: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    note: str = ""
    """Why nothing was learned from a failure."""
    size: int = 0
    """Active insights afterwards."""
    seconds: float = 0.0


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
        """Keep a record for good."""
        self.records.append(record)
        if self.path is None:
            return
        with self.path.open("a", encoding="utf-8") as file:
            file.write(record.model_dump_json() + "\n")
            file.flush()

    def done(self, iteration: int) -> dict[str, TaskRecord]:
        """The tasks of an iteration that are done."""
        return {each.task: each for each in self.records if each.iteration == iteration}

    def _read(self, path: Path) -> None:
        whole = path.read_bytes()
        lines = whole.split(b"\n")
        for number, line in enumerate(lines[:-1], start=1):
            try:
                self.records.append(TaskRecord.model_validate_json(line))
            except ValidationError as error:
                raise InputError(f"{path}, line {number}: it is no record of learning: {error}") from error
        if lines[-1]:
            with path.open("r+b") as file:
                file.truncate(len(whole) - len(lines[-1]))
