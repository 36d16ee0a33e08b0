"""Events of a conversation as a person reads them in the terminal."""

from steepest.agents.chat.comparing import Comparison, comparison
from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Answered, Asked, Compared, Event, Told, TurnEnded
from steepest.agents.chat.telling import told_in_a_line
from steepest.cli.tables import aligned
from steepest.solvers.display import format_number

__all__ = ["opening", "rendered"]

_WIDEST = 40


def opening(conversation: Conversation) -> str:
    """What a conversation begins or goes on with."""
    if conversation.current is None:
        return "Tell a problem in words; /help shows what else can be said."
    changes = "; ".join(conversation.current.changes)
    told = f" with {changes}" if changes else ""
    asked = [_asked(conversation.question)] if conversation.question is not None else []
    return "\n\n".join([f"{conversation.title}{told}", conversation.current.explanation, *asked])


def rendered(event: Event, conversation: Conversation) -> str:
    """An event in words; nothing for one that a person need not see."""
    match event:
        case Answered(version=version):
            lines = [f"changed: {'; '.join(version.changes)}", ""] if version.changes else []
            return "\n".join([*lines, version.explanation, ""])
        case Compared():
            return _compared(comparison(event.numbers, conversation))
        case Told(text=text):
            return text + "\n"
        case Asked():
            return _asked(event)
        case TurnEnded():  # what went wrong in it was told already
            return f"({event.cost} $)" if event.cost else ""
    return told_in_a_line(event, conversation)


def _asked(asked: Asked) -> str:
    lines = [asked.question, *(f"  {number}. {each}" for number, each in enumerate(asked.options, start=1))]
    return "\n".join([*lines, *(["(a number, or your own words)"] if asked.options else [])])


def _compared(found: Comparison) -> str:
    heads = ["", *found.names]
    rows = [heads, ["outcome", *found.outcomes], ["objective", *map(_number, found.objectives)]]
    if any(each is not None for each in found.differences):
        rows.append(["change", *map(_signed, found.differences)])
    rows += [[name, *map(_number, values)] for name, values in found.decisions]
    rows += [[name, *("at its limit" if each else "" for each in tight)] for name, tight in found.binding]
    lines = aligned(rows, right=range(1, len(heads)), widest=_WIDEST)
    hidden = [f"and {found.hidden:,} more decisions that differ"] if found.hidden else []
    return "\n".join([*lines, *hidden, *(["", *found.edits] if found.edits else []), ""])


def _number(value: float | None) -> str:
    return "-" if value is None else format_number(value)


def _signed(value: float | None) -> str:
    return "" if value is None else ("+" if value > 0 else "") + format_number(value)
