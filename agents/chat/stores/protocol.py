"""What a place for conversations can do, whichever database it is in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steepest.agents.chat.events import Event, Recorded
from steepest.errors import InputError

__all__ = ["SessionError", "SessionStore", "SessionSummary", "TurnGoesOn"]


class SessionError(InputError):
    """Conversations can't be read or written, or there is none of that name."""


class TurnGoesOn(InputError):
    """Another process carries out a turn of the conversation.

    Args:
        since: When it began.
    """

    def __init__(self, since: datetime) -> None:
        super().__init__(
            f"a turn of this conversation is going on in another window (since {since.astimezone():%H:%M}): wait for "
            "its end, or cancel it there."
        )
        self.since = since


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

    def begin_turn(self, session: str, event: Event, after: int, holder: str) -> Recorded:
        """Keep the first event of a turn, which nobody else may carry out from then on.

        It is to be renewed while it goes on, every few seconds (`leases.renewed`), and ended.

        Args:
            session: The conversation.
            event: What happened.
            after: The number of the last event that the writer knows.
            holder: Who carries it out.

        Raises:
            TurnGoesOn: Another process carries one out.
            SessionError: It can't be written, or somebody else has gone on with the conversation.
        """

    def renew_turn(self, session: str, holder: str) -> None:
        """Say that a turn still goes on."""

    def end_turn(self, session: str, holder: str) -> None:
        """Say that a turn is over."""

    def turn_elsewhere(self, session: str, holder: str) -> datetime | None:
        """Since when somebody else carries out a turn; None where nobody does."""

    def events(self, session: str, owner: str, after: int = 0) -> list[Recorded]:
        """The events of a conversation after the one of this number, in order.

        Raises:
            SessionError: This owner has no such conversation.
        """

    def owns(self, session: str, owner: str) -> bool:
        """Whether this owner has such a conversation."""

    def last_number(self, session: str) -> int:
        """The number of a conversation's last event; 0 where there is none."""

    def sessions(self, owner: str) -> list[SessionSummary]:
        """The owner's conversations, the latest first; titles that are alike are numbered."""

    def put_title(self, session: str, title: str) -> None:
        """What the conversation is called in the list."""

    def delete(self, session: str, owner: str) -> None:
        """Forget a conversation, so that nothing of it stays.

        Raises:
            SessionError: This owner has no such conversation.
            TurnGoesOn: A turn of it goes on.
        """

    def forget_untouched(self, owner: str, before: datetime) -> list[str]:
        """Forget the owner's conversations that were begun before a time, in UTC, and in which nothing was said.

        Returns:
            Their ids.
        """

    def close(self) -> None:
        """Close it; it can't be used afterwards."""
