"""A conversation that goes on: a turn is understood, carried out, and every event of it kept before it is shown."""

import asyncio
import logging
import secrets
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from time import perf_counter
from typing import Literal, TypeAlias

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Attached, Event, Recorded, Said, Signal, Solving, Told, TurnEnded, Understood
from steepest.agents.chat.intents import Intent, Rewrite
from steepest.agents.chat.means import Means
from steepest.agents.chat.stores.leases import renewed
from steepest.agents.chat.stores.protocol import SessionStore, TurnGoesOn
from steepest.agents.chat.turns import carry_out
from steepest.agents.chat.understanding import understand
from steepest.agents.chat.work import Work
from steepest.agents.llm.budget import Budget, Budgeted
from steepest.agents.llm.redaction import redact
from steepest.agents.llm.transcripts import Transcribed, Transcript
from steepest.agents.modeling.intake import MAX_BYTES
from steepest.errors import InputError, SteepestError
from steepest.solvers.control import SolveControl

__all__ = ["Listener", "Session"]

log = logging.getLogger(__name__)

Listener: TypeAlias = Callable[[Recorded | Signal], None]
"""Told every event once it is kept, and every signal, in the thread of the event loop."""


_PROBLEM = "/problem"
"""The command that leaves a turn that was cut short."""


@dataclass(frozen=True)
class _Turn:
    control: SolveControl
    task: "asyncio.Task[None] | None"
    loop: asyncio.AbstractEventLoop
    transcript: Transcript = field(default_factory=Transcript)
    charged: Budget = field(default_factory=Budget)
    begin: float = field(default_factory=perf_counter)


