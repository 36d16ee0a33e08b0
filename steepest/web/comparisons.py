"""Comparisons of one conversation as they stand on the page: each takes long, and is worked out once for all tabs."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Compared, Recorded
from steepest.traces.rendering.markup import Markup
from steepest.web.entries import entry

__all__ = ["Comparisons", "still"]

_Key: TypeAlias = tuple[tuple[int, ...], tuple[str, ...]]


class Comparisons:
    """What is compared stays as it is; only what the person calls the versions may change.

    Args:
        session: The id of the conversation.
    """

    def __init__(self, session: str) -> None:
        self._session = session
        self._drawn: dict[_Key, Markup] = {}

    def knows(self, compared: Compared, conversation: Conversation) -> bool:
        """Whether it was worked out before."""
        return _key(compared, conversation) in self._drawn

    def entry(self, compared: Compared, conversation: Conversation) -> Markup:
        """Versions side by side."""
        key = _key(compared, conversation)
        if key not in self._drawn:
            self._drawn[key] = entry(compared, conversation, self._session)
        return self._drawn[key]

    def draw(self, events: Iterable[Recorded], conversation: Conversation) -> None:
        """Work out those of some events; may be called in another thread with a conversation that stays as it is."""
        for each in events:
            if isinstance(each.event, Compared):
                self.entry(each.event, conversation)


def _key(compared: Compared, conversation: Conversation) -> _Key:
    return compared.numbers, tuple(conversation.name_of(each) for each in compared.numbers)


def still(conversation: Conversation) -> Conversation:
    """A conversation as it is now, which does not go on."""
    return replace(conversation, versions=dict(conversation.versions), names=dict(conversation.names))
