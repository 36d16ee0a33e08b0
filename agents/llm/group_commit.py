"""Many small writes at once for the price of one: whatever waits is written together."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

__all__ = ["GroupCommit"]

Row = TypeVar("Row")


class GroupCommit(Generic[Row]):
    """Writes rows in a thread of its own, all that have come in since its last write in one go.

    Args:
        write: Writes rows so that they survive; all or none. Whoever gave one of them is told what it raises.
    """

    def __init__(self, write: Callable[[list[Row]], None]) -> None:
        self._write = write
        self._waiting: list[tuple[Row, Future[None]]] = []
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="steepest-commit")

    def add(self, row: Row) -> "Future[None]":
        """Have a row written; done when it is."""
        written: Future[None] = Future()
        with self._lock:
            self._waiting.append((row, written))
        self._thread.submit(self._write_waiting)
        return written

    def close(self) -> None:
        """Write what is waiting."""
        self._thread.shutdown()

    def _write_waiting(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
        if not batch:  # an earlier turn took it along
            return
        try:
            self._write([row for row, _ in batch])
        except Exception as error:  # raised again where the rows came from
            for _, written in batch:
                _end(written, error)
        else:
            for _, written in batch:
                _end(written)


def _end(written: "Future[None]", error: Exception | None = None) -> None:
    if not written.set_running_or_notify_cancel():
        return  # whoever gave the row no longer waits
    if error is None:
        written.set_result(None)
    else:
        written.set_exception(error)
