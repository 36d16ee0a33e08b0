"""Whose turn it is to change a parameter: one thread's at a time, and nobody's while it would wait for ever."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from steepest.traces.failures import TraceError


class NestedUpdateError(TraceError):
    """A parameter was to be updated inside of a trial that can't end before."""


class Turn:
    """The turns of threads at one parameter."""

    __slots__ = ("_holder", "_is_trial", "_lock")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._holder: int | None = None
        """The thread whose turn it is."""
        self._is_trial = False

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Wait until nobody else changes the parameter, and keep others waiting meanwhile.

        Raises:
            NestedUpdateError: It is being tried in this very thread, or in one that waits for this one.
        """
        if not self._lock.acquire(blocking=False):
            with self._waited_for():
                self._lock.acquire()
        before, self._holder = self._holder, threading.get_ident()
        try:
            if self._is_trial:
                raise NestedUpdateError(
                    "a parameter can't be updated inside of its own trial: the trial decides whether the proposal "
                    "stands; update it after `update` has returned, or try a copy"
                )
            yield
        finally:
            self._holder = before
            self._lock.release()

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Refuse updates from inside, which would wait for themselves; to be entered while `changing`."""
        self._is_trial = True
        try:
            yield
        finally:
            self._is_trial = False

    @contextmanager
    def _waited_for(self) -> Iterator[None]:
        """Let others know that this thread waits for its turn."""
        own = threading.get_ident()
        with _lock:
            thread = self._holder
            while thread is not None and thread != own and thread in _waited:
                thread = _waited[thread]._holder
            if thread == own:
                raise NestedUpdateError(
                    "two trials in different threads update each other's parameter, and each would wait for the other "
                    "to end: update the other parameter after `update` has returned"
                )
            _waited[own] = self
        try:
            yield
        finally:
            with _lock:
                del _waited[own]


_waited: dict[int, Turn] = {}
"""The turn that each waiting thread waits for."""
_lock = threading.Lock()
