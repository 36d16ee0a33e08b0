"""Events of a conversation as a person reads them in the terminal."""

from steepest.agents.chat.comparing import Comparison, comparison
from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import (
    Answered,
    Asked,
    Attached,
    Compared,
    Event,
    Exported,
    Moved,
    Named,
    Told,
    TurnEnded,
)
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
    return f"{conversation.title}{told}\n\n{conversation.current.explanation}"


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
        case Asked(question=question, options=options):
            return "\n".join([question, *(f"- {each}" for each in options)])
        case Attached(name=name, description=description):
            return f"{name}: {description}"
        case Moved(number=number):
            return f"back at version {conversation.name_of(number)}" if number is not None else "back at the beginning"
        case Named(number=number, name=name):
            return f"version {number} is {name}"
        case Exported(path=path):
            return f"written: {path}"
        case TurnEnded(cost=cost) if cost:
            return f"({cost} $)"
    return ""


def _compared(found: Comparison) -> str:
    heads = ["", *found.names]
    rows = [heads, ["outcome", *found.outcomes], ["objective", *map(_number, found.objectives)]]
    rows += [["change", *map(_signed, found.differences)]]
    rows += [[name, *map(_number, values)] for name, values in found.decisions]
    lines = aligned(rows, right=range(1, len(heads)), widest=_WIDEST)
    return "\n".join([*lines, *found.limits, ""])


def _number(value: float | None) -> str:
    return "-" if value is None else format_number(value)


def _signed(value: float | None) -> str:
    return "" if value is None else ("+" if value > 0 else "") + format_number(value)
