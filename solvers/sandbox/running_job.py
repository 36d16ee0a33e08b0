"""One running job as its supervisor sees it: what it may use, what can be said to it, and how it ended."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, Self

from steepest.solvers.sandbox.limits import Limits
from steepest.solvers.sandbox.outcomes import FailureKind

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ResourceCaps:
    """The limits of one process of a job, in bytes and seconds."""

    wall_seconds: float
    cpu_seconds: float
    memory_bytes: int
    output_bytes: int
    result_bytes: int


def resource_caps(limits: Limits, *, result_mib: int | None = None, wall_seconds: float | None = None) -> ResourceCaps:
    """The caps that limits mean, some of them replaced."""
    return ResourceCaps(
        wall_seconds=limits.wall_seconds if wall_seconds is None else wall_seconds,
        cpu_seconds=limits.cpu_seconds,
        memory_bytes=limits.memory_mib * _MIB,
        output_bytes=limits.output_kib * 1024,
        result_bytes=(limits.result_mib if result_mib is None else result_mib) * _MIB,
    )


class Cancellation:
    """A way for another thread to end a job, whether it waits or runs.

    A running job's supervisor waits on descriptors, so while one runs there is a pipe.
    """

    def __init__(self) -> None:
        self.is_cancelled = False
        self._lock = threading.Lock()
        self._write: int | None = None

    def cancel(self) -> None:
        """End the job, now or as soon as it has started."""
        with self._lock:
            self.is_cancelled = True
            if self._write is not None:
                os.write(self._write, b"c")

    @contextmanager
    def watched(self) -> Iterator[int]:
        """A descriptor that can be read once the job is cancelled."""
        read, write = os.pipe()
        with self._lock:
            self._write = write
            if self.is_cancelled:
                os.write(write, b"c")
        try:
            yield read
        finally:
            with self._lock:
                self._write = None
            os.close(read)
            os.close(write)


class JobCancelledError(Exception):
    """The job was ended on request, and whoever asked is told so by other means."""


class JobEndedError(Exception):
    """There will be no further line: the job is gone, or was killed for a limit."""


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job ended, before anything it sent was looked at."""

    is_confined: bool
    """Whether it got so far that foreign code could run: an end before that is the sandbox's own failure."""
    result: bytes
    output: bytes
    killed_for: FailureKind | None
    """The limit for which the supervisor killed it."""
    exit_code: int
    """Negative: the signal that ended it."""
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """Memory beyond what the server had."""


class RunningJob(Protocol):
    """A job that runs; leaving its context ends it if it still does."""

    pid: int
    """Of the process that runs the code, as the supervisor sees it."""
    counter: int | None
    """Descriptor that counts the instructions of a timing job, where the machine has such a counter."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def send(self, data: bytes) -> None:
        """Hand data to the job; they are written while its lines or its end are waited for."""
        ...

    def read_line(self) -> bytes:
        """The next line of its result, without the newline.

        Raises:
            JobEndedError: It ended, or was killed, before there was one.
        """
        ...

    def is_ahead(self) -> bool:
        """Whether it has sent more than was read."""
        ...

    def end(self) -> JobEnd:
        """Say that nothing more will be sent, and wait until it is gone."""
        ...
