"""Commands: a line that begins with `/` says exactly what is wanted, and no model is asked what it means."""

import re
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

__all__ = ["COMMANDS", "Command", "read_attach", "read_command"]


@dataclass(frozen=True)
class Command:
    """A command: its arguments and its meaning for the help, and how it is read."""

    arguments: str
    meaning: str
    read: Callable[[str], Intent]


_QUOTES = "\"'"
_FORMATS = "five, json, pyomo, lp, latex, pdf, xlsx, csv; html or report (pdf) of the session"
_REPORTS = {"pdf": "report", "html": "html"}
_REPORT = re.compile(r"^report\s+(pdf|html)(?=\s|$)", re.IGNORECASE)
"""The whole session in one of its two forms."""


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
    words = _REPORT.sub(lambda found: _REPORTS[found[1].lower()], _wanted(text, "which format: /export pyomo [FILE]"))
    name, _, path = words.partition(" ")
    return Export(format=name.lower(), path=_path(path))


def read_attach(text: str) -> Attach:
    """What comes after `/data`: a file, or a name and a file.

    Raises:
        InputError: Nothing does.
    """
    first, equals, path = _wanted(text, "which file: /data NAME=orders.csv").partition("=")
    if not equals or text[0] in _QUOTES:
        return Attach(path=_path(text))
    return Attach(name=first.strip(), path=_path(path))


def _path(text: str) -> str:
    """A path as shells take it too: in quotes, or with a backslash before each space."""
    path = text.strip()
    if len(path) > 1 and path[0] in _QUOTES and path[-1] == path[0]:
        return path[1:-1]
    return path.replace("\\ ", " ")


COMMANDS: Mapping[str, Command] = {
    "problem": Command("TEXT", "state a new problem", lambda text: Problem(text=_wanted(text, "the problem"))),
    "change": Command(
        "CHANGES",
        "change the model: /change flour = 50; drop enough_cakes",
        lambda text: Change(changes=_wanted(text, "what: /change flour = 50")),
    ),
    "data": Command("[NAME=]FILE", "attach a table (CSV, Excel, Parquet)", read_attach),
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
    "export": Command("FORMAT [FILE]", _FORMATS, _export),
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
