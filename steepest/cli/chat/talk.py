"""The loop of a conversation in the terminal: a turn is read, carried out while its steps are shown, and rendered."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from steepest.agents.chat.commands import COMMANDS
from steepest.agents.chat.events import Said, TurnEnded
from steepest.agents.chat.stores.protocol import SessionError, TurnGoesOn
from steepest.cli.chat.lines import Lines, PipedLines, TypedLines, turns
from steepest.cli.chat.live import Live
from steepest.cli.chat.rendering import opening
from steepest.cli.console import Console
from steepest.cli.exit_codes import BY_OUTCOME, ExitCode
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.agents.chat.intents import Intent
    from steepest.agents.chat.session import Session

__all__ = ["Turn", "talk"]

Turn: TypeAlias = "tuple[str, Intent | None]"
"""What is said, and what it wants where that is known."""


def talk(session: "Session", console: Console, first: Iterable[Turn]) -> ExitCode:
    """Carry out turns until the person leaves.

    Args:
        session: The conversation.
        console: Where it is shown.
        first: What is said before anything is read.

    Returns:
        In a conversation with a person 0. Of lines from a pipe that of the last turn: 1 where it failed, 130 where it
        was cancelled, else what `steepest solve` gives for the answer that is current.

    Raises:
        SessionError: The conversation can't be kept.
    """
    has_person = sys.stdin is not None and sys.stdin.isatty()
    if has_person:
        console.result(opening(session.conversation))
    live, last = Live(session, console), _code(session)
    with asyncio.Runner() as runner, live.shown():
        read: Iterator[Turn] = ((words, None) for words in turns(_lines(session, has_person)))
        for turn in _after_what_was_left(session, console, iter(first), read, has_person):
            last = _turn(runner, session, live, turn, console)
    if has_person:
        console.say(f"kept: steepest chat --session {session.id}")
        return ExitCode.SOLVED
    return last


def _after_what_was_left(
    session: "Session", console: Console, given: Iterator[Turn], read: Iterator[Turn], has_person: bool
) -> Iterator[Turn]:
    """What is said, and before it the turn that a crash left, if nothing was said yet that decides about it."""
    begin = next(given if has_person else chain(given, read), None)
    _tell_what_goes_on(session, console, begin[0] if begin is not None else "")
    left = session.cut_short
    if begin is not None:
        yield begin  # the session itself carries out before it what was left
    elif left is not None and session.picks_up(""):
        yield left
    yield from chain(given, read)


def _tell_what_goes_on(session: "Session", console: Console, words: str) -> None:
    """Tell of a turn that goes on elsewhere, or was cut short, and what becomes of it when this is said."""
    since = session.elsewhere
    if since is not None:
        console.say(str(TurnGoesOn(since)))
    elif session.picks_up(words):
        console.say("the last turn was cut short and is carried out again")
    elif session.cut_short is not None and not words:
        console.say(
            f"the last turn was cut short {session.crashes} times, and may be why: say it again to carry it out once "
            "more; anything else leaves it"
        )
    elif session.is_unended:
        console.say("the last turn was cut short when what came of it was kept already")


def _lines(session: "Session", has_person: bool) -> Lines:
    if not has_person:
        return PipedLines()
    said = [each.event.text for each in session.events if isinstance(each.event, Said)]
    return TypedLines(said, [*COMMANDS, "quit"])


def _turn(runner: asyncio.Runner, session: "Session", live: Live, turn: Turn, console: Console) -> ExitCode:
    with _ctrl_c_cancels(session):
        try:
            runner.run(live.turn(*turn))
        except SessionError:
            raise
        except InputError as error:
            console.say(str(error))
            return ExitCode.FAILED
    return _code(session)


def _code(session: "Session") -> ExitCode:
    ended = session.events[-1].event if session.events else None
    if isinstance(ended, TurnEnded) and ended.outcome != "done":
        return ExitCode.INTERRUPTED if ended.outcome == "cancelled" else ExitCode.FAILED
    current = session.conversation.current
    return BY_OUTCOME[current.outcome] if current is not None else ExitCode.SOLVED


@contextmanager
def _ctrl_c_cancels(session: "Session") -> Iterator[None]:
    """Ctrl-C ends the turn; a second one that comes before it has ended, the program, whatever still goes on."""
    pressed = False

    def cancel(*_: object) -> None:
        nonlocal pressed
        if pressed:
            os.write(2, b"\nsteepest: interrupted\n")
            os._exit(ExitCode.INTERRUPTED)  # a solve that does not heed its cancel would hold back any other end
        pressed = True
        session.cancel()

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
