"""A conversation that goes on: a turn is understood, carried out, and every event of it kept before it is shown."""

import asyncio
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Literal, TypeAlias

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Attached, Event, Recorded, Said, Signal, Solving, Told, TurnEnded, Understood
from steepest.agents.chat.intents import Intent, Rewrite
from steepest.agents.chat.means import Means
from steepest.agents.chat.stores.protocol import SessionStore
from steepest.agents.chat.turns import carry_out
from steepest.agents.chat.understanding import understand
from steepest.agents.chat.work import Work
from steepest.agents.llm.redaction import redact
from steepest.agents.llm.transcripts import Transcribed, Transcript
from steepest.agents.modeling.intake import MAX_BYTES
from steepest.errors import InputError, SteepestError
from steepest.solvers.control import SolveControl

__all__ = ["Listener", "Session"]

log = logging.getLogger(__name__)

Listener: TypeAlias = Callable[[Recorded | Signal], None]
"""Told every event once it is kept, and every signal, in the thread of the event loop."""


@dataclass(frozen=True)
class _Turn:
    control: SolveControl
    transcript: Transcript
    task: "asyncio.Task[None] | None"
    loop: asyncio.AbstractEventLoop
    begin: float


class Session:
    """One conversation. Its turns follow one another; listeners come and go.

    Args:
        id: Of the conversation in the store.
        owner: Whose it is.
        store: Where it is kept.
        means: Whom to ask and how to solve.

    Raises:
        SessionError: The owner has no such conversation.
    """

    def __init__(self, id: str, owner: str, store: SessionStore, means: Means) -> None:
        self.id = id
        self.means = means
        self.events = store.events(id, owner)
        self.conversation = Conversation.replayed(self.events)
        self._store = store
        self._listeners: list[Listener] = []
        self._turn: _Turn | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a turn is being carried out."""
        return self._turn is not None

    @property
    def cut_short(self) -> tuple[str, Intent | None] | None:
        """What was said in a turn that a crash ended before anything came of it, and what it wants, where that is kept.

        A turn that gave a version, took a step or told something is not carried out again.
        """
        begun = self._unended()
        if not begun or not all(isinstance(each, Said | Understood | Attached) for each in begun):
            return None
        said = next(each for each in begun if isinstance(each, Said))
        wanted = next((each.intent for each in begun if isinstance(each, Understood)), None)
        return said.text, wanted or (Rewrite(text=said.formulation) if said.formulation else None)

    @property
    def is_unended(self) -> bool:
        """Whether a crash ended the last turn, also where something came of it."""
        return self._turn is None and bool(self._unended())

    def _unended(self) -> list[Event]:
        """The events of the last turn, from its words on, if it did not come to its end."""
        if not self.events or isinstance(self.events[-1].event, TurnEnded):
            return []
        said = max(at for at, each in enumerate(self.events) if isinstance(each.event, Said))
        return [each.event for each in self.events[said:]]

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have a listener told what happens from now on.

        Returns:
            Ends it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def turn(self, text: str, intent: Intent | None = None) -> None:
        """Carry out what a person says, to its end; where the turn before was cut short by a crash, that one first.

        What can't be done is told in the conversation, also where a defect of ours is why, and nothing of it is lost;
        only a store that can't be written raises.

        Args:
            text: What the person says.
            intent: What it wants, where a face knows that for sure, such as a file that was uploaded; None is to
                understand the words.

        Raises:
            InputError: The words are empty or far too long, or the turn before has not ended.
            SessionError: The conversation can't be kept.
        """
        if self._turn is not None:
            raise InputError("the turn before is still going on: wait for its end, or cancel it.")
        words = text.encode(errors="replace").decode().strip()  # a terminal may give bytes that are no text
        if not words:
            raise InputError("say something: a problem, a change, a question, or /help.")
        if len(words.encode()) > MAX_BYTES:
            raise InputError(f"{len(words):,} characters are too many for a turn: attach tables as files.")
        left = self.cut_short
        if left is not None and left[0] != words and not words.startswith("/problem"):
            await self._to_its_end(*left)
        await self._to_its_end(words, left[1] if left is not None and left[0] == words and intent is None else intent)

    async def _to_its_end(self, words: str, intent: Intent | None) -> None:
        loop = asyncio.get_running_loop()
        control = SolveControl(lambda progress: self._signal_from(loop, Solving(progress=progress)))
        self._turn = _Turn(control, Transcript(), asyncio.current_task(), loop, perf_counter())
        outcome: Literal["done", "cancelled", "failed"] = "failed"
        try:
            self._keep(Said(text=words))
            outcome = await self._carried_out(words, intent, self._turn)
        finally:
            turn, self._turn = self._turn, None
            self._end(turn, outcome)

    def cancel(self) -> None:
        """End the turn: a solve keeps its best answer, a call to a model is given up. Nothing happens between turns."""
        turn = self._turn
        if turn is not None:
            turn.control.cancel()
            if turn.task is not None:
                turn.loop.call_soon_threadsafe(turn.task.cancel)

    async def _carried_out(
        self, words: str, known: Intent | None, turn: _Turn
    ) -> Literal["done", "cancelled", "failed"]:
        model = Transcribed(self.means.model, turn.transcript, "turn")
        work = Work(
            self.conversation,
            self.means,
            model,
            turn.transcript,
            turn.control,
            self._keep,
            lambda signal: self._signal_from(turn.loop, signal),
            self.events,
            f"{self.id}:{len(self.conversation.versions)}",
        )
        try:
            intent = known or await understand(words, self.conversation, model, work.whole)
            if known is not None or len(turn.transcript):
                self._keep(Understood(intent=intent))
            await carry_out(intent, work)
        except asyncio.CancelledError:
            if not turn.control.cancelled:  # the program ends, and not just this turn
                raise
            self._keep(Told(text="Cancelled.", topic="trouble"))
            return "cancelled"
        except SteepestError as error:
            self._keep(Told(text=str(error), topic="trouble"))
            return "failed"
        except Exception as error:  # a defect ends this turn, and not the conversation
            self._keep(Told(text=redact(_told(error)), topic="trouble"))
            log.error("a turn ended in a defect:\n%s", redact("".join(traceback.format_exception(error))))
            return "failed"
        return "cancelled" if turn.control.cancelled else "done"

    def _end(self, turn: _Turn, outcome: Literal["done", "cancelled", "failed"]) -> None:
        totals = turn.transcript.totals()
        self._keep(
            TurnEnded(
                outcome=outcome,
                seconds=perf_counter() - turn.begin,
                input_tokens=totals.input_tokens,
                output_tokens=totals.output_tokens,
                cost=totals.cost,
            )
        )
        self._store.put_title(self.id, self.conversation.title)

    def _keep(self, event: Event) -> None:
        recorded = self._store.add(self.id, event, after=self.conversation.number)
        self.events.append(recorded)
        self.conversation.apply(recorded)
        self._tell(recorded)

    def _signal_from(self, loop: asyncio.AbstractEventLoop, signal: Signal) -> None:
        loop.call_soon_threadsafe(self._tell, signal)

    def _tell(self, happened: Recorded | Signal) -> None:
        for listener in list(self._listeners):
            listener(happened)


def _told(error: Exception) -> str:
    """What a person is told of an error that nobody foresaw."""
    if isinstance(error, MemoryError):
        return "the model with its data does not fit into memory: use smaller or sparser sets."
    return f"unexpected {type(error).__name__}: {error}\nThis is a bug in steepest: what was said before is kept."
