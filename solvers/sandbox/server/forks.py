"""The server's loop: fork on request, kill on request, report every end, leave when the supervisor is gone."""

import contextlib
import os
import selectors
import signal
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NoReturn

from steepest.solvers.sandbox.server.job import JobDescriptors, JobSetting, run_job
from steepest.solvers.sandbox.server.wire import (
    DESCRIPTORS,
    LARGEST_MESSAGE,
    Ended,
    ForkRequest,
    NotStarted,
    decode,
    encode,
)

_PARENT_CHECK_SECONDS = 1.0


@dataclass
class ForkLoop:
    """One loop over the control socket, the ends of children and the status sockets of jobs."""

    supervisor: socket.socket
    supervisor_pid: int
    setting: JobSetting
    _jobs: dict[int, socket.socket] = field(default_factory=dict)
    """Status sockets by the pid of the server's child."""
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def serve(self) -> NoReturn:
        """Serve until the supervisor hangs up or is gone; its jobs are killed then."""
        ended, wakeup = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        self._selector.register(self.supervisor, selectors.EVENT_READ)
        self._selector.register(ended, selectors.EVENT_READ)
        while os.getppid() == self.supervisor_pid:
            for key, _ in self._selector.select(_PARENT_CHECK_SECONDS):
                if key.fd == ended:
                    self._drain(ended)
                elif key.fileobj is self.supervisor:
                    self._fork()
                else:
                    self._stop(key.data)
            self._reap()
        self._leave()

    def _fork(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self.supervisor, LARGEST_MESSAGE, DESCRIPTORS)
        if not message:
            self._leave()
        request = decode(message)
        if not isinstance(request, ForkRequest) or len(descriptors) != DESCRIPTORS:
            self._leave()  # not the supervisor that this server belongs to
        of_job = JobDescriptors(*descriptors)
        try:
            pid = os.fork()
        except OSError as error:  # no more processes or memory: that job's misfortune, not the others'
            with contextlib.suppress(OSError):
                os.write(of_job.status, encode(NotStarted(str(error))))
            _close(descriptors)
            return
        if pid == 0:
            run_job(request, of_job, self.setting)
        status = socket.socket(fileno=of_job.status)
        _close((of_job.request, of_job.output, of_job.result))
        self._jobs[pid] = status
        self._selector.register(status, selectors.EVENT_READ, pid)

    def _stop(self, pid: int) -> None:
        """The supervisor asks for the end of a job, or has let go of it."""
        with contextlib.suppress(OSError):  # it has let go without having read all that it was told
            self._jobs[pid].recv(LARGEST_MESSAGE)
        os.kill(pid, signal.SIGKILL)  # not reaped yet, or its status socket would be gone: the pid is still its own
        self._selector.unregister(self._jobs[pid])

    def _reap(self) -> None:
        while self._jobs:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            ended = Ended(status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
            self._report(self._jobs.pop(pid), ended)

    def _report(self, status: socket.socket, ended: Ended) -> None:
        with contextlib.suppress(KeyError):  # it was stopped
            self._selector.unregister(status)
        with contextlib.suppress(OSError):  # the supervisor has let go of the job
            status.send(encode(ended))
        status.close()

    def _drain(self, descriptor: int) -> None:
        try:
            os.read(descriptor, LARGEST_MESSAGE)
        except BlockingIOError:
            return

    def _leave(self) -> NoReturn:
        for pid in self._jobs:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
