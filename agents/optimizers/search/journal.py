"""The records of a search's steps in a file, one line of JSON each.

The file only grows. A line that was torn by a kill is left out, and what stands after it overrules it; of several
records of one step the last one stands.
"""

import os
from itertools import count, takewhile
from pathlib import Path

from pydantic import ValidationError

from steepest.agents.optimizers.search.records import StepRecord
from steepest.errors import InputError

__all__ = ["Journal"]


class Journal:
    """Where step records go.

    Args:
        path: The file; None keeps none.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def read(self) -> list[StepRecord]:
        """The records, ascending by step without a gap; what comes after a gap is left out.

        Raises:
            InputError: The file can't be read, or a line other than the last is no record.
        """
        if self._path is None or not self._path.exists():
            return []
        try:
            lines = self._path.read_bytes().split(b"\n")
        except OSError as error:
            raise InputError(f"{self._path} can't be read: {error.strerror or error}") from error
        found: dict[int, StepRecord] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = StepRecord.model_validate_json(line)
            except ValidationError as error:
                if number >= len(lines) - 1:  # torn by a kill: the step is made again
                    continue
                raise self._broken(number, error) from error
            found[record.step] = record
        return [found[step] for step in takewhile(found.__contains__, count())]

    def write(self, record: StepRecord) -> None:
        """Add a record; it outlives the process when this returns.

        Raises:
            InputError: The file can't be written.
        """
        if self._path is None:
            return
        line = record.model_dump_json(exclude_defaults=True).encode() + b"\n"
        try:
            with self._path.open("ab") as file:
                if file.tell() and not _ends_with_newline(self._path):
                    line = b"\n" + line
                file.write(line)
        except OSError as error:
            raise InputError(f"{self._path} can't be written: {error.strerror or error}") from error

    def _broken(self, number: int, error: Exception) -> InputError:
        return InputError(f"{self._path}, line {number}, is no record of a step: {error}")


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
