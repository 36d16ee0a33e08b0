"""A turn in progress: what its handler may use, and where what happens goes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Event, Recorded, Signal, Told, Topic, Version, Working
from steepest.agents.chat.means import Means
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.transcripts import Transcript
from steepest.errors import InputError
from steepest.solvers.changes.self_contained import self_contained
from steepest.solvers.control import SolveControl
from steepest.solvers.formulation import Formulation

__all__ = ["Work"]

T = TypeVar("T")


@dataclass(frozen=True)
class Work:
    """A turn in progress.

    Args:
        conversation: What was said and found so far; goes on as events are kept.
        means: Whom to ask and how to solve.
        model: Whom to ask; its calls are counted.
        transcript: Of this turn's calls.
        control: Ends the solves of this turn.
        keep: Keeps an event.
        signal: Tells of work in progress; may be called from any thread.
        events: All that happened in the conversation; goes on as events are kept.
        run: Names the work of this turn: the same when a turn that was cut short is said again.
        session: The conversation.
    """

    conversation: Conversation
    means: Means
    model: ChatModel
    transcript: Transcript
    control: SolveControl
    keep: Callable[[Event], None]
    signal: Callable[[Signal], None]
    events: Sequence[Recorded] = ()
    run: str = ""
    session: str = ""

    def say(self, line: str) -> None:
        """Tell what is being done."""
        self.signal(Working(line=line))

    def tell(self, text: str, topic: Topic) -> None:
        """Words for the person."""
        self.keep(Told(text=text, topic=topic))

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do what takes time in another thread, so that the conversation goes on being shown.

        A turn that is cancelled waits for it: `control` ends the solve, and its best answer is kept.
        """
        doing = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            by_the_person = self.control.cancelled
            self.control.cancel()
            done = await doing
            task = asyncio.current_task()
            if not by_the_person or task is None:
                raise
            task.uncancel()
            return done

    @property
    def version(self) -> Version:
        """The current version.

        Raises:
            InputError: There is none yet.
        """
        current = self.conversation.current
        if current is None:
            raise InputError("there is no problem yet: tell one first.")
        return current

    @property
    def formulation(self) -> Formulation:
        """The current formulation.

        Raises:
            InputError: There is none.
        """
        found = self.version.formulation
        if found is None:
            raise InputError("there is no formulation yet: tell the problem in other words.")
        return found

    @property
    def tables(self) -> dict[str, str]:
        """All attached data by the name that they fill."""
        return {name: each.path for name, each in self.conversation.tables.items()}

    @property
    def own_tables(self) -> dict[str, str]:
        """The attached data that the current version is solved with."""
        return self.conversation.tables_of(self.version)

    def whole_now(self) -> Formulation:
        """The current formulation with its data in it, read in this thread."""
        return self_contained(self.formulation, self.own_tables, folder=self.means.folder)

    async def whole(self) -> Formulation:
        """The current formulation with its data in it."""
        return await self.in_thread(self.whole_now)
