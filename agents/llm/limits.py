"""How many calls may run at once: as many as the provider takes without complaint.

Additive increase, multiplicative decrease (Chiu and Jain, 1989), as in TCP: the limit grows by one after as many
successes as it is high, and halves when the provider says "too often" or "overloaded".
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from steepest.agents.llm.chat import ChatReply
from steepest.agents.llm.errors import ProviderError
from steepest.errors import InputError

__all__ = ["AdaptiveLimit", "CallLimit", "limit_of"]


class CallLimit(Protocol):
    """Slots for calls at once, kept in this process or in another."""

    async def acquire(self) -> int:
        """Wait for a slot; the number must be handed to `release`."""

    def release(self, era: int, outcome: ChatReply | ProviderError | None) -> None:
        """Give the slot back and learn from how the call went; None when it was broken off."""


class AdaptiveLimit:
    """Slots for calls at once; usable from several threads and event loops.

    Args:
        start: Slots at first.
        most: Slots at most.
    """

    def __init__(self, start: int = 8, most: int = 64) -> None:
        if not 1 <= start <= most:
            raise InputError(f"A limit of {start} calls at once must be between 1 and {most}.")
        self.most = most
        self._slots = start
        self._used = 0
        self._successes = 0
        self._era = 0  # counts the halvings: calls begun before one do not halve again
        self._queue: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"AdaptiveLimit({self._used} of {self._slots} slots used)"

    @property
    def slots(self) -> int:
        """Calls that may run at once now."""
        return self._slots

    async def acquire(self) -> int:
        """Wait for a slot; the number must be handed to `release`."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()

        def wake() -> None:
            loop.call_soon_threadsafe(_set, turn)

        with self._lock:
            if self._used < self._slots and not self._queue:
                self._used += 1
                return self._era
            self._queue.append(wake)
        try:
            await turn
        except asyncio.CancelledError:
            self._leave(wake)
            raise
        return self._era

    def _leave(self, wake: Callable[[], None]) -> None:
        """Give up waiting; a slot that was already granted goes to the next."""
        with self._lock:
            if wake in self._queue:
                self._queue.remove(wake)
                return
            self._used -= 1
            woken = self._grant()
        _call_all(woken)

    def release(self, era: int, outcome: ChatReply | ProviderError | None) -> None:
        """Give the slot back and learn from how the call went; None when it was broken off."""
        crowded = isinstance(outcome, ProviderError) and outcome.kind in ("rate limit", "overloaded")
        with self._lock:
            self._used -= 1
            if crowded and era == self._era:
                self._slots = max(1, self._slots // 2)
                self._successes = 0
                self._era += 1
            elif isinstance(outcome, ChatReply):
                self._count_success()
            woken = self._grant()
        _call_all(woken)

    def _count_success(self) -> None:
        self._successes += 1
        if self._successes >= self._slots:
            self._slots = min(self.most, self._slots + 1)
            self._successes = 0

    def _grant(self) -> list[Callable[[], None]]:
        woken = []
        while self._queue and self._used < self._slots:
            self._used += 1
            woken.append(self._queue.popleft())
        return woken


def _set(turn: "asyncio.Future[None]") -> None:
    if not turn.done():
        turn.set_result(None)


def _call_all(woken: list[Callable[[], None]]) -> None:
    for wake in woken:
        wake()


_limits: dict[str, AdaptiveLimit] = {}
_limits_lock = threading.Lock()


def limit_of(name: str) -> AdaptiveLimit:
    """The limit that all clients of one model in this process share."""
    with _limits_lock:
        return _limits.setdefault(name, AdaptiveLimit())
