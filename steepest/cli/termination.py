"""SIGTERM, which a scheduler or a shutdown sends, as Ctrl-C: what was done is kept, and the same command goes on."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from steepest.cli.exit_codes import ExitCode

__all__ = ["Termination", "as_interruption", "ended"]


class Termination:
    """Whether SIGTERM came."""

    def __init__(self) -> None:
        self.came = False

    @property
    def code(self) -> ExitCode:
        """That of a command which was interrupted."""
        return ExitCode.TERMINATED if self.came else ExitCode.INTERRUPTED

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        """Go the way of Ctrl-C, whoever handles it just now."""
        self.came = True
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in what a shell has put into the background
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)


@contextmanager
def as_interruption() -> Iterator[Termination]:
    """Have SIGTERM raise `KeyboardInterrupt` in the block; outside the main thread nobody gets signals."""
    termination = Termination()
    if threading.current_thread() is not threading.main_thread():
        yield termination
        return
    before = signal.signal(signal.SIGTERM, termination.hear)
    try:
        yield termination
    finally:
        signal.signal(signal.SIGTERM, before)


def ended() -> None:
    """Have Ctrl-C change nothing any more: the program is about to end, with an exit code of its own."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
