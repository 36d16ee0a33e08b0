"""A conversation at one moment: what its events come to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from steepest.agents.chat.events import (
    Answered,
    Asked,
    Attached,
    Event,
    Moved,
    Named,
    Recorded,
    Said,
    TurnEnded,
    Version,
)
from steepest.errors import InputError
from steepest.solvers.formulation import Formulation

__all__ = ["Conversation", "as_name", "names_of_data"]

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
    undone: list[int | None] = field(default_factory=list)
    """The versions that were left by undo, the latest last: what redo goes along, until another step is taken."""
    names: dict[str, int] = field(default_factory=dict)
    """Scenarios: versions that the person gave a name."""
    tables: dict[str, Attached] = field(default_factory=dict)
    moments: dict[int | str, int] = field(default_factory=dict)
    """The number of the event in which each version came, and that in which each table was attached last."""
    question: Asked | None = None
    """What the agent wants to know; the person's next words, other than a command, answer it."""
    answering: Asked | None = None
    """The question that the words of the turn in progress answer."""
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
    def has_formulation(self) -> bool:
        """Whether there is something to change and to ask about."""
        return self.current is not None and self.current.formulation is not None

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

    def tables_of(self, version: Version) -> dict[str, str]:
        """The tables that a version's formulation is solved with, by the name of the set or parameter that they fill.

        A version that was changed has its data in it: only tables that were attached afterwards go over them.
        """
        formulation = version.formulation
        if formulation is None:
            return {}
        names = names_of_data(formulation)
        since = self.moments[version.number] if version.changes else 0
        fitting = {name: each for name, each in self.tables.items() if name in names and self.moments[name] > since}
        return {name: each.path for name, each in fitting.items()}

    def version(self, name: str) -> Version:
        """The version of a name or number.

        Raises:
            InputError: There is none; the text says which there are.
        """
        wanted = name.strip().removeprefix("#")
        number = self._numbered(wanted)
        if number is None:
            known = ", ".join(self.name_of(each) for each in self.versions) or "none yet"
            raise InputError(f"there is no version {wanted!r}; there are: {known}.")
        return self.versions[number]

    def versions_in(self, words: Sequence[str]) -> list[Version]:
        """The versions of words, of which several may be one name.

        Raises:
            InputError: There is none of some of them.
        """
        found, at = list[Version](), 0
        while at < len(words):
            ends = range(len(words), at, -1)
            end = next((each for each in ends if self._numbered(" ".join(words[at:each])) is not None), at + 1)
            found.append(self.version(" ".join(words[at:end])))
            at = end
        return found

    def _numbered(self, name: str) -> int | None:
        """The number of the version of a name or number."""
        wanted = as_name(name)
        number = self.names.get(wanted, int(wanted) if wanted.isdecimal() else None)
        return number if number in self.versions else None

    def apply(self, recorded: Recorded) -> None:
        """Go on by one event."""
        self.number = recorded.number
        event: Event = recorded.event
        match event:
            case Said():
                self.first_words = self.first_words or event.text
                if not event.text.startswith("/"):
                    self.question, self.answering = None, self.question or self.answering
            case Attached():
                self.tables[event.name] = event
                self.moments[event.name] = recorded.number
            case Asked():
                self.question = event
            case Answered():
                self.question = self.answering = None
                self.versions[event.version.number] = event.version
                self.moments[event.version.number] = recorded.number
                self._move(event.version.number)
            case Moved():
                self.question = self.answering = None
                self._moved(event)
            case Named():
                self.names[event.name] = event.number
            case TurnEnded():
                if event.outcome != "done" and self.question is None:  # it may be answered again
                    self.question = self.answering
                self.answering = None

    def _move(self, number: int | None) -> None:
        self.trail.append(self.current_number)
        self.undone.clear()
        self.current_number = number

    def _moved(self, event: Moved) -> None:
        if event.is_undo:
            self.undone.append(self.current_number)
            self.trail.pop()
        elif event.is_redo:
            self.trail.append(self.current_number)
            self.undone.pop()
        else:
            self._move(event.number)
        self.current_number = event.number


def as_name(words: str) -> str:
    """Words as the name of a version: `base case` is `base-case`."""
    return "-".join(words.split())


def names_of_data(formulation: Formulation) -> set[str]:
    """The sets and parameters, which a table may fill."""
    return {each.name for each in formulation.sets} | {each.name for each in formulation.parameters}
