"""A job of the fork server, supervised by whichever thread asked for it: one loop over its pipes, clocks and limits."""

import contextlib
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
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
        self._status, self._request, self._output_end, self._result_end = _fork(server, kind, caps)
        self._open = {self._request, self._output_end, self._result_end}
        self._selector = selectors.DefaultSelector()
        self._handlers: dict[int, Callable[[], None]] = {
            self._status.fileno(): self._on_status,
            self._request: self._on_writable,
            self._output_end: lambda: self._on_data(self._output_end, self._output, self._caps.output_bytes),
            self._result_end: lambda: self._on_data(self._result_end, self._result, self._caps.result_bytes),
        }
        for readable in (self._status.fileno(), self._output_end, self._result_end):
            self._selector.register(readable, selectors.EVENT_READ)
        if cancellation is not None:
            self._handlers[cancellation.descriptor] = _cancel
            self._selector.register(cancellation.descriptor, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        try:
            self._pump_until(lambda: self.pid != 0 or self._is_over)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        self._status.close()  # the server kills a job whose status socket is closed
        for descriptor in self._open:
            os.close(descriptor)
        self._open.clear()

    def send(self, data: bytes) -> None:
        """Hand data to the job; they are written while its lines or its end are waited for."""
        if not data or self._request not in self._open:
            return
        if not self._unsent:
            self._selector.register(self._request, selectors.EVENT_WRITE)
        self._unsent.append(memoryview(data))
        self._on_writable()  # mostly the pipe takes it at once

    def read_line(self) -> bytes:
        """The next line of its result, without the newline.

        Raises:
            JobEndedError: It ended, or was killed, before there was one.
        """
        searched = self._read_to
        while (end := self._result.find(b"\n", searched)) < 0:
            if self._killed_for or self._result_end not in self._open:
                raise JobEndedError
            searched = len(self._result)
            self._step()
        line = bytes(self._result[self._read_to : end])
        self._read_to = end + 1
        return line

    def is_ahead(self) -> bool:
        """Whether it has sent more than was read."""
        for key, _ in self._selector.select(0):
            self._handlers[key.fd]()
        return len(self._result) > self._read_to

    def end(self) -> JobEnd:
        """Say that nothing more will be sent, and wait until it is gone."""
        self._hangs_up = True
        if not self._unsent:
            self._close(self._request)
        self._pump_until(lambda: self._is_over)
        ended = self._ended
        assert ended is not None  # noqa: S101 (what `_is_over` says)
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

    @property
    def _is_over(self) -> bool:
        """It is gone, and all that it sent has been read."""
        return self._ended is not None and not self._open & {self._output_end, self._result_end}

    def _pump_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._step()

    def _step(self) -> None:
        """Wait a moment for whatever comes, and look at the limits."""
        remaining = self._deadline - time.perf_counter()
        for key, _ in self._selector.select(min(_POLL_SECONDS, max(remaining, 0.0))):
            if key.fd in self._handlers:
                self._handlers[key.fd]()
        if time.perf_counter() > self._deadline:
            self._out_of_time()
        if self.pid and self._ended is None:
            self._watch_usage()

    def _out_of_time(self) -> None:
        if self._killed_for is not None:
            raise SandboxError(f"a job is still there {_GRACE_SECONDS:g} seconds after it was killed")
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
            self._selector.unregister(self._status.fileno())
            return
        match decode(packet):
            case Started(pid):
                self.pid = pid
            case CounterHandedOver(True):
                self.counter = descriptors[0]
                self._open.add(self.counter)
            case Ended() as ended:
                self._ended = self._ended or ended  # the first is from the process nearest to the job
            case _:
                return

    def _on_writable(self) -> None:
        try:
            written = os.write(self._request, self._unsent[0][:_CHUNK])
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._unsent.clear()
            self._selector.unregister(self._request)
            self._close(self._request)  # it has ended or hung up; how, its status will tell
            return
        rest = self._unsent[0][written:]
        self._unsent.popleft()
        if rest:
            self._unsent.appendleft(rest)
        if not self._unsent:
            self._selector.unregister(self._request)
            if self._hangs_up:
                self._close(self._request)

    def _on_data(self, descriptor: int, buffer: bytearray, cap: int) -> None:
        data = os.read(descriptor, _CHUNK)
        if not data:
            self._selector.unregister(descriptor)
            self._close(descriptor)
            return
        buffer += data[: max(cap - len(buffer), 0)]
        if len(buffer) >= cap:
            self._kill("output")

    def _close(self, descriptor: int) -> None:
        if descriptor in self._open:
            self._open.remove(descriptor)
            os.close(descriptor)


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


def _fork(server: ForkServer, kind: Kind, caps: ResourceCaps) -> tuple[socket.socket, int, int, int]:
    """Ask the server for the job and give our ends: status socket, request pipe, output pipe, result pipe."""
    status, their_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    their_request, request = os.pipe()
    output, their_output = os.pipe()
    result, their_result = os.pipe()
    theirs = (their_status.fileno(), their_request, their_output, their_result)
    try:
        server.fork(ForkRequest(kind, caps.memory_bytes, caps.cpu_seconds), theirs)
    except BaseException:
        status.close()
        for descriptor in (request, output, result):
            os.close(descriptor)
        raise
    finally:
        their_status.close()
        for descriptor in theirs[1:]:
            os.close(descriptor)
    os.set_blocking(request, False)
    return status, request, output, result
