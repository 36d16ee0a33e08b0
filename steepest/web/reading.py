"""What one person has read apart from the event loop: files that came in, texts while they are edited."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

__all__ = ["OneAtATime"]

T = TypeVar("T")


class OneAtATime:
    """Reads one after another, also where nobody waits for the one before any more.

    A thread can't be ended: reads that were given up, one for each turn that was cancelled, would go on in all the
    threads there are, and solves of other people would wait for them.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def __call__(self, work: Callable[[], T]) -> T:
        """What the work gives, done in another thread."""
        await self._turn.acquire()
        doing = asyncio.get_running_loop().run_in_executor(None, work)
        doing.add_done_callback(self._ended)
        return await asyncio.shield(doing)

    def _ended(self, doing: "asyncio.Future[T]") -> None:
        self._turn.release()
        if not doing.cancelled():
            doing.exception()  # perhaps nobody is there to see it
