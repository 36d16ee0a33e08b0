"""Lines that a person types, with the editing and history of readline where there is one, or that a pipe brings."""

import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Protocol

__all__ = ["Lines", "PipedLines", "TypedLines", "turns"]

_PROMPT = "> "
_GOES_ON = ". "
_LEAVING = ("/quit", "/exit", "/bye", "quit", "exit", "bye")


class Lines(Protocol):
    """Where lines come from."""

    def read(self, prompt: str) -> str | None:
        """The next line; None at the end."""


class PipedLines:
    """Lines of standard input."""

    def read(self, prompt: str) -> str | None:
        """The next line; None at the end, or where the caller closed the input."""
        line = sys.stdin.readline() if sys.stdin is not None else ""
        return line.removesuffix("\n") if line else None


class TypedLines:
    """Lines of a person at a terminal.

    Args:
        before: What was said in this conversation so far, for the arrow keys.
        commands: Names that the tab key completes.
    """

    def __init__(self, before: Iterable[str], commands: Iterable[str]) -> None:
        if find_spec("readline") is None:  # Windows has the editing of its console
            return
        import readline

        names = sorted(f"/{each} " for each in commands)
        readline.set_completer_delims("")
        readline.set_completer(
            lambda text, at: ([each for each in names if text and each.startswith(text)] + [None])[at]
        )
        readline.parse_and_bind("tab: complete")
        readline.parse_and_bind("set enable-bracketed-paste on")  # a pasted text of several lines is one turn
        readline.clear_history()
        for each in before:
            readline.add_history(each)

    def read(self, prompt: str) -> str | None:
        """The next line; Ctrl-C forgets it and tells how to leave, Ctrl-D ends the conversation."""
        while True:
            try:
                return input(prompt)
            except EOFError:
                return None
            except KeyboardInterrupt:
                sys.stderr.write("\n(Ctrl-D or /quit leaves)\n")


def turns(lines: Lines) -> Iterator[str]:
    """What is said, turn by turn, until the end or a word of leaving; a line that ends with a backslash goes on."""
    while (line := lines.read(_PROMPT)) is not None:
        parts = [line]
        while parts[-1].endswith("\\") and (more := lines.read(_GOES_ON)) is not None:
            parts.append(more)
        words = "\n".join(each.removesuffix("\\") for each in parts).strip()
        if words.lower() in _LEAVING:
            return
        if words:
            yield words
