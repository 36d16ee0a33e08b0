"""The records of a search's steps in a file, one line of JSON each.

A last line that was torn, by a disk that was full or power that went, is left out and cut off when the next one is
written; of several records of one step the last one stands.
"""

import os
from itertools import count, takewhile
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from steepest.agents.optimizers.search.records import StepRecord
from steepest.errors import InputError

__all__ = ["Journal"]

_BLOCK = 1 << 16
"""Bytes that are looked at for the beginning of the last line."""


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
                if number == len(lines):  # torn, without its line break: the step is made again
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
            with self._path.open("ab+") as file:
                _end_line(file)
                file.write(line)
        except OSError as error:
            raise InputError(f"{self._path} can't be written: {error.strerror or error}") from error

    def _broken(self, number: int, error: Exception) -> InputError:
        return InputError(f"{self._path}, line {number}, is no record of a step: {error}")


def _end_line(file: BinaryIO) -> None:
    """Have the file end with a whole line: cut off one that was torn, end one that lacks its line break alone."""
    size = file.seek(0, os.SEEK_END)
    start, tail = size, b""
    while start and not tail.count(b"\n"):
        start = max(0, start - _BLOCK)
        file.seek(start)
        tail = file.read(size - start)
    last = tail.rpartition(b"\n")[2]
    if not last:
        return
    try:
        StepRecord.model_validate_json(last)
    except ValidationError:
        file.truncate(size - len(last))
    else:
        file.write(b"\n")
