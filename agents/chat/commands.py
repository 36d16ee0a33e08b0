"""Commands: a line that begins with `/` says exactly what is wanted, and no model is asked what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from steepest.agents.chat.intents import (
    Alternatives,
    Attach,
    Change,
    Compare,
    Export,
    GoTo,
    Help,
    Intent,
    Limits,
    Name,
    Problem,
    Redo,
    Show,
    Test,
    Undo,
    Why,
)
from steepest.errors import InputError

__all__ = ["COMMANDS", "Command", "read_command"]


@dataclass(frozen=True)
class Command:
    """A command: its arguments and its meaning for the help, and how it is read."""

    arguments: str
    meaning: str
    read: Callable[[str], Intent]


def _wanted(text: str, what: str) -> str:
    if not text:
        raise InputError(f"say {what}; /help shows every command.")
    return text


def _alone(name: str, text: str, intent: Intent) -> Intent:
    if text:
        raise InputError(f"/{name} goes one step and takes nothing after it; /go VERSION goes to any version.")
    return intent


def _alternatives(text: str) -> Intent:
    if text and not (text.isdecimal() and 0 < int(text) <= 20):
        raise InputError(f"/another takes a number from 1 to 20, and not {text!r}.")
    return Alternatives(count=int(text) if text else 1)


def _export(text: str) -> Intent:
    name, _, path = _wanted(text, "which format: /export pyomo [FILE]").partition(" ")
    return Export(format=name.lower(), path=path.strip())


def _attach(text: str) -> Intent:
    first, equals, path = _wanted(text, "which file: /data NAME=orders.csv").partition("=")
    return Attach(name=first.strip(), path=path.strip()) if equals else Attach(path=text)


COMMANDS: Mapping[str, Command] = {
    "problem": Command("TEXT", "state a new problem", lambda text: Problem(text=_wanted(text, "the problem"))),
    "change": Command(
        "CHANGES",
        "change the model: /change flour = 50; drop enough_cakes",
        lambda text: Change(changes=_wanted(text, "what: /change flour = 50")),
    ),
    "data": Command("[NAME=]FILE", "attach a table (CSV, Excel, Parquet)", _attach),
    "why": Command("[NAME]", "what limits the answer, or why there is none", lambda text: Why(name=text)),
    "limits": Command("", "what one more of each limit is worth", lambda text: Limits()),
    "another": Command("[K]", "look for other answers that are as good", _alternatives),
    "test": Command("", "test the model and its answer", lambda text: Test()),
    "undo": Command("", "back to the version before", lambda text: _alone("undo", text, Undo())),
    "redo": Command("", "forward again after an undo", lambda text: _alone("redo", text, Redo())),
    "go": Command("VERSION", "to a version, by number or name", lambda text: GoTo(name=_wanted(text, "where to"))),
    "name": Command("NAME", "name this version", lambda text: Name(name=_wanted(text, "the name"))),
    "compare": Command(
        "[VERSION ...]",
        "versions side by side; one is put beside this one",
        lambda text: Compare(names=tuple(text.replace(",", " ").split())),
    ),
    "model": Command("", "show the formulation", lambda text: Show(face="model")),
    "math": Command("", "show it as LaTeX", lambda text: Show(face="math")),
    "answer": Command("", "show the answer again", lambda text: Show(face="answer")),
    "versions": Command("", "list the versions", lambda text: Show(face="versions")),
    "tables": Command("", "list the attached data", lambda text: Show(face="data")),
    "export": Command("FORMAT [FILE]", "five, json, pyomo, lp, latex, pdf, xlsx, csv, html", _export),
    "help": Command("", "this list", lambda text: Help()),
}
"""By name; the terminal and the page add those of their own, such as leaving."""


def read_command(line: str) -> Intent | None:
    """What a line that begins with `/` wants; None where it does not begin with one.

    Raises:
        InputError: There is no such command, or its arguments can't be used.
    """
    text = line.strip()
    if not text.startswith("/"):
        return None
    name, _, rest = text[1:].partition(" ")
    command = COMMANDS.get(name.lower())
    if command is None:
        raise InputError(f"there is no command /{name}; /help shows every command.")
    return command.read(rest.strip())
