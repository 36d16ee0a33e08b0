"""The supervisor's side of a fork server: start it, ask it for forks, end it."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
import weakref
from dataclasses import asdict

from steepest.solvers.clean_python import start_python
from steepest.solvers.sandbox.errors import SandboxError, SandboxUnavailableError, ServerDiedError
from steepest.solvers.sandbox.flavours import FLAVOURS, Flavour
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.server.main import ServerOptions
from steepest.solvers.sandbox.server.wire import (
    LARGEST_MESSAGE,
    ForkRequest,
    ServerReady,
    ServerUnavailable,
    decode,
    encode,
)

_ENTRY = "steepest.solvers.sandbox.server.main:start"
_START_SECONDS = 60.0
_END_SECONDS = 5.0
_MOST_WORDS = 2000


class ForkServer:
    """One running server process; it ends when its control socket closes, so also when this process dies."""

    def __init__(self, process: "subprocess.Popen[bytes]", control: socket.socket, ready: ServerReady) -> None:
        self._process = process
        self._control = control
        self._is_lost = False
        self.ready = ready
        self.close = weakref.finalize(self, _end, process, control)
        """End the server and, with it, its jobs; also done when nobody holds the server any more."""

    @property
    def isolation(self) -> Isolation:
        """What is in force in its jobs."""
        return Isolation(self.ready.isolation)

    @property
    def is_alive(self) -> bool:
        """Whether it can still fork."""
        return not self._is_lost and self._process.poll() is None

    def lost(self, reason: str) -> ServerDiedError:
        """The error of a server that hung up or hangs; it is ended for good, and with it its jobs."""
        self._is_lost = True
        self._process.kill()
        return ServerDiedError(f"the sandbox's fork server is gone: {reason}")

    def fork(self, request: ForkRequest, descriptors: tuple[int, int, int, int]) -> None:
        """Ask for a job; safe from many threads, since a request is one packet.

        Args:
            request: What to fork.
            descriptors: Status socket, request pipe, output pipe and result pipe; the caller closes its copies.

        Raises:
            ServerDiedError: It is gone.
        """
        try:
            socket.send_fds(self._control, [encode(request)], descriptors)
        except OSError as error:
            raise self.lost(str(error)) from error


class ForkServers:
    """The servers of a sandbox, a flavour each: started when first asked for, and again when one has died.

    Args:
        isolation: What to run jobs under; None for the strongest that can be had.
        preload: Modules to import on top of the flavours' own.
    """

    def __init__(self, isolation: Isolation | None, preload: tuple[str, ...]) -> None:
        self._isolation = isolation
        self._preload = preload
        self._running: dict[str, ForkServer] = {}
        self._locks = {name: threading.Lock() for name in FLAVOURS}
        self._is_closed = False

    def running(self, flavour: Flavour) -> ForkServer:
        """A server of this flavour that is alive.

        Raises:
            SandboxUnavailableError: The isolation can't be had; the message says why.
            SandboxError: The server ended before it was ready, or they are closed.
        """
        with self._locks[flavour.name]:
            if self._is_closed:
                raise SandboxError("the sandbox was closed meanwhile")
            server = self._running.get(flavour.name)
            if server is not None and server.is_alive:
                return server
            if server is not None:
                server.close()
            self._running[flavour.name] = start_server(flavour, self._isolation, self._preload)
            return self._running[flavour.name]

    def close(self) -> None:
        """End all of them; none is started any more."""
        self._is_closed = True
        for name, lock in self._locks.items():
            with lock:
                if name in self._running:
                    self._running[name].close()


def start_server(flavour: Flavour, isolation: Isolation | None, preload: tuple[str, ...] = ()) -> ForkServer:
    """Start a server and wait until it has proved its isolation.

    Args:
        flavour: What it serves.
        isolation: What to run jobs under; None for the strongest that can be had.
        preload: Modules to import on top of the flavour's own.

    Raises:
        SandboxUnavailableError: The isolation can't be had; the message says why.
        SandboxError: The server ended before it was ready.
    """
    if sys.platform != "linux":
        raise _unavailable((f"{sys.platform} has neither Landlock nor seccomp",))
    options = ServerOptions(flavour.name, isolation, os.getpid(), preload)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with contextlib.ExitStack() as unless_ready, theirs:
        unless_ready.callback(ours.close)
        process = start_python(
            _ENTRY,
            {"control": theirs.fileno(), **asdict(options)},
            environment={"MALLOC_ARENA_MAX": "2"},  # else each thread of a job reserves 128 MiB of address space
            pass_fds=(theirs.fileno(),),
        )
        unless_ready.callback(_end, process, ours)
        theirs.close()  # so that its end is seen here
        ready = _await_ready(process, ours)
        unless_ready.pop_all()
    return ForkServer(process, ours, ready)


def _await_ready(process: subprocess.Popen[bytes], control: socket.socket) -> ServerReady:
    if not select.select([control], [], [], _START_SECONDS)[0]:
        raise SandboxError(f"the sandbox's fork server is not ready after {_START_SECONDS:g} seconds")
    packet = control.recv(LARGEST_MESSAGE)
    if not packet:
        raise SandboxError(f"the sandbox's fork server ended at its start: {_last_words(process)}")
    message = decode(packet)
    if isinstance(message, ServerUnavailable):
        raise _unavailable(message.reasons)
    if not isinstance(message, ServerReady):
        raise SandboxError(f"the sandbox's fork server began with {type(message).__name__}")
    return message


def _last_words(process: subprocess.Popen[bytes]) -> str:
    assert process.stderr is not None  # noqa: S101 (for the type checker: it was asked for as a pipe)
    words = process.stderr.read(1 << 16).decode(errors="replace").strip()
    return words[-_MOST_WORDS:] or f"exit code {process.wait(_END_SECONDS)}, no message"


def _unavailable(reasons: tuple[str, ...]) -> SandboxUnavailableError:
    return SandboxUnavailableError(
        f"LLM-written code can't be isolated here: {'; '.join(reasons)}. `steepest sandbox doctor` tells what is "
        "missing; --unsafe (in Python: Sandbox(unsafe=True)) runs it without a boundary, with all your rights",
        reasons,
    )


def _end(process: "subprocess.Popen[bytes]", control: socket.socket) -> None:
    with contextlib.suppress(OSError):
        control.shutdown(socket.SHUT_RDWR)  # seen there even if a process forked from this one holds a copy
    control.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
