"""Threads that no exit waits for.

Those of `concurrent.futures` are joined when the interpreter ends, so that one call that hangs keeps the process from
ending after Ctrl-C.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from steepest.errors import InputError

__all__ = ["DaemonThreads"]

T = TypeVar("T")


class DaemonThreads:
    """Calls functions in threads; they start when they are needed.

    Args:
        most: Threads at once.
        name: Of the threads, for those who look at them.

    Raises:
        InputError: There would be none.
    """

    def __init__(self, most: int, name: str) -> None:
        if most < 1:
            raise InputError(f"at least one thread is needed, not {most}")
        self._most = most
        self._name = name
        self._calls: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._condition = threading.Condition()
        self._started = 0
        self._idle = 0
        self._is_closed = False

    def submit(self, function: Callable[[], T]) -> "Future[T]":
        """Call a function as soon as a thread is free; cancelling the future takes it back until then.

        Raises:
            InputError: The threads are closed.
        """
        future: Future[T] = Future()
        with self._condition:
            if self._is_closed:
                raise InputError("these threads are closed: make new ones")
            self._calls.append((future, function))
            if self._idle >= len(self._calls):
                self._condition.notify()
            elif self._started < self._most:
                self._started += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._started}", daemon=True).start()
        return future

    def close(self) -> None:
        """Take back what has not begun; what has begun ends in its own time, unheard."""
        with self._condition:
            self._is_closed = True
            for future, _ in self._calls:
                future.cancel()
            self._calls.clear()
            self._condition.notify_all()

    def _work(self) -> None:
        while (call := self._next()) is not None:
            _make(*call)
            del call  # an idle thread holds on to nothing

    def _next(self) -> tuple["Future[Any]", Callable[[], Any]] | None:
        """What to call next, begun before anybody can close the threads; None when they are closed."""
        with self._condition:
            while not self._is_closed:
                if not self._calls:
                    self._idle += 1
                    self._condition.wait()
                    self._idle -= 1
                elif (call := self._calls.popleft())[0].set_running_or_notify_cancel():
                    return call
            return None


def _make(future: "Future[Any]", function: Callable[[], Any]) -> None:
    try:
        result = function()
    except BaseException as error:  # raised again where the result is wanted
        future.set_exception(error)
    else:
        future.set_result(result)
