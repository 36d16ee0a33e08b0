"""What takes no solve: back and forth between versions, names, comparisons, what is there already."""

import re

from steepest.agents.chat.commands import COMMANDS
from steepest.agents.chat.conversation import as_name
from steepest.agents.chat.events import Compared, Moved, Named
from steepest.agents.chat.intents import Compare, Discuss, GoTo, Help, Name, Redo, Show, Undo
from steepest.agents.chat.work import Work
from steepest.errors import InputError
from steepest.solvers.export.latex import to_latex

__all__ = ["compare", "discuss", "go_to", "list_commands", "name", "redo", "show", "undo"]

_LONGEST_NAME = 60
_NAME = re.compile(r"[^\W_](?:[\w.,'%-]*\w)?%?")


async def undo(intent: Undo, work: Work) -> None:
    """Back to the version that was current before.

    Raises:
        InputError: There is nothing to undo.
    """
    trail = work.conversation.trail
    if not trail:
        raise InputError("there is nothing to undo.")
    work.keep(Moved(number=trail[-1], is_undo=True))


async def redo(intent: Redo, work: Work) -> None:
    """Forward to the version that the last undo left.

    Raises:
        InputError: Nothing was undone, or another step was taken since.
    """
    undone = work.conversation.undone
    if not undone:
        raise InputError("there is nothing to redo.")
    work.keep(Moved(number=undone[-1], is_redo=True))


async def go_to(intent: GoTo, work: Work) -> None:
    """To a version by its name or number."""
    wanted = work.conversation.version(intent.name).number
    if wanted == work.conversation.current_number:
        work.tell(f"version {work.conversation.name_of(wanted)} is the current one already", "help")
        return
    work.keep(Moved(number=wanted))


async def name(intent: Name, work: Work) -> None:
    """Name the current version; a name that is taken moves to it.

    Raises:
        InputError: The name is a number, empty, far too long, or has signs that no name has.
    """
    words, number = as_name(intent.name), work.version.number
    if len(words) > _LONGEST_NAME or words.isdecimal() or not _NAME.fullmatch(words):
        raise InputError(
            f"{intent.name!r} is no name for a version: use a word or two that begin with a letter or digit, and not a "
            "number."
        )
    before = work.conversation.names.get(words, number)
    work.keep(Named(number=number, name=words))
    if before != number:
        work.tell(f"until now version {before} was {words}", "help")


async def compare(intent: Compare, work: Work) -> None:
    """Versions side by side.

    Raises:
        InputError: There are fewer than two.
    """
    known = work.conversation
    numbers = [each.number for each in known.versions_in(intent.names)] or _worth_comparing(work)
    if len(numbers) == 1:
        numbers.append(work.version.number)
    if len(set(numbers)) < 2:
        raise InputError("there is nothing to compare with: change something first, or name two versions.")
    work.keep(Compared(numbers=tuple(dict.fromkeys(numbers))))


def _worth_comparing(work: Work) -> list[int]:
    """All that have names; else the current version and what it was made of, or what was last made of it."""
    known, current = work.conversation, work.version
    named = sorted(set(known.names.values()))
    if len(named) > 1:
        return named
    children = [each.number for each in known.versions.values() if each.parent == current.number]
    if known.undone and known.undone[-1] is not None:
        return [current.number, known.undone[-1]]
    if current.parent is not None:
        return [current.parent, *named, current.number]
    return [current.number, *named, *children[-1:]]


async def show(intent: Show, work: Work) -> None:
    """Something that is there already."""
    match intent.face:
        case "model":
            work.tell(work.formulation.to_text(), "formulation")
        case "math":
            work.tell(to_latex(work.formulation), "formulation")
        case "answer":
            work.tell(work.version.explanation, "answer")
        case "versions":
            work.tell(_versions(work), "help")
        case "data":
            lines = [f"{each.name}: {each.description}" for each in work.conversation.tables.values()]
            work.tell("\n".join(lines) or "no data are attached", "help")


def _versions(work: Work) -> str:
    lines = []
    for each in work.conversation.versions.values():
        mark = "*" if each.number == work.conversation.current_number else " "
        called = work.conversation.name_of(each.number)
        told = f"{each.number}" + (f" ({called})" if called != str(each.number) else "")
        value = each.solution.objective if each.solution is not None else None
        lines.append(f"{mark} {told}: {'; '.join(each.changes) or 'as stated'}: {each.outcome.replace('_', ' ')}")
        lines[-1] += f", objective {value:g}" if value is not None else ""
    return "\n".join(lines) or "there are no versions yet"


async def discuss(intent: Discuss, work: Work) -> None:
    """The model's own words."""
    work.tell(intent.text, "words")


async def list_commands(intent: Help, work: Work) -> None:
    """What can be said."""
    width = max(len(f"/{name} {each.arguments}") for name, each in COMMANDS.items())
    lines = [f"{f'/{name} {each.arguments}':<{width}}  {each.meaning}" for name, each in COMMANDS.items()]
    words = "Tell a problem, change it in words (what if flour is 50 kg?), ask why, or use a command:"
    work.tell("\n".join([words, *lines]), "help")
