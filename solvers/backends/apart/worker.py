"""A solver's process as the one that asks holds it: asked, heard, and killed at need."""

import os
import subprocess
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from steepest.solvers.backends.apart.groups import end_group
from steepest.solvers.backends.apart.messages import Message, read_message, write_message
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.clean_python import start_python

_ENTRY = "steepest.solvers.backends.apart.child:main"
_END_SECONDS = 1.0


class WorkerEndedError(Exception):
    """A solver's process is gone."""


class Worker:
    """A process that solves one model after another."""

    def __init__(self) -> None:
        try:
            self._process = start_python(_ENTRY, {}, environment=None, stderr=subprocess.DEVNULL)
        except OSError as error:
            raise SolverError(f"the solver needs a process of its own, and none can be started: {error}") from error
        self._inbox: SimpleQueue[Message | None] = SimpleQueue()
        self._outbox: SimpleQueue[Message | None] = SimpleQueue()
        self.is_fresh = True
        """Whether nothing was asked of it yet."""
        Thread(target=self._listen, daemon=True).start()
        Thread(target=self._speak, daemon=True).start()

    def _speak(self) -> None:
        """Send what is to be sent; a large model waits for a process that is still starting."""
        stdin: Any = self._process.stdin
        with suppress(OSError), stdin:  # that there is no reader any more, the listener finds out
            while (message := self._outbox.get()) is not None:
                write_message(stdin, message)

    def _listen(self) -> None:
        stdout: Any = self._process.stdout
        try:
            with stdout:
                while (message := read_message(stdout.raw)) is not None:  # unbuffered: a fork finds no lock held
                    self._inbox.put(message)
        except BaseException:
            self._process.kill()  # it may go on, and nobody hears it
            raise
        finally:
            self._process.wait()  # so that an ended process is none that nobody has asked after
            self._inbox.put(None)
            self._outbox.put(None)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def send(self, message: Message) -> None:
        """Ask something of it, without waiting for it to listen."""
        self._outbox.put(message)

    def receive(self, seconds: float) -> Message | None:
        """What it says next, or None if it says nothing for so long.

        Raises:
            WorkerEndedError: It is gone.
        """
        try:
            message = self._inbox.get(timeout=seconds)
        except Empty:
            return None
        if message is None:
            raise WorkerEndedError
        return message

    def kill(self) -> None:
        """End it at once, and the programs that it runs."""
        if self.is_alive:
            end_group(self._process.pid)
        self._process.kill()
        self._process.wait()
        self._outbox.put(None)

    def end(self) -> None:
        """Let it end, by force if it doesn't."""
        self._outbox.put(None)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def forget(self) -> None:
        """Let go of it in a fork of the process that it belongs to."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        self._process.returncode = 0  # it is not this process's child
