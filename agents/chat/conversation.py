"""A conversation at one moment: what its events come to."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from steepest.agents.chat.events import Answered, Asked, Attached, Event, Moved, Named, Recorded, Said, Version
from steepest.errors import InputError

__all__ = ["Conversation"]

_TITLE = 60


@dataclass
class Conversation:
    """What was said and found so far."""

    number: int = 0
    """Of the last event."""
    versions: dict[int, Version] = field(default_factory=dict)
    current_number: int | None = None
    trail: list[int | None] = field(default_factory=list)
    """The versions that were current before, the latest last: what undo goes back along."""
    names: dict[str, int] = field(default_factory=dict)
    """Scenarios: versions that the person gave a name."""
    tables: dict[str, Attached] = field(default_factory=dict)
    question: Asked | None = None
    """What the agent wants to know; the person's next words answer it."""
    first_words: str = ""

    @classmethod
    def replayed(cls, events: Iterable[Recorded]) -> "Conversation":
        """The state after these events, which begin with the first one."""
        state = cls()
        for each in events:
            state.apply(each)
        return state

    @property
    def current(self) -> Version | None:
        """The version that is talked about."""
        return self.versions[self.current_number] if self.current_number is not None else None

    @property
    def title(self) -> str:
        """A few words that tell conversations apart."""
        version = self.current or next(iter(self.versions.values()), None)
        if version is not None and version.formulation is not None and version.formulation.title:
            return version.formulation.title
        words = " ".join(self.first_words.split())
        return words if len(words) <= _TITLE else words[: _TITLE - 1].rstrip() + "…"

    def name_of(self, number: int) -> str:
        """What a version is called: by the person's name for it, or else by its number."""
        named = [name for name, each in self.names.items() if each == number]
        return named[-1] if named else str(number)

    def version(self, name: str) -> Version:
        """The version of a name or number.

        Raises:
            InputError: There is none; the text says which there are.
        """
        wanted = name.strip().removeprefix("#")
        number = self.names.get(wanted, int(wanted) if wanted.isdecimal() else None)
        if number is None or number not in self.versions:
            known = ", ".join(self.name_of(each) for each in self.versions) or "none yet"
            raise InputError(f"there is no version {wanted!r}; there are: {known}.")
        return self.versions[number]

    def apply(self, recorded: Recorded) -> None:
        """Go on by one event."""
        self.number = recorded.number
        event: Event = recorded.event
        match event:
            case Said():
                self.first_words = self.first_words or event.text
            case Attached():
                self.tables[event.name] = event
            case Asked():
                self.question = event
            case Answered():
                self.question = None
                self.versions[event.version.number] = event.version
                self._move(event.version.number)
            case Moved():
                self.question = None
                self._move(event.number, is_undo=event.is_undo)
            case Named():
                self.names[event.name] = event.number

    def _move(self, number: int | None, *, is_undo: bool = False) -> None:
        if is_undo:
            self.trail.pop()
        else:
            self.trail.append(self.current_number)
        self.current_number = number
