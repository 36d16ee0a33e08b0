"""Candidates and the pool that they are kept in."""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from steepest.agents.optimizers.search.rollouts import Rollout, Split
from steepest.agents.optimizers.search.values import Values

__all__ = ["Candidate", "Part", "Pool", "Scores"]


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
        self._order: list[Candidate] = []
        self._scores: dict[tuple[int, Split], Scores] = {}
        self._children: dict[int, int] = {}
        self._rankings: dict[Split, _Ranking] = {}

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Candidate]:
        """In the order of their admission."""
        return iter(self._order)

    def __contains__(self, number: object) -> bool:
        return number in self._members

    def __getitem__(self, number: int) -> Candidate:
        return self._members[number]

    def after(self, count: int) -> Sequence[Candidate]:
        """Those that were admitted after the first so many: for what follows a pool without going through all of it."""
        return self._order[count:]

    def add(self, candidate: Candidate) -> None:
        """Admit a candidate."""
        self._members[candidate.number] = candidate
        self._order.append(candidate)
        for parent in candidate.parents:
            self._children[parent] = self._children.get(parent, 0) + 1

    def children(self, number: int) -> int:
        """How many admitted candidates were made from one."""
        return self._children.get(number, 0)

    def ancestors(self, number: int) -> frozenset[int]:
        """The numbers of all that a candidate was made from, itself not among them."""
        found: set[int] = set()
        waiting = list(self[number].parents)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(self[each].parents)
        return frozenset(found)

    def scores(self, number: int, split: Split) -> Scores:
        """What is known of a candidate on a split; to be read, not to be added to."""
        return self._scores.get((number, split)) or Scores()

    def record(self, number: int, split: Split, rollouts: Sequence[Rollout]) -> None:
        """Take in rollouts of a candidate."""
        scores = self._scores.setdefault((number, split), Scores())
        for each in rollouts:
            scores.add(each)
        if split in self._rankings:
            self._rankings[split].stale.add(number)

    def ranked(self, split: Split) -> Sequence[tuple[float, int]]:
        """Each member's mean score on a split and number, ascending: the last is the best, of equal ones the latest.

        The order is kept from call to call; only members whose scores have changed are moved.
        """
        ranking = self._rankings.setdefault(split, _Ranking())
        ranking.stale.update(each.number for each in self._order[ranking.seen :])
        ranking.seen = len(self._order)
        for number in ranking.stale & self._members.keys():
            ranking.move(number, self.scores(number, split).mean)
        ranking.stale.clear()
        return ranking.order

    def table(self, split: Split) -> Mapping[int, Mapping[str, float]]:
        """Each admitted candidate's scores on a split by example, where there are any."""
        return {
            number: found.by_example
            for number in self._members
            if (found := self._scores.get((number, split))) is not None and found.by_example
        }


class Part(Pool):
    """Some members of a pool, with the scores that they have there; whoever is admitted here is admitted there.

    Args:
        whole: The pool.
        numbers: Of its members that are in the part.
    """

    def __init__(self, whole: Pool, numbers: Iterable[int]) -> None:
        super().__init__()
        self._whole = whole
        self._scores = whole._scores
        for number in numbers:
            super().add(whole[number])

    def __getitem__(self, number: int) -> Candidate:
        return self._whole[number]

    def add(self, candidate: Candidate) -> None:
        """Admit a candidate to both."""
        super().add(candidate)
        self._whole.add(candidate)

    def record(self, number: int, split: Split, rollouts: Sequence[Rollout]) -> None:
        """Take in rollouts of a candidate for both."""
        super().record(number, split, rollouts)
        self._whole.record(number, split, rollouts)


@dataclass(slots=True)
class _Ranking:
    order: list[tuple[float, int]] = field(default_factory=list)
    means: dict[int, float] = field(default_factory=dict)
    stale: set[int] = field(default_factory=set)
    """Numbers whose scores have changed since the order was made."""
    seen: int = 0
    """Members that are in the order."""

    def move(self, number: int, mean: float) -> None:
        before = self.means.get(number)
        if before == mean:
            return
        if before is not None:
            del self.order[bisect_left(self.order, (before, number))]
        insort(self.order, (mean, number))
        self.means[number] = mean
