"""What a place for conversations can do, whichever database it is in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steepest.agents.chat.events import Event, Recorded
from steepest.errors import InputError

__all__ = ["SessionError", "SessionStore", "SessionSummary"]


class SessionError(InputError):
    """Conversations can't be read or written, or there is none of that name."""


@dataclass(frozen=True)
class SessionSummary:
    """A conversation in a list."""

    id: str
    title: str
    begun: datetime
    changed: datetime
    turns: int


class SessionStore(Protocol):
    """Conversations, each of one owner; events are only ever added."""

    def begin(self, owner: str) -> str:
        """Begin a conversation.

        Returns:
            Its id, which can't be guessed.
        """

    def add(self, session: str, event: Event, after: int) -> Recorded:
        """Keep an event for good.

        Args:
            session: The conversation.
            event: What happened.
            after: The number of the last event that the writer knows.

        Raises:
            SessionError: It can't be written, or somebody else has gone on with the conversation.
        """

    def events(self, session: str, owner: str) -> list[Recorded]:
        """All events of a conversation, in order.

        Raises:
            SessionError: This owner has no such conversation.
        """

    def sessions(self, owner: str) -> list[SessionSummary]:
        """The owner's conversations, the latest first; titles that are alike are numbered."""

    def put_title(self, session: str, title: str) -> None:
        """What the conversation is called in the list."""

    def delete(self, session: str, owner: str) -> None:
        """Forget a conversation.

        Raises:
            SessionError: This owner has no such conversation.
        """

    def close(self) -> None:
        """Close it; it can't be used afterwards."""
