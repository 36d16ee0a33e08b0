"""The loop of a conversation in the terminal: a turn is read, carried out while its steps are shown, and rendered."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from steepest.agents.chat.events import Answered, Recorded, Said, Signal, Solving, StepTaken, TurnEnded, Working
from steepest.cli.chat.rendering import opening, rendered
from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.errors import InputError
from steepest.solvers.progress import progress_line

if TYPE_CHECKING:
    from steepest.agents.chat.session import Session

__all__ = ["talk"]

_PROMPT = "> "
_GOES_ON = ". "
_LEAVING = ("/quit", "/exit", "/bye")


def talk(session: "Session", console: Console, first: str | None) -> ExitCode:
    """Carry out turns until the person leaves.

    Args:
        session: The conversation.
        console: Where it is shown.
        first: What is said first; None begins with what is read.

    Returns:
        In a conversation with a person 0; of lines from a pipe 1 where the last turn failed.

    Raises:
        SessionError: The conversation can't be kept.
    """
    has_person = sys.stdin is not None and sys.stdin.isatty()
    stop = session.listen(lambda happened: _show(happened, session, console))
    last = ExitCode.SOLVED
    try:
        if has_person:
            console.result(opening(session.conversation))
        with asyncio.Runner() as runner:
            for words in _turns(first, has_person):
                last = _turn(runner, session, words, console)
    finally:
        stop()
    if has_person:
        console.say(f"kept: steepest chat --session {session.id}")
        return ExitCode.SOLVED
    return last


def _turns(first: str | None, has_person: bool) -> Iterator[str]:
    """What is said, turn by turn; a line that ends with a backslash goes on in the next one."""
    if first is not None:
        yield first
    while True:
        lines: list[str] = []
        while not lines or lines[-1].endswith("\\"):
            line = _line(_PROMPT if not lines else _GOES_ON, has_person)
            if line is None:
                break
            lines.append(line)
        words = "\n".join(each.removesuffix("\\") for each in lines).strip()
        if words.lower() in _LEAVING or (not lines):
            return
        if words:
            yield words


def _line(prompt: str, has_person: bool) -> str | None:
    """A line; None at the end of the input. Ctrl-C at the prompt forgets the line."""
    if not has_person:
        line = sys.stdin.readline() if sys.stdin is not None else ""
        return line.removesuffix("\n") if line else None
    while True:
        try:
            return input(prompt)
        except EOFError:
            return None
        except KeyboardInterrupt:
            sys.stderr.write("\n")


def _turn(runner: asyncio.Runner, session: "Session", words: str, console: Console) -> ExitCode:
    with _ctrl_c_cancels(session):
        try:
            runner.run(session.turn(words))
        except InputError as error:
            console.say(str(error))
            return ExitCode.FAILED
    ended = session.events[-1].event
    if not isinstance(ended, TurnEnded) or ended.outcome == "done":
        return ExitCode.SOLVED
    return ExitCode.INTERRUPTED if ended.outcome == "cancelled" else ExitCode.FAILED


@contextmanager
def _ctrl_c_cancels(session: "Session") -> Iterator[None]:
    """Ctrl-C ends the turn; a second one that comes before it has ended, the program."""
    pressed = False

    def cancel(*_: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        session.cancel()

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _show(happened: "Recorded | Signal", session: "Session", console: Console) -> None:
    match happened:
        case Working():
            console.step(happened.line)
        case Solving():
            console.ticker(progress_line(happened.progress))
        case StepTaken():
            console.step(str(happened.step))
        case Recorded(event=Said()):
            return
        case Recorded(event=Answered() as answered):
            console.result(rendered(answered, session.conversation))
        case Recorded():
            text = rendered(happened.event, session.conversation)
            if text:
                console.result(text)
