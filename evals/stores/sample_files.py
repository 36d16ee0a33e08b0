"""Samples as lines of JSON: appended one at a time, found again by their place in the file."""

import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.errors import InputError
from steepest.evals.samples import Sample, SampleKey, Verdict

__all__ = ["SampleFile", "SamplePlace", "find_samples", "read_sample"]

SYNC_SECONDS = 1.0
_START = re.compile(rb'\{"id":')
"""How a record starts, and perhaps other objects in it; inside a JSON text the quotes would be escaped."""


class _Head(BaseModel):
    """The part of a sample that says which one it is."""

    model_config = ConfigDict(frozen=True)

    id: str
    epoch: int = 1
    verdict: Verdict
    finished: datetime

    @property
    def rank(self) -> tuple[bool, datetime]:
        """Which of two records of one attempt stands: one that says something about the method, then the later."""
        return self.verdict != "infrastructure_error", self.finished


@dataclass(frozen=True, slots=True)
class SamplePlace:
    """Where the standing record of an attempt is."""

    path: Path
    offset: int
    length: int
    verdict: Verdict
    rank: tuple[bool, datetime]


def find_samples(files: Iterable[Path]) -> dict[SampleKey, SamplePlace]:
    """The places of all whole records, one for each problem and epoch. A torn last line is passed over.

    Raises:
        InputError: A line in the middle is no sample; the message says which and how to repair the file.
    """
    places: dict[SampleKey, SamplePlace] = {}
    for path in files:
        for offset, number, line in _lines(path):
            head, start = _read_head(path, number, line)
            place = SamplePlace(path, offset + start, len(line) - start, head.verdict, head.rank)
            known = places.get(key := SampleKey(head.id, head.epoch))
            if known is None or place.rank >= known.rank:
                places[key] = place
    return places


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Offset, number and bytes of each whole line that is not blank."""
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n") and not line.isspace():
                yield offset, number, line
            offset += len(line)


def _read_head(path: Path, number: int, line: bytes) -> tuple[_Head, int]:
    """What the line says, and where in it the record starts.

    Put together with `cat`, a file with a torn last line leaves the tear before a whole record, in one line.
    """
    reason = ""
    for start in (0, *(match.start() for match in _START.finditer(line, 1))):
        try:
            return _Head.model_validate_json(line[start:]), start
        except ValidationError as error:
            reason = reason or error.errors()[0]["msg"]
    raise InputError(
        f"{path}, line {number}: this is no sample ({reason}). Delete the line: that attempt is then made again, "
        "from the kept replies where the run still has them."
    )


def read_sample(place: SamplePlace) -> Sample:
    """Read a record.

    Raises:
        InputError: It is not what this version of steepest writes.
    """
    with place.path.open("rb") as file:
        file.seek(place.offset)
        line = file.read(place.length)
    try:
        return Sample.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(f"{place.path}: a sample can't be read: {field}: {first['msg']}") from error


class SampleFile:
    """A file of samples that this process appends to.

    Each record is handed to the system in one piece before `append` returns, so a kill of the process loses none. The
    first record after a second, and the end, force all of them onto the disk: a power cut may cost the records since
    then, whose attempts are made again from the kept replies.

    Raises:
        OSError: The file can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self._lock = threading.Lock()
        self._size = _whole_size(self._descriptor)
        os.ftruncate(self._descriptor, self._size)
        self._synced = monotonic()
        self._is_closed = False

    def append(self, sample: Sample) -> None:
        """Add a record.

        Raises:
            InputError: It can't be written; the file is then as it was before.
        """
        line = sample.model_dump_json().encode() + b"\n"
        with self._lock:
            try:
                self._write(line)
                self._sync_at_times()
            except OSError as error:
                os.ftruncate(self._descriptor, self._size)
                raise InputError(
                    f"{self.path} can't be written ({error.strerror}). What was recorded so far is whole: make room, "
                    "and give the same command again to continue."
                ) from error
            self._size += len(line)

    def close(self) -> None:
        """Force everything onto the disk and close the file."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                os.fsync(self._descriptor)
                os.close(self._descriptor)

    def _write(self, line: bytes) -> None:
        os.lseek(self._descriptor, self._size, os.SEEK_SET)
        written = os.write(self._descriptor, line)
        while written < len(line):  # the system took a part: the next call takes the rest or says what is wrong
            written += os.write(self._descriptor, line[written:])

    def _sync_at_times(self) -> None:
        if monotonic() - self._synced >= SYNC_SECONDS:
            os.fsync(self._descriptor)
            self._synced = monotonic()


def _whole_size(descriptor: int) -> int:
    """Bytes up to the end of the last whole line."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    while end > 0:
        start = max(0, end - (1 << 16))
        os.lseek(descriptor, start, os.SEEK_SET)
        found = os.read(descriptor, end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
