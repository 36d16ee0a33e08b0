"""Sets whose elements the formulation itself fixes: literals, ranges, and what set operators make of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from steepest.solvers.language.expressions import Label

Member: TypeAlias = Label | tuple[Label, ...]
"""An element of a set: a label or a tuple of labels."""

MAX_MEMBERS = 1_000_000
"""Checks look at no larger set: they answer while a person types."""


@dataclass(frozen=True, slots=True)
class KnownSet:
    """Elements without duplicates, in order."""

    members: Sequence[Member]
    cyclic: bool = False
    _lookup: frozenset[Member] = field(default=frozenset(), repr=False)
    _columns: dict[int, "KnownSet"] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, members: Sequence[Member], cyclic: bool = False) -> "KnownSet":
        """The set of the members, each where it is first seen."""
        distinct = tuple(dict.fromkeys(members))
        return cls(distinct, cyclic, frozenset(distinct))

    def __contains__(self, member: object) -> bool:
        return member in (self.members if isinstance(self.members, range) else self._lookup)

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def column(self, place: int) -> "KnownSet":
        """The labels that stand at one place of its tuples; labels alone stand at place 0."""
        if isinstance(self.members, range):
            return self
        if place not in self._columns:
            tuples = [member if isinstance(member, tuple) else (member,) for member in self.members]
            labels = [member[place] for member in tuples if place < len(member)]
            single = all(len(member) == 1 for member in tuples)
            self._columns[place] = KnownSet.of(labels, self.cyclic and single)
        return self._columns[place]


def union(first: KnownSet, second: KnownSet) -> KnownSet:
    """The elements of either, those of the first before."""
    return KnownSet.of((*first, *second))


def difference(first: KnownSet, second: KnownSet) -> KnownSet:
    """The elements of the first that are not in the second."""
    return KnownSet.of([member for member in first if member not in second])


def intersection(first: KnownSet, second: KnownSet) -> KnownSet:
    """The elements of both, in the order of the first."""
    return KnownSet.of([member for member in first if member in second])
