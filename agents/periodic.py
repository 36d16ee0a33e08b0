"""Something that is done now and then while something else goes on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def every(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Do something every so many seconds in another thread while the block runs.

    Args:
        seconds: In between, and before the first time.
        act: What is done; it may not raise.
    """
    over = threading.Event()

    def work() -> None:
        while not over.wait(seconds):
            act()

    thread = threading.Thread(target=work, name="steepest-periodic", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