class Session:
    """One conversation. Its turns follow one another; listeners come and go.

    Several processes may have it open. One of them at a time carries out a turn; the others show what was kept, and go
    on once it is over.

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
        self._owner = owner
        self._store = store
        self._holder = secrets.token_hex(8)
        self._listeners: list[Listener] = []
        self._turn: _Turn | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a turn is being carried out."""
        return self._turn is not None

    @property
    def elsewhere(self) -> datetime | None:
        """Since when another process carries out a turn of this conversation; None where none does."""
        return None if self.is_busy else self._store.turn_elsewhere(self.id, self._holder)

    @property
    def cut_short(self) -> tuple[str, Intent | None] | None:
        """What was said in a turn that a crash ended before anything came of it, and what it wants, where that is kept.

        A turn that gave a version, took a step or told something is not carried out again.
        """
        begun = self._unended()
        if not begun or not all(isinstance(each, Said | Understood | Attached) for each in begun):
            return None
        said = next(each for each in begun if isinstance(each, Said))
        wanted = next((each.intent for each in reversed(begun) if isinstance(each, Understood)), None)
        return said.text, wanted or (Rewrite(text=said.formulation) if said.formulation else None)

    @property
    def crashes(self) -> int:
        """How often the last turn was cut short; a turn that crashed twice may be why, and waits to be said again."""
        return sum(isinstance(each, Said) for each in self._unended())

    @property
    def is_unended(self) -> bool:
        """Whether a crash ended the last turn, also where something came of it."""
        return bool(self._unended())

    def picks_up(self, words: str) -> bool:
        """Whether the turn that was cut short is carried out again when this is said, or "" for nothing."""
        left = self.cut_short
        if left is None or left[0] == words:
            return left is not None
        return self.crashes == 1 and words.lower().split(maxsplit=1)[:1] != [_PROBLEM]

    def _unended(self) -> list[Event]:
        """The events of a turn that a crash ended, from the first time that it was begun; none where it goes on."""
        if self.is_busy or not self.events or isinstance(self.events[-1].event, TurnEnded):
            return []
        if self._store.last_number(self.id) != self.conversation.number or self.elsewhere is not None:
            return []
        return _last_turn([each.event for each in self.events])

    def catch_up(self) -> bool:
        """Take in what other processes have kept since; listeners are told it as it happened.

        Returns:
            Whether there was anything; never while a turn goes on here.

        Raises:
            SessionError: The conversation can't be read, or was deleted.
        """
        if self.is_busy or self._store.last_number(self.id) == self.conversation.number:
            return False
        for each in self._store.events(self.id, self._owner, after=self.conversation.number):
            self._happened(each)
        return True

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have a listener told what happens from now on.

        Returns:
            Ends it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def turn(self, text: str, intent: Intent | None = None) -> None:
        """Carry out what a person says, to its end; where the turn before was cut short by a crash, that one first.

        One that was cut short twice is carried out again only by its own words: it may be why the process ended. What
        can't be done is told in the conversation, also where a defect of ours is why, and nothing of it is lost; only a
        store that can't be written raises.

        Args:
            text: What the person says.
            intent: What it wants, where a face knows that for sure, such as a file that was uploaded; None is to
                understand the words.

        Raises:
            InputError: The words are empty or far too long, the turn before has not ended, or somebody else has gone on
                with the conversation.
            TurnGoesOn: Another process carries out a turn of it.
            SessionError: The conversation can't be kept.
        """
        words = _words(text)
        self._require_rest()
        left = self.cut_short
        if left is None or not self.picks_up(words):
            self._leave()
        elif left[0] == words:
            intent = intent or left[1]
        else:
            await self._to_its_end(*left)
        await self._to_its_end(words, intent)

    def _require_rest(self) -> None:
        if self.is_busy:
            raise InputError("the turn before is still going on: wait for its end, or cancel it.")
        since = self.elsewhere
        if since is not None:
            raise TurnGoesOn(since)
        if self.catch_up():
            raise InputError(
                "somebody else has gone on with this conversation, in another window; what came of it is here now: say "
                "it again if it still fits."
            )

    def _leave(self) -> None:
        """End a turn that was cut short and is not carried out again."""
        if self.cut_short is not None:
            self._keep(Told(text="This was cut short, and is not carried out again.", topic="trouble"))
        if self.is_unended:
            self._keep(TurnEnded(outcome="failed", seconds=0.0, charged_tokens=0, charged_cost=Decimal(0)))

    async def _to_its_end(self, words: str, intent: Intent | None) -> None:
        loop = asyncio.get_running_loop()
        control = SolveControl(lambda progress: self._signal_from(loop, Solving(progress=progress)))
        turn = self._turn = _Turn(control, asyncio.current_task(), loop)
        outcome: Literal["done", "cancelled", "failed"] = "failed"
        try:
            with self._holding(Said(text=words)):
                try:
                    outcome = await self._carried_out(words, intent, turn)
                finally:
                    self._turn = None
                    self._end(turn, outcome)
        finally:
            self._turn = None

    @contextmanager
    def _holding(self, first: Event) -> Iterator[None]:
        """Keep the first event of a turn, and other processes from beginning one until the block is left."""
        self._happened(self._store.begin_turn(self.id, first, after=self.conversation.number, holder=self._holder))
        try:
            with renewed(lambda: self._store.renew_turn(self.id, self._holder)):
                yield
        finally:
            self._store.end_turn(self.id, self._holder)

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
        model = Transcribed(Budgeted(self.means.model, turn.charged), turn.transcript, "turn")
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
            self.id,
        )
        try:
            intent = known or await understand(words, self.conversation, model, work.whole, self.means.read)
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
                charged_tokens=turn.charged.spent_tokens,
                charged_cost=turn.charged.spent_money,
            )
        )
        self._store.put_title(self.id, self.conversation.title)

    def _keep(self, event: Event) -> None:
        self._happened(self._store.add(self.id, event, after=self.conversation.number))

    def _happened(self, recorded: Recorded) -> None:
        self.events.append(recorded)
        self.conversation.apply(recorded)
        self._tell(recorded)

    def _signal_from(self, loop: asyncio.AbstractEventLoop, signal: Signal) -> None:
        loop.call_soon_threadsafe(self._tell, signal)

    def _tell(self, happened: Recorded | Signal) -> None:
        for listener in list(self._listeners):
            listener(happened)


def _last_turn(events: Sequence[Event]) -> list[Event]:
    """What was kept of a turn that has not ended, each time that its words were said."""
    begun = 0
    said = None
    for at in reversed(range(len(events))):
        each = events[at]
        if isinstance(each, TurnEnded) or (isinstance(each, Said) and said not in (None, each.text)):
            break
        if isinstance(each, Said):
            begun, said = at, each.text
    return list(events[begun:])


def _words(text: str) -> str:
    """What a person says, as it is kept.

    Raises:
        InputError: It is empty or far too long.
    """
    words = text.encode(errors="replace").decode().strip()  # a terminal may give bytes that are no text
    if not words:
        raise InputError("say something: a problem, a change, a question, or /help.")
    if len(words.encode()) > MAX_BYTES:
        raise InputError(f"{len(words):,} characters are too many for a turn: attach tables as files.")
    return words


def _told(error: Exception) -> str:
    """What a person is told of an error that nobody foresaw."""
    if isinstance(error, MemoryError):
        return "the model with its data does not fit into memory: use smaller or sparser sets."
    return f"unexpected {type(error).__name__}: {error}\nThis is a bug in steepest: what was said before is kept."
