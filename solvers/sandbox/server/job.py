"""A forked job, from the fork to its worker: its own descriptors, its confinement, and nothing of the server's."""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from steepest.solvers.sandbox.flavours import Kind, Worker
from steepest.solvers.sandbox.inside.channel import CONFINED, ERRORS, OUTPUT, REQUEST, RESULT, Channel
from steepest.solvers.sandbox.instructions import open_counter
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jail import Confinement, confine, die_with_parent, unshare_pids
from steepest.solvers.sandbox.server.wire import CounterHandedOver, Ended, ForkRequest, Started, encode

_FIRST_FREE = REQUEST + 1
"""Descriptors are moved to here and above before they are put in their places."""
_RESERVED_BYTES = 256 << 20
"""Address space beyond the memory limit, for thread stacks and arenas that are reserved and hardly used. The
supervisor watches the memory itself; this limit is for the one huge request between two looks."""
_HARNESS_FAILED = 70
"""Exit code of a job whose confinement or worker failed: `EX_SOFTWARE`."""


@dataclass(frozen=True, slots=True)
class JobDescriptors:
    """What the supervisor sent along with a request."""

    status: int
    request: int
    output: int
    result: int


@dataclass(frozen=True, slots=True)
class JobSetting:
    """What is the same for every job of a server."""

    isolation: Isolation
    readable: tuple[str, ...]
    address_space: int
    """Of the server, in bytes: limits count from there."""
    workers: Mapping[Kind, Worker]
    server: int
    """Its pid."""

    def confinement(self, *, memory_bytes: int, cpu_seconds: float, threads: bool = True) -> Confinement:
        """The confinement of one job."""
        return Confinement(self.isolation, self.readable, memory_bytes, self.address_space, cpu_seconds, threads)


def run_job(request: ForkRequest, descriptors: JobDescriptors, setting: JobSetting) -> NoReturn:
    """Become the job; called in the forked process, which ends here."""
    code = _HARNESS_FAILED
    try:
        die_with_parent()
        if os.getppid() != setting.server:
            os._exit(code)  # the server died before the kernel knew that this one goes with it
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if setting.isolation is Isolation.FULL:
            _relay_to_own_pid_namespace(descriptors.status)
        else:
            _tell(descriptors.status, encode(Started(os.getpid())))
        _work(request, descriptors, setting)
        code = 0
    except BaseException as error:  # whatever it was, this process must not return into the server's loop
        with contextlib.suppress(OSError):
            os.write(ERRORS, f"sandbox: {type(error).__name__}: {error}\n".encode(errors="replace")[:500])
    finally:
        with contextlib.suppress(Exception):  # streams that the code has replaced or broken
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _relay_to_own_pid_namespace(status: int) -> None:
    """Fork once more, into a new pid namespace, and return in that process only.

    A process can't enter a new pid namespace itself, only its children do; and only the parent of a process learns
    what it took. So this one stays behind, waits and reports, and its death is the death of the job.
    """
    unshare_pids()
    armed, arm = os.pipe()
    pid = os.fork()
    if pid == 0:
        die_with_parent()
        os.write(arm, b"1")
        os.close(arm)
        os.close(armed)
        return
    os.read(armed, 1)  # from here on the kernel kills the job when this process is killed
    _tell(status, encode(Started(pid)))
    os.closerange(0, status)
    os.closerange(status + 1, os.sysconf("SC_OPEN_MAX"))
    _, ended, usage = os.wait4(pid, 0)
    _tell(status, encode(Ended(ended, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)))
    os._exit(0)


def _tell(status: int, packet: bytes) -> None:
    os.write(status, packet)


def _work(request: ForkRequest, descriptors: JobDescriptors, setting: JobSetting) -> None:
    os.setsid()
    os.chdir("/")
    is_timing = request.kind == "timing"
    if is_timing:
        _hand_over_counter(descriptors.status)
    _arrange(descriptors)
    confine(
        setting.confinement(
            memory_bytes=request.memory_bytes + _RESERVED_BYTES, cpu_seconds=request.cpu_seconds, threads=not is_timing
        )
    )
    channel = Channel()
    header, body = channel.read_request()
    channel.write(CONFINED)
    setting.workers[request.kind](header, body, channel)


def _hand_over_counter(status: int) -> None:
    """Give the supervisor a counter of this process's instructions, before the code that it counts can touch it."""
    counter = open_counter()
    with socket.socket(fileno=os.dup(status)) as supervisor:
        message = CounterHandedOver(counter is not None)
        socket.send_fds(supervisor, [encode(message)], [] if counter is None else [counter])
    if counter is not None:
        os.close(counter)


def _arrange(descriptors: JobDescriptors) -> None:
    """Put the job's pipes in their places and close everything else."""
    import fcntl

    null = os.open(os.devnull, os.O_RDONLY)
    places = {0: null, OUTPUT: descriptors.output, ERRORS: descriptors.output, RESULT: descriptors.result}
    places[REQUEST] = descriptors.request
    high = {place: fcntl.fcntl(source, fcntl.F_DUPFD, _FIRST_FREE) for place, source in places.items()}
    for place, source in high.items():
        os.dup2(source, place, inheritable=False)
    os.closerange(max(places) + 1, os.sysconf("SC_OPEN_MAX"))
    # By lines: what was printed before a kill is worth seeing.
    sys.stdout = os.fdopen(OUTPUT, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.stderr = os.fdopen(ERRORS, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
