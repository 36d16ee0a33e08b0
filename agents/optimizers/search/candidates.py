"""Candidates and the pool that they are kept in."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from steepest.agents.optimizers.search.rollouts import Rollout, Split
from steepest.agents.optimizers.search.values import Values

__all__ = ["Candidate", "Pool", "Scores"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Values for all components, and where they came from."""

    number: int
    """Of all candidates that were made in a search, in order; 0 is the seed."""
    values: Values
    digest: str
    """`digest_of(values)`."""
    parents: tuple[int, ...] = ()
    step: int = 0
    origin: str = "seed"
    """Who proposed it: "seed", "reflection", "merge", "restart", ..."""
    changed: tuple[str, ...] = ()
    """Components that differ from the first parent's."""
    note: str = ""
    """What its proposer said for it."""
    model: str = ""
    """The chat model that proposed it, if one did."""


@dataclass(slots=True)
class Scores:
    """What is known of a candidate on one split: each example's score once (the first evaluation stands)."""

    by_example: dict[str, float] = field(default_factory=dict)
    objectives: dict[str, dict[str, float]] = field(default_factory=dict)
    """By example, then by name; empty with a single objective."""
    total: float = 0.0

    def add(self, rollout: Rollout) -> None:
        """Take in a rollout."""
        if rollout.example not in self.by_example:
            self.by_example[rollout.example] = rollout.score
            self.total += rollout.score
            if rollout.objectives:
                self.objectives[rollout.example] = dict(rollout.objectives)

    @property
    def count(self) -> int:
        """Examples that it was evaluated on."""
        return len(self.by_example)

    @property
    def mean(self) -> float:
        """The mean score; minus infinity of none."""
        return self.total / self.count if self.count else -math.inf


class Pool:
    """The candidates that were admitted, by number, with their scores. The seed is always in it."""

    def __init__(self) -> None:
        self._members: dict[int, Candidate] = {}
        self._scores: dict[tuple[int, Split], Scores] = {}
        self._children: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Candidate]:
        """Ascending by number."""
        return iter(self._members.values())

    def __contains__(self, number: object) -> bool:
        return number in self._members

    def __getitem__(self, number: int) -> Candidate:
        return self._members[number]

    def add(self, candidate: Candidate) -> None:
        """Admit a candidate."""
        self._members[candidate.number] = candidate
        for parent in candidate.parents:
            self._children[parent] = self._children.get(parent, 0) + 1

    def children(self, number: int) -> int:
        """How many admitted candidates were made from one."""
        return self._children.get(number, 0)

    def ancestors(self, number: int) -> frozenset[int]:
        """The numbers of all that a candidate was made from, itself not among them."""
        found: set[int] = set()
        waiting = list(self._members[number].parents)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(self._members[each].parents if each in self._members else ())
        return frozenset(found)

    def scores(self, number: int, split: Split) -> Scores:
        """What is known of a candidate on a split."""
        return self._scores.setdefault((number, split), Scores())

    def record(self, number: int, split: Split, rollouts: Sequence[Rollout]) -> None:
        """Take in rollouts of a candidate."""
        scores = self.scores(number, split)
        for each in rollouts:
            scores.add(each)

    def table(self, split: Split) -> Mapping[int, Mapping[str, float]]:
        """Each admitted candidate's scores on a split by example, where there are any."""
        return {
            number: found.by_example
            for number in self._members
            if (found := self._scores.get((number, split))) is not None and found.by_example
        }
