"""Small events in a line of words, the same in the terminal, on the page and in reports."""

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Attached, Event, Exported, Moved, Named, TurnEnded

__all__ = ["told_in_a_line"]


def told_in_a_line(event: Event, conversation: Conversation) -> str:
    """An event that takes a line; nothing for one that takes more, or none.

    Args:
        event: What happened.
        conversation: In which it happened.
    """
    match event:
        case Attached():
            return f"attached {event.name}: {event.description}"
        case Moved(number=None):
            return "back at the beginning"
        case Moved(number=int(number)):
            return f"back at version {conversation.name_of(number)}"
        case Named():
            return f"version {event.number} is {event.name}"
        case Exported():
            return f"written: {event.path}{', in place of the file that was there' if event.replaced else ''}"
        case TurnEnded() if event.outcome != "done":
            return f"the turn was {event.outcome}"
    return ""
