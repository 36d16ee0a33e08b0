"""A fresh process for each job, with limits where the system has them and no boundary at all: `Isolation.UNSAFE`.

For systems without Landlock and seccomp, where the user asks for it by name. It works wherever Python has
subprocesses: the request goes in by standard input, the result comes out by standard output, and what the code prints
by standard error.
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, Self

from steepest.solvers.clean_python import start_python
from steepest.solvers.sandbox.flavours import Kind
from steepest.solvers.sandbox.inside.channel import CONFINED
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.outcomes import FailureKind
from steepest.solvers.sandbox.running_job import Cancellation, JobCancelledError, JobEnd, JobEndedError, ResourceCaps

_ENTRY = "steepest.solvers.sandbox.inside.fresh:start"
_GRACE_SECONDS = 1.0
"""After the process is gone: what it started in a session of its own may keep its pipes open for ever."""
_POLL_SECONDS = 0.05
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class FreshProcesses:
    """Starts jobs as processes of their own."""

    cancellation: Cancellation | None

    @property
    def isolation(self) -> Isolation:
        """None: the code has all rights of the user."""
        return Isolation.UNSAFE

    def start(self, kind: Kind, caps: ResourceCaps) -> "FreshJob":
        """Start a job."""
        return FreshJob(kind, caps, self.cancellation)


class FreshJob:
    """A running job; a context manager, whose exit ends the job if it still runs.

    Raises:
        JobCancelledError: The cancellation was used; any method.
    """

    def __init__(self, kind: Kind, caps: ResourceCaps, cancellation: Cancellation | None) -> None:
        self._begin = time.perf_counter()
        self._caps = caps
        self._cancellation = cancellation
        self._buffers = {"result": bytearray(), "output": bytearray()}
        self._read_to = len(CONFINED)
        self._killed_for: FailureKind | None = None
        self._data: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        options = {"kind": kind, "memory_bytes": caps.memory_bytes, "cpu_seconds": caps.cpu_seconds}
        self._process = start_python(_ENTRY, options, environment=None)
        self.pid = self._process.pid
        self.counter: int | None = None
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin and stdout and stderr  # noqa: S101, PT018 (for the type checker: they were asked for as pipes)
        self._open = {"result", "output"}
        self._gone_since: float | None = None
        self._threads = [
            threading.Thread(target=_read, args=("result", stdout, self._data), daemon=True),
            threading.Thread(target=_read, args=("output", stderr, self._data), daemon=True),
            threading.Thread(target=_write, args=(stdin, self._requests), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._requests.put(None)
        if self._process.returncode is None:
            self._end_processes()
            self._process.wait()
        for thread in self._threads:
            thread.join(_GRACE_SECONDS)  # one whose pipe a stray process holds waits for its end, and then closes it

    def send(self, data: bytes) -> None:
        """Hand data to the job; a thread writes them."""
        self._requests.put(data)

    def read_line(self) -> bytes:
        """The next line of its result, without the newline.

        Raises:
            JobEndedError: It ended, or was killed, before there was one.
        """
        result = self._buffers["result"]
        while (end := result.find(b"\n", self._read_to)) < 0:
            if self._killed_for or "result" not in self._open:
                raise JobEndedError
            self._step()
        line = bytes(result[self._read_to : end])
        self._read_to = end + 1
        return line

    def is_ahead(self) -> bool:
        """Whether it has sent more than was read."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._take(*self._data.get_nowait())
        return len(self._buffers["result"]) > self._read_to

    def end(self) -> JobEnd:
        """Say that nothing more will be sent, and wait until it is gone."""
        self._requests.put(None)
        while self._open and not self._is_long_gone():
            self._step()
        exit_code, cpu_seconds, peak_bytes = _ended(self._process)
        result = self._buffers["result"]
        return JobEnd(
            is_confined=result.startswith(CONFINED),
            result=bytes(result[len(CONFINED) :]),
            output=bytes(self._buffers["output"]),
            killed_for=self._killed_for,
            exit_code=exit_code,
            seconds=time.perf_counter() - self._begin,
            cpu_seconds=cpu_seconds,
            peak_bytes=peak_bytes,
        )

    def _step(self) -> None:
        """Wait a moment for whatever comes, and look at the limits."""
        if self._cancellation is not None and self._cancellation.is_cancelled:
            raise JobCancelledError
        with contextlib.suppress(queue.Empty):
            self._take(*self._data.get(timeout=_POLL_SECONDS))
        if time.perf_counter() - self._begin > self._caps.wall_seconds:
            self._kill("timeout")

    def _is_long_gone(self) -> bool:
        """Whether the process has ended and nothing of it can be on its way any more."""
        if self._gone_since is None and _has_ended(self.pid):
            self._gone_since = time.perf_counter()
        return self._gone_since is not None and time.perf_counter() - self._gone_since > _GRACE_SECONDS

    def _take(self, stream: str, data: bytes) -> None:
        if not data:
            self._open.discard(stream)
            return
        buffer = self._buffers[stream]
        cap = self._caps.result_bytes if stream == "result" else self._caps.output_bytes
        buffer += data[: max(cap - len(buffer), 0)]
        if len(buffer) >= cap:
            self._kill("output")

    def _kill(self, reason: FailureKind) -> None:
        if self._killed_for is None:
            self._killed_for = reason
            self._end_processes()

    def _end_processes(self) -> None:
        """The job and what it started, as far as that stayed in its session."""
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; it is left to be waited for, which is when its usage is told."""
    if not hasattr(os, "waitid"):
        return False
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _ended(process: "subprocess.Popen[bytes]") -> tuple[int, float, int]:
    """Exit code, processor seconds and peak bytes of a process whose pipes are closed; no figures on Windows."""
    if not hasattr(os, "wait4"):
        return process.wait(), 0.0, 0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit


def _read(name: str, stream: IO[bytes], data: "queue.SimpleQueue[tuple[str, bytes]]") -> None:
    with stream:
        while chunk := os.read(stream.fileno(), _CHUNK):
            data.put((name, chunk))
    data.put((name, b""))


def _write(stream: IO[bytes], requests: "queue.SimpleQueue[bytes | None]") -> None:
    with contextlib.suppress(OSError), stream:  # it has ended or hung up; how, its end will tell
        while (request := requests.get()) is not None:
            stream.write(request)
            stream.flush()
