"""The records of a search's steps in a file, one line of JSON each: written as steps end, read when they are looked at.

A last line that was torn, by a disk that was full or power that went, is left out and cut off when the next one is
written; of several records of one step the last one stands.
"""

import os
import tempfile
import weakref
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice, takewhile
from pathlib import Path
from typing import IO, Literal, overload

from pydantic import ValidationError

from steepest.agents.optimizers.search.records import StepRecord
from steepest.errors import InputError

__all__ = ["Journal", "Records"]

_BLOCK = 1 << 16
"""Bytes that are looked at for the beginning of the last line."""
_IN_MEMORY = 1 << 20
"""Bytes of a journal without a path that stay in memory; a longer one is in a temporary file."""


class Records(Sequence[StepRecord]):
    """The records of a journal as it was when this was made, ascending by step. Each is read when it is asked for.

    Raises:
        InputError: What they lie in is gone, or was changed.
    """

    def __init__(self, journal: "Journal", places: Sequence[int]) -> None:
        self._journal = journal
        self._places = array("q", places)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, step: int) -> StepRecord: ...
    @overload
    def __getitem__(self, step: slice) -> list[StepRecord]: ...
    def __getitem__(self, step: int | slice) -> StepRecord | list[StepRecord]:
        if isinstance(step, slice):
            return list(self._journal.at(self._places[step]))
        return next(self._journal.at([self._places[step]]))

    def __iter__(self) -> Iterator[StepRecord]:
        return self._journal.at(self._places)


class Journal:
    """Where step records go.

    Args:
        path: The file; None for a temporary one, which vanishes with this.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._temporary: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (as long as this is)
        weakref.finalize(self, self._temporary.close)

    def read(self, most: int | None = None) -> Records:
        """The records, ascending by step without a gap; what comes after a gap is left out.

        Args:
            most: How many; all unless given.

        Raises:
            InputError: The file can't be read, or a line other than the last is no record.
        """
        if self._path is not None and not self._path.exists():
            return Records(self, [])
        places: dict[int, int] = {}
        end = 0
        with self._opened("rb", "read") as file:
            file.seek(0)
            for number, line in enumerate(file, start=1):
                place, end = end, end + len(line)
                if not line.strip():
                    continue
                try:
                    places[StepRecord.model_validate_json(line).step] = place
                except ValidationError as error:
                    if line.endswith(b"\n"):  # else it was torn, and the step is made again
                        raise self._broken(number, error) from error
        steps = islice(takewhile(places.__contains__, count()), most)
        return Records(self, [places[step] for step in steps])

    def at(self, places: Sequence[int]) -> Iterator[StepRecord]:
        """The records whose lines begin at some places.

        Raises:
            InputError: The file can't be read, or something else stands there by now.
        """
        if not places:
            return
        with self._opened("rb", "read") as file:
            for place in places:
                file.seek(place)
                try:
                    record = StepRecord.model_validate_json(file.readline())
                except ValidationError as error:
                    raise InputError(f"{self._path} was changed while its records were read: {error}") from error
                yield record

    def write(self, record: StepRecord) -> None:
        """Add a record; in a file of its own it outlives the process when this returns.

        Raises:
            InputError: The file can't be written.
        """
        line = record.model_dump_json(exclude_defaults=True).encode() + b"\n"
        with self._opened("ab+", "written") as file:
            _end_line(file)
            file.write(line)

    @contextmanager
    def _opened(self, mode: Literal["rb", "ab+"], failing: str) -> Iterator[IO[bytes]]:
        if self._path is None:
            yield self._temporary
            return
        try:
            with self._path.open(mode) as file:
                yield file
        except OSError as error:
            raise InputError(f"{self._path} can't be {failing}: {error.strerror or error}") from error

    def _broken(self, number: int, error: Exception) -> InputError:
        return InputError(f"{self._path}, line {number}, is no record of a step: {error}")


def _end_line(file: IO[bytes]) -> None:
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
