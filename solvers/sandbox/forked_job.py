"""A job of the fork server, supervised by whichever thread asked for it: one loop over its pipes, clocks and limits."""

import contextlib
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from typing import Self

from steepest.solvers.sandbox.errors import SandboxError
from steepest.solvers.sandbox.flavours import Kind
from steepest.solvers.sandbox.fork_server import ForkServer
from steepest.solvers.sandbox.inside.channel import CONFINED
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.outcomes import FailureKind
from steepest.solvers.sandbox.running_job import (
    Cancellation,
    JobCancelledError,
    JobEnd,
    JobEndedError,
    ResourceCaps,
)
from steepest.solvers.sandbox.server.wire import (
    KILL,
    LARGEST_MESSAGE,
    CounterHandedOver,
    Ended,
    ForkRequest,
    NotStarted,
    Started,
    decode,
)
from steepest.solvers.sandbox.timing import cpu_clock

_POLL_SECONDS = 0.02
"""Between two looks at the memory: a job may overshoot for so long."""
_GRACE_SECONDS = 10.0
"""After a kill: the kernel needs moments to take a large process apart."""
_CHUNK = 1 << 16
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class ForkedJob:
    """A running job; a context manager, whose exit ends the job if it still runs.

    Raises:
        ServerDiedError: The server is gone, and the job with it; any method.
        JobCancelledError: The cancellation was used; any method.
    """

    def __init__(
        self, server: ForkServer, kind: Kind, caps: ResourceCaps, cancellation: Cancellation | None = None
    ) -> None:
        self.pid = 0
        self.counter: int | None = None
        self._server = server
        self._begin = time.perf_counter()
        self._deadline = self._begin + caps.wall_seconds
        self._caps = caps
        self._base_bytes = server.ready.inherited_bytes
        self._peak_bytes = 0
        self._cpu_seconds = 0.0
        self._result = bytearray()
        self._output = bytearray()
        self._read_to = len(CONFINED)
        """How much of the result `read_line` has given out."""
        self._unsent: deque[memoryview] = deque()
        self._hangs_up = False
        self._killed_for: FailureKind | None = None
        self._ended: Ended | None = None
        self._open = contextlib.ExitStack()
        """What is to be closed at the end."""
        try:
            self._start(kind, cancellation)
        except OSError as error:
            self._open.close()
            raise SandboxError(f"no job can be started: {error}") from error
        except BaseException:
            self._open.close()
            raise

    def _start(self, kind: Kind, cancellation: Cancellation | None) -> None:
        """Ask the server for the job and watch our ends of its pipes."""
        self._selector = self._open.enter_context(selectors.DefaultSelector())
        with contextlib.ExitStack() as handed_over:
            status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._status = self._open.enter_context(status)
            handed_over.enter_context(theirs)
            their_request, self._request = self._pipe(handed_over, job_reads=True)
            their_output, self._output_end = self._pipe(handed_over, job_reads=False)
            their_result, self._result_end = self._pipe(handed_over, job_reads=False)
            request = ForkRequest(kind, self._caps.memory_bytes, self._caps.cpu_seconds)
            self._server.fork(request, (theirs.fileno(), their_request, their_output, their_result))
        self._watch(self._status.fileno(), self._on_status)
        self._watch(self._output_end.fileno(), lambda: self._on_data(self._output_end, self._output))
        self._watch(self._result_end.fileno(), lambda: self._on_data(self._result_end, self._result))
        if cancellation is not None:
            self._watch(self._open.enter_context(cancellation.watched()), _cancel)

    def _pipe(self, handed_over: contextlib.ExitStack, *, job_reads: bool) -> tuple[int, FileIO]:
        """The job's end of a new pipe, closed here once it is handed over, and ours."""
        read, write = (FileIO(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
        theirs, ours = (read, write) if job_reads else (write, read)
        handed_over.enter_context(theirs)
        os.set_blocking(ours.fileno(), False)
        return theirs.fileno(), self._open.enter_context(ours)

    def _watch(self, descriptor: int, react: Callable[[], object]) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ, react)

    def __enter__(self) -> Self:
        try:
            self._pump_until(lambda: self.pid != 0 or self._ended is not None)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._ended is None:
            # Said as well as shown by closing: a process forked from this one may hold a copy of the socket.
            with contextlib.suppress(OSError):
                self._status.send(KILL)
                self._status.shutdown(socket.SHUT_RDWR)
        self._open.close()

    def send(self, data: bytes) -> None:
        """Hand data to the job; they are written while its lines or its end are waited for."""
        if not data or self._request.closed:
            return
        if not self._unsent:
            self._selector.register(self._request, selectors.EVENT_WRITE, self._on_writable)
        self._unsent.append(memoryview(data))
        self._on_writable()  # mostly the pipe takes it at once

    def read_line(self) -> bytes:
        """The next line of its result, without the newline.

        Raises:
            JobEndedError: It ended, or was killed, before there was one.
        """
        searched = self._read_to
        while (end := self._result.find(b"\n", searched)) < 0:
            searched = len(self._result)
            if not self._has_more():
                raise JobEndedError
        line = bytes(self._result[self._read_to : end])
        self._read_to = end + 1
        return line

    def _has_more(self) -> bool:
        """Wait for more of the result; whether there may be any."""
        if self._killed_for is not None:
            return False
        if self._ended is None:
            self._step()
            return True
        before = len(self._result)
        self._drain()
        return len(self._result) > before

    def is_ahead(self) -> bool:
        """Whether it has sent more than was read."""
        self._on_data(self._result_end, self._result)
        return len(self._result) > self._read_to

    def end(self) -> JobEnd:
        """Say that nothing more will be sent, and wait until it is gone."""
        self._hangs_up = True
        if not self._unsent:
            self._request.close()
        self._pump_until(lambda: self._ended is not None)
        self._drain()
        ended = self._ended
        assert ended is not None  # noqa: S101 (what was waited for)
        return JobEnd(
            is_confined=self._result.startswith(CONFINED),
            result=bytes(self._result[len(CONFINED) :]),
            output=bytes(self._output),
            killed_for=self._killed_for,
            exit_code=os.waitstatus_to_exitcode(ended.status),
            seconds=time.perf_counter() - self._begin,
            cpu_seconds=max(self._cpu_seconds, ended.cpu_seconds),
            peak_bytes=max(self._peak_bytes, ended.peak_bytes - self._base_bytes, 0),
        )

    def _drain(self) -> None:
        """Read what a job that is gone has left in its pipes; whether others hold their ends does not matter then."""
        for end, buffer in ((self._output_end, self._output), (self._result_end, self._result)):
            while self._on_data(end, buffer):
                continue

    def _pump_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._step()

    def _step(self) -> None:
        """Wait a moment for whatever comes, and look at the limits."""
        remaining = self._deadline - time.perf_counter()
        for key, _ in self._selector.select(min(_POLL_SECONDS, max(remaining, 0.0))):
            key.data()
        if time.perf_counter() > self._deadline:
            self._out_of_time()
        if self.pid and self._ended is None:
            self._watch_usage()

    def _out_of_time(self) -> None:
        if self._killed_for is not None:
            raise self._server.lost(f"it has not killed a job in {_GRACE_SECONDS:g} seconds")
        self._kill("timeout")

    def _watch_usage(self) -> None:
        try:
            with open(f"/proc/{self.pid}/statm") as statm:
                resident = int(statm.read().split()[1]) * _PAGE - self._base_bytes
            self._cpu_seconds = time.clock_gettime(cpu_clock(self.pid))
        except (OSError, IndexError):
            return  # it has just ended
        self._peak_bytes = max(self._peak_bytes, resident)
        if resident > self._caps.memory_bytes:
            self._kill("memory")

    def _kill(self, reason: FailureKind) -> None:
        """Have the server, which knows whether the pid is still the job's, kill it."""
        if self._killed_for is not None or self._ended is not None:
            return
        self._killed_for = reason
        self._deadline = time.perf_counter() + _GRACE_SECONDS
        with contextlib.suppress(OSError):  # it has just ended
            self._status.send(KILL)

    def _on_status(self) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._status, LARGEST_MESSAGE, 1)
        except ConnectionResetError:
            return  # the server closed its end before it read our request to kill; what it sent comes next
        if not packet:
            if self._ended is None:
                raise self._server.lost("it died while a job ran")
            self._selector.unregister(self._status)
            return
        match decode(packet):
            case Started(pid):
                self.pid = pid
            case NotStarted(reason):
                raise SandboxError(f"the system refuses a process for the job: {reason}")
            case CounterHandedOver(True):
                self.counter = descriptors[0]
                self._open.callback(os.close, self.counter)
            case Ended() as ended:
                self._ended = self._ended or ended  # the first is from the process nearest to the job
            case _:
                return

    def _on_writable(self) -> None:
        try:
            written = os.write(self._request.fileno(), self._unsent[0][:_CHUNK])
        except BlockingIOError:
            return
        except BrokenPipeError:  # it has ended or hung up; how, its status will tell
            self._unsent.clear()
            self._all_sent(hangs_up=True)
            return
        rest = self._unsent.popleft()[written:]
        if rest:
            self._unsent.appendleft(rest)
        if not self._unsent:
            self._all_sent(hangs_up=self._hangs_up)

    def _all_sent(self, *, hangs_up: bool) -> None:
        self._selector.unregister(self._request)
        if hangs_up:
            self._request.close()

    def _on_data(self, end: FileIO, buffer: bytearray) -> bool:
        """Take what a pipe holds; whether there may be more."""
        if end.closed:
            return False
        data = end.read(_CHUNK)
        if data is None:
            return False
        if not data:
            self._selector.unregister(end)
            end.close()
            return False
        cap = self._caps.result_bytes if end is self._result_end else self._caps.output_bytes
        buffer += data[: max(cap - len(buffer), 0)]
        if len(buffer) >= cap:
            self._kill("output")
        return True


@dataclass(frozen=True, slots=True)
class ForkRunner:
    """Starts jobs on one fork server."""

    server: ForkServer
    cancellation: Cancellation | None

    @property
    def isolation(self) -> Isolation:
        """What is in force in its jobs."""
        return self.server.isolation

    def start(self, kind: Kind, caps: ResourceCaps) -> ForkedJob:
        """Start a job."""
        return ForkedJob(self.server, kind, caps, self.cancellation)


def _cancel() -> None:
    raise JobCancelledError
