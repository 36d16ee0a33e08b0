"""A turn in progress as a person sees it: its steps, how far the solver is, and that time goes on."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from steepest.agents.chat.events import Answered, Recorded, Said, Signal, Solving, StepTaken, Working
from steepest.cli.chat.rendering import rendered
from steepest.cli.console import Console
from steepest.solvers.progress import progress_line

if TYPE_CHECKING:
    from steepest.agents.chat.intents import Intent
    from steepest.agents.chat.session import Session

__all__ = ["Live", "is_watched"]

_SECONDS = 1.0


def is_watched(console: Console) -> bool:
    """Whether a person types, and sees a terminal in which a line can be written over: only there a clock runs."""
    has_person = sys.stdin is not None and sys.stdin.isatty()
    return has_person and console.is_terminal and os.environ.get("TERM") != "dumb"


class Live:
    """Shows what a session tells.

    Args:
        session: The conversation.
        console: Where it is shown.
    """

    def __init__(self, session: "Session", console: Console) -> None:
        self._session = session
        self._console = console
        self._is_watched = is_watched(console)
        self._doing = ""
        self._is_moving = False

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Listen while the block runs."""
        stop = self._session.listen(self._show)
        try:
            yield
        finally:
            stop()

    async def turn(self, words: str, intent: "Intent | None" = None) -> None:
        """Carry out a turn, with a line that counts the seconds where nothing else moves."""
        if not self._is_watched:
            await self._session.turn(words, intent)
            return
        clock = asyncio.ensure_future(self._count())
        try:
            await self._session.turn(words, intent)
        finally:
            clock.cancel()

    async def _count(self) -> None:
        self._doing = ""
        while True:
            await asyncio.sleep(_SECONDS)
            if self._doing and not self._is_moving:
                self._console.ticker(f"{self._doing} ...")
            self._is_moving = False

    def _show(self, happened: "Recorded | Signal") -> None:
        match happened:
            case Working():
                self._doing = happened.line
                self._console.step(happened.line)
            case Solving() if self._is_watched:
                self._is_moving = True
                self._console.ticker(progress_line(happened.progress))
            case StepTaken():
                self._doing = ""
                self._console.step(str(happened.step))
            case Recorded(event=Said()):
                return
            case Recorded(event=Answered() as answered):
                self._tell(rendered(answered, self._session.conversation))
            case Recorded():
                self._tell(rendered(happened.event, self._session.conversation))

    def _tell(self, text: str) -> None:
        if text:
            self._console.result(text)
