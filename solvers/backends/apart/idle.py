"""Solvers' processes that have nothing to do, kept for the next solve, which then need not wait for one to start."""

import atexit
import os
from threading import Lock

from steepest.solvers.backends.apart.worker import Worker

_MOST = 2


class IdleWorkers:
    """At most two; a fork of this process begins with none, and none outlives this process."""

    def __init__(self) -> None:
        self._workers: list[Worker] = []
        self._lock = Lock()
        atexit.register(self.end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def take(self) -> Worker:
        """One of them, or a new one.

        Raises:
            SolverError: None can be started.
        """
        while (worker := self._popped()) is not None:
            if worker.is_alive:
                return worker
        return Worker()

    def give(self, worker: Worker) -> None:
        """Keep one that is ready for the next solve."""
        with self._lock:
            self._workers = [each for each in self._workers if each.is_alive]
            if len(self._workers) < _MOST:
                self._workers.append(worker)
                return
        worker.end()

    def prepare(self) -> None:
        """Have one begin to start now, if there is none."""
        with self._lock:
            if not any(worker.is_alive for worker in self._workers):
                self._workers = [Worker()]

    def end(self) -> None:
        """End all of them."""
        while (worker := self._popped()) is not None:
            worker.end()

    def _popped(self) -> Worker | None:
        with self._lock:
            return self._workers.pop() if self._workers else None

    def _forget(self) -> None:
        self._lock = Lock()  # whoever held it has not been forked
        for worker in self._workers:
            worker.forget()
        self._workers = []
