"""What a run of learning did, a line a task and a step, so that it goes on where it was stopped and can be drawn."""

import os
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from steepest.agents.library.evolution.diagnoses import Diagnosis
from steepest.agents.library.learning.effects import Effects, are_written, write
from steepest.agents.library.library import Library
from steepest.errors import InputError

__all__ = ["END_OF_ITERATION", "Journal", "Record", "Refusal", "StepRecord", "TaskRecord"]


END_OF_ITERATION = "end of the iteration"
"""Name of the step after which nothing more is done in an iteration."""


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
    right: str | None = None
    """A formulation that exploration found to be right, in the text form, so that it is not looked for again."""
    used: tuple[str, ...] = ()
    helped: tuple[str, ...] = ()
    hurt: tuple[str, ...] = ()
    effects: Effects = Effects()
    """On the library."""
    refused: tuple[Refusal, ...] = ()
    diagnosis: Diagnosis | None = None
    """Of a failure, from the second iteration on."""
    note: str = ""
    """Why nothing was learned from a failure, or what was learned could not be compared with what there is."""
    size: int = 0
    """Active insights afterwards."""
    seconds: float = 0.0
    """That it took; next to none where a run that was stopped reads the replies that it has paid for."""

    @property
    def learned(self) -> tuple[str, ...]:
        """Ids of the insights that entered."""
        return tuple(each.insight.id for each in self.effects.accepted)


class StepRecord(BaseModel):
    """What a step did that belongs to no single task, such as a merge or a refinement."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["step"] = "step"
    iteration: int
    name: str
    """What was done, to what, such as `refine a1b2c3`; once in an iteration."""
    effects: Effects = Effects()
    """On the library."""
    note: str = ""
    """What came of it, in words."""
    size: int = 0
    """Active insights afterwards."""
    seconds: float = 0.0


Record: TypeAlias = Annotated[TaskRecord | StepRecord, Field(discriminator="type")]
_RECORD: TypeAdapter[TaskRecord | StepRecord] = TypeAdapter(Record)


class Journal:
    """Records in a file of JSON lines; a last line that was torn by a kill does not count and is written over.

    Args:
        path: The file; None keeps the records in memory only.

    Raises:
        InputError: A line that is not the last one can't be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.records: list[TaskRecord | StepRecord] = []
        if path is not None and path.exists():
            self._read(path)

    @property
    def tasks(self) -> list[TaskRecord]:
        """The records of tasks, in order."""
        return [each for each in self.records if isinstance(each, TaskRecord)]

    @property
    def steps(self) -> list[StepRecord]:
        """The records of steps, in order."""
        return [each for each in self.records if isinstance(each, StepRecord)]

    def add(self, record: TaskRecord | StepRecord) -> None:
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
        return {each.task: each for each in self.tasks if each.iteration == iteration}

    def steps_done(self, iteration: int) -> dict[str, StepRecord]:
        """The steps of an iteration that are done, by name."""
        return {each.name: each for each in self.steps if each.iteration == iteration}

    def latest(self) -> dict[str, TaskRecord]:
        """The last record of each task, in the order of their first ones."""
        return {each.task: each for each in self.tasks}

    def right_of(self, task: str) -> str | None:
        """The formulation that was last found to be right for a task."""
        return next((each.right for each in reversed(self.tasks) if each.task == task and each.right), None)

    def settle(self, library: Library) -> None:
        """Write to the library what a kill left between the two; it can only be of the last record.

        Raises:
            LibraryError: It can't be written.
        """
        if self.records and not are_written(self.records[-1].effects, library):
            write(self.records[-1].effects, library)

    def keep(self, record: TaskRecord | StepRecord, library: Library) -> None:
        """Keep a record for good, and then do to the library what it says.

        Raises:
            InputError: The journal can't be written.
            LibraryError: The library can't be written.
        """
        self.add(record)
        write(record.effects, library)

    def _read(self, path: Path) -> None:
        try:
            whole = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror or error}") from error
        lines = whole.split(b"\n")
        for number, line in enumerate(lines[:-1], start=1):
            try:
                self.records.append(_RECORD.validate_json(line))
            except ValidationError as error:
                raise InputError(f"{path}, line {number}: it is no record of learning: {error}") from error
        if lines[-1]:
            with path.open("r+b") as file:
                file.truncate(len(whole) - len(lines[-1]))
