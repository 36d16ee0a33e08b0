"""What a store of a library can do: keep events in one transaction each, and find insights."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from steepest.agents.library.events import Change, Event, Outcome
from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Definition
from steepest.errors import InputError

__all__ = ["SKILLS", "ConflictError", "Entry", "LibraryError", "Store", "Vectors", "skill_key"]

Vectors: TypeAlias = NDArray[np.float32]


SKILLS = "skill:"
"""What every event with skills touches; no insight and no label is called so."""


def skill_key(name: str) -> str:
    """What events of this skill touch."""
    return f"{SKILLS}{name}"


class LibraryError(InputError):
    """The library can't be opened, read or written; what was recorded before is whole."""


class ConflictError(LibraryError):
    """Somebody else changed an insight in the meantime."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An insight as a store holds it."""

    insight: Insight
    version: int
    """The number of the event that last changed its content."""
    usage: Usage


class Store(Protocol):
    """A library's events and what they come to."""

    @property
    def place(self) -> str:
        """Where it is, as a person may see it: without a password."""

    def alone(self) -> AbstractContextManager[None]:
        """Alone with the library: what is read inside is still so when it is written; what raises leaves nothing."""

    def write(self, body: Change | Outcome, expected: Mapping[str, int] | None = None) -> Event:
        """Append an event and carry it out, all or nothing, one writer after another.

        Args:
            body: What happened.
            expected: The version that each of these insights must still have; 0 for one that must not be there.

        Raises:
            ConflictError: One has another version by now; nothing is written.
            LibraryError: It can't be written.
        """

    def number(self) -> int:
        """The number of the last event; 0 for an empty library."""

    def events(self, *, after: int = 0, until: int | None = None, touching: str | None = None) -> Iterator[Event]:
        """Events in their order: all, or those that touch an insight, the key of a label or that of a skill."""

    def touched(self, after: int) -> list[str]:
        """Ids of insights and keys of labels that events after this one touch."""

    def entries(self, ids: Iterable[str] | None = None) -> list[Entry]:
        """The whole library in the order of ids, or these in the order given; one that is not there has no entry."""

    def definitions(self) -> list[Definition]:
        """All labels that are known."""

    def matching(self, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids and scores (BM25) of active insights in whose text the terms are, the best first."""

    def nearest(self, space: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Ids and cosines above 0 of active insights with an embedding of this space, the nearest first."""

    def vectors(self, space: str) -> tuple[list[str], Vectors]:
        """Ids and embeddings (insights x dimensions) of this space that still belong to the insight's content."""

    def keep_vectors(self, space: str, of: Mapping[str, tuple[int, Vectors]]) -> None:
        """Keep embeddings by insight, each with the version of the insight that it was made of."""

    def close(self) -> None:
        """Let go of the file or the connection."""
