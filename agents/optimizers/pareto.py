"""Pareto fronts: who is best on any example, and whom to improve so that no strength is lost (GEPA, arXiv 2507.19457).

GEPA finds the fronts anew for every step, in time cubic in the pool. Here they are kept from one admission to the next:
members that the others make dispensable leave for good, so that there are never more than criteria, and a pool of ten
thousand is as fast as one of ten.
"""

import math
import random
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from steepest.agents.optimizers.search.candidates import Candidate, Scores
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.rollouts import Split
from steepest.errors import InputError

__all__ = ["Criteria", "Fronts", "ParetoSelector", "criteria_of", "nondominated"]

Criteria: TypeAlias = Literal["instance", "objective", "hybrid", "cartesian"]
"""What has a front: every example; every objective; every example and every objective; every objective of every
example.
"""


def criteria_of(scores: Scores, criteria: Criteria) -> dict[Hashable, tuple[int, float]]:
    """What a candidate is compared by, the larger the better.

    The mean of an objective counts after the number of examples that have it, so that a candidate gains nothing by
    failing on examples where the objective would have been low.
    """
    found: dict[Hashable, tuple[int, float]] = {}
    if criteria in ("instance", "hybrid"):
        found.update({("example", key): (1, score) for key, score in scores.by_example.items()})
    if criteria == "cartesian":
        pairs = ((key, name, value) for key, figures in scores.objectives.items() for name, value in figures.items())
        found.update({(key, name): (1, value) for key, name, value in pairs})
    if criteria in ("objective", "hybrid"):
        by_name: dict[str, list[float]] = {}
        for figures in scores.objectives.values():
            for name, value in figures.items():
                by_name.setdefault(name, []).append(value)
        found.update({("objective", name): (len(all_), math.fsum(all_) / len(all_)) for name, all_ in by_name.items()})
    return found


class Fronts:
    """The front of each criterion, with as few members as cover all fronts: each is alone in one of its fronts."""

    def __init__(self) -> None:
        self._best: dict[Hashable, tuple[int, float]] = {}
        self._fronts: dict[Hashable, set[int]] = {}
        self._memberships: dict[int, set[Hashable]] = {}
        self._means: dict[int, float] = {}
        self._alone_in: dict[int, Hashable] = {}

    @property
    def memberships(self) -> Mapping[int, int]:
        """In how many fronts each member is."""
        return {number: len(fronts) for number, fronts in self._memberships.items()}

    def add(self, number: int, mean: float, values: Mapping[Hashable, tuple[int, float]]) -> None:
        """Put a candidate on the fronts where it is best or as good, and let go of those whom it makes dispensable.

        Args:
            number: The candidate's.
            mean: Its mean score: of two that could go, the one with the lower mean goes, of equal ones the earlier.
            values: What it is compared by.
        """
        mine: set[Hashable] = set()
        for criterion, value in values.items():
            best = self._best.get(criterion)
            if best is None or value > best:
                for other in self._fronts.get(criterion, ()):
                    self._memberships[other].discard(criterion)
                self._best[criterion], self._fronts[criterion] = value, set()
            if best is None or value >= best:
                self._fronts[criterion].add(number)
                mine.add(criterion)
        if mine:
            self._memberships[number], self._means[number] = mine, mean
            self._let_go()

    def _let_go(self) -> None:
        """Remove dominated members: those that have company in each of their fronts.

        One pass, ascending by mean, is GEPA's fixpoint: company only leaves, so who could not go once can't go later.
        """
        for number in sorted(self._memberships, key=lambda each: (self._means[each], each)):
            if self._is_alone(self._alone_in.get(number), number):
                continue
            alone_in = next((each for each in self._memberships[number] if self._is_alone(each, number)), None)
            if alone_in is not None:
                self._alone_in[number] = alone_in
                continue
            for criterion in self._memberships.pop(number):
                self._fronts[criterion].discard(number)
            del self._means[number]
            self._alone_in.pop(number, None)

    def _is_alone(self, criterion: Hashable, number: int) -> bool:
        front = self._fronts.get(criterion, ())
        return len(front) == 1 and number in front


@dataclass(slots=True)
class ParetoSelector:
    """Draws a member that no other makes dispensable, with a probability proportional to the fronts that it is on.

    What it keeps follows from the pool, and is made anew for another one.
    """

    split: Split = "train"
    criteria: Criteria = "instance"
    _fronts: Fronts = field(default_factory=Fronts, init=False, repr=False, compare=False)
    _pool: Pool | None = field(default=None, init=False, repr=False, compare=False)
    _seen: int = field(default=0, init=False, repr=False, compare=False)

    def select(self, pool: Pool, rng: random.Random) -> Candidate:
        """A member of the pool.

        Raises:
            InputError: There are to be fronts of objectives, and the guide gives none.
        """
        memberships = self.memberships(pool)
        (number,) = rng.choices(list(memberships), list(memberships.values()))
        return pool[number]

    def memberships(self, pool: Pool) -> Mapping[int, int]:
        """In how many fronts each member of the pool is, for those that are not dominated.

        Raises:
            InputError: There are to be fronts of objectives, and the guide gives none.
        """
        if pool is not self._pool:
            self._pool, self._fronts, self._seen = pool, Fronts(), 0
        for number in pool.after(self._seen):
            scores = pool.scores(number, self.split)
            self._fronts.add(number, scores.mean, criteria_of(scores, self.criteria))
            self._seen += 1
        memberships = self._fronts.memberships
        if not memberships:
            raise InputError(
                f"there is nothing to compare by {self.criteria}: the guide gives no objectives on the "
                f'{self.split} examples. Have it give some, or compare by "instance"'
            )
        return memberships


def nondominated(points: Iterable[Sequence[float]]) -> list[int]:
    """The places of the points that no other dominates: as large in every coordinate and larger in one.

    Equal points stand or fall together.
    """
    table = np.asarray(list(points), dtype=float)
    if not table.size:
        return list(range(len(table)))
    order = np.lexsort(table.T[::-1])[::-1]  # a point is dominated only by what is larger in this order
    front, size, stay = np.empty_like(table), 0, []
    for place in order.tolist():
        point = table[place]
        larger = front[:size][(front[:size] >= point).all(axis=1)]
        if len(larger) and (larger != point).any():
            continue
        stay.append(place)
        if not len(larger):
            front[size], size = point, size + 1
    return sorted(stay)
