"""Merging candidates that improved different components of a common ancestor (GEPA, arXiv 2507.19457, algorithm 4)."""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TypeAlias

from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.rollouts import Split
from steepest.agents.optimizers.search.values import Value, are_same

__all__ = ["Merge", "Tag", "find_merge", "telling_examples"]

Tag: TypeAlias = tuple[int, int, tuple[int, ...]]
"""Which two were merged, and whose version of each component was taken: what is never tried twice."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Two members, and what is taken from them."""

    first: int
    second: int
    ancestor: int
    sources: dict[str, int]
    """Whose version of each component is taken, by its name; the ancestor's where neither changed it."""
    changes: dict[str, Value]
    """What differs from the first."""

    @property
    def tag(self) -> Tag:
        """Distinguishes it from other merges."""
        return self.first, self.second, tuple(self.sources.values())


def find_merge(
    pool: Pool,
    split: Split,
    members: Collection[int],
    tried: Collection[Tag],
    rng: random.Random,
    *,
    attempts: int = 20,
) -> Merge | None:
    """A merge of two of some members that was not tried before; None if there is none among the pairs looked at.

    Neither may be made from the other. They need a common ancestor that is better than neither, and a component that
    one of them changed and the other did not. Of a component that both changed, the version of the better one is taken,
    and of equally good ones either. GEPA draws the ancestor by its score, which has to be positive for that; here it
    is the best one, of equal ones the latest.

    Args:
        pool: What they are in.
        split: Whose scores say who is better.
        members: Numbers to choose from: those on the Pareto front.
        tried: What was tried before.
        rng: Of the step.
        attempts: Pairs to look at, at most.
    """
    if any(len(pool[number].values) < 2 for number in members):
        return None  # of one component there are no two halves
    pairs = list(combinations(sorted(members), 2))
    ancestors = cache(pool.ancestors)  # lines of descent grow long, and members are in many pairs
    for first, second in rng.sample(pairs, min(attempts, len(pairs))):
        ancestor = _common_ancestor(pool, split, first, second, ancestors)
        if ancestor is not None:
            merge = _merged(pool, split, first, second, ancestor, rng)
            if merge.tag not in tried:
                return merge
    return None


def telling_examples(pool: Pool, split: Split, merge: Merge, rng: random.Random, *, count: int = 5) -> list[str]:
    """Examples to try a merge on: as many where the first is better as where the second is, and as where neither is, as
    far as there are any.
    """
    first, second = (pool.scores(number, split).by_example for number in (merge.first, merge.second))
    common = [key for key in first if key in second]
    rng.shuffle(common)
    kinds = [
        [key for key in common if first[key] > second[key]],
        [key for key in common if first[key] < second[key]],
        [key for key in common if first[key] == second[key]],
    ]
    in_turn = [kind[place] for place in range(len(common)) for kind in kinds if place < len(kind)]
    return in_turn[:count]


def _common_ancestor(
    pool: Pool, split: Split, first: int, second: int, ancestors: Callable[[int], frozenset[int]]
) -> int | None:
    before_first, before_second = ancestors(first), ancestors(second)
    if first in before_second or second in before_first:
        return None
    lower = min(pool.mean(first, split), pool.mean(second, split))
    worse = [(mean, each) for each in before_first & before_second if (mean := pool.mean(each, split)) <= lower]
    descending = (each for _, each in sorted(worse, reverse=True))
    return next((each for each in descending if _complement(pool, first, second, each)), None)


def _complement(pool: Pool, first: int, second: int, ancestor: int) -> bool:
    """Whether there is a component that only one of them changed."""
    one, two, old = pool[first].values, pool[second].values, pool[ancestor].values
    return any(are_same(one[name], old[name]) != are_same(two[name], old[name]) for name in old)


def _merged(pool: Pool, split: Split, first: int, second: int, ancestor: int, rng: random.Random) -> Merge:
    one, two, old = pool[first].values, pool[second].values, pool[ancestor].values
    better = _better(pool, split, (first, second), rng)
    sources = {}
    for name in old:
        changed = [number for number, values in ((first, one), (second, two)) if not are_same(values[name], old[name])]
        sources[name] = better if len(changed) == 2 else changed[0] if changed else ancestor
    taken = {name: pool[number].values[name] for name, number in sources.items()}
    changes = {name: value for name, value in taken.items() if not are_same(value, one[name])}
    return Merge(first, second, ancestor, sources, changes)


def _better(pool: Pool, split: Split, pair: Sequence[int], rng: random.Random) -> int:
    means = [pool.mean(number, split) for number in pair]
    return rng.choice(pair) if means[0] == means[1] else pair[means.index(max(means))]
