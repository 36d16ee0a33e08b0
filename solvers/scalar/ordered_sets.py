"""A set as the scalar interpreter sees it: labels, or tuples of labels, in order, perhaps a cycle."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from steepest.solvers.language.expressions import Label

Key: TypeAlias = tuple[Label, ...]
"""An index tuple, tuples of labels in it spread."""

Member: TypeAlias = Label | Key
"""An element of a set."""


class OutsideSetError(LookupError):
    """A step from a label leaves its set."""


@dataclass(frozen=True, slots=True)
class OrderedSet:
    """Members without duplicates, in order."""

    members: tuple[Member, ...]
    name: str = ""
    """How messages call it."""
    cyclic: bool = False
    parts: "tuple[OrderedSet | None, ...]" = ()
    """For tuples, the set that each position ranges over, where it is known."""
    positions: dict[Member, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", {member: place for place, member in enumerate(self.members)})

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __contains__(self, member: object) -> bool:
        return member in self.positions

    def step(self, member: Member, steps: int) -> Member:
        """The member `steps` places further on; a cyclic set wraps around.

        Raises:
            OutsideSetError: The step starts or ends outside the set.
        """
        if member not in self.positions:
            raise OutsideSetError(member)
        place = self.positions[member] + steps
        if self.cyclic:
            return self.members[place % len(self.members)]
        if not 0 <= place < len(self.members):
            raise OutsideSetError(member)
        return self.members[place]


@dataclass(frozen=True, slots=True)
class Bound:
    """What an index stands for: a member, and the set it ranges over where that set has an order of its own."""

    member: Member
    within: OrderedSet | None = None


def distinct(members: Iterable[Member]) -> tuple[Member, ...]:
    """The members, each where it is first seen."""
    return tuple(dict.fromkeys(members))


def union(left: OrderedSet, right: OrderedSet) -> OrderedSet:
    """The left set's members, then those that only the right one has."""
    return OrderedSet(distinct((*left, *right)))


def difference(left: OrderedSet, right: OrderedSet) -> OrderedSet:
    """The members of the left set that the right one has not."""
    return OrderedSet(tuple(member for member in left if member not in right), parts=left.parts)


def intersection(left: OrderedSet, right: OrderedSet) -> OrderedSet:
    """The members of the left set that the right one has too."""
    return OrderedSet(tuple(member for member in left if member in right), parts=left.parts)


def flat(member: Member) -> Key:
    """A member as a part of an index tuple."""
    return member if isinstance(member, tuple) else (member,)


def spell_key(key: Key) -> str:
    """An index tuple as messages show it, brackets included; nothing for a scalar."""
    return f"[{', '.join(str(label) for label in key)}]" if key else ""
