"""Choosing the parent of the next candidate, and the examples to learn from."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.rollouts import Split

__all__ = ["Best", "Shuffled"]


@dataclass(frozen=True, slots=True)
class Best:
    """The member with the highest mean score; of equal ones the latest, so that a plateau is walked on."""

    split: Split

    def select(self, pool: Pool, rng: random.Random) -> Candidate:
        """A member of the pool."""
        return pool[pool.ranked(self.split)[-1][1]]


@dataclass(frozen=True, slots=True)
class Shuffled:
    """Every example once an epoch, in an order of the epoch's own; a batch that reaches over its end takes the first of
    the next.
    """

    size: int = 3

    def batch(self, keys: Sequence[str], step: int, seed: int) -> Sequence[str]:
        """The keys of a step's examples, each once."""
        size = min(self.size, len(keys))
        taken: list[str] = []
        place = (step - 1) * size
        while len(taken) < size:
            epoch, offset = divmod(place, len(keys))
            key = keys[_order(len(keys), seed, epoch)[offset]]
            if key not in taken:
                taken.append(key)
            place += 1
        return taken


@lru_cache(maxsize=4)
def _order(count: int, seed: int, epoch: int) -> Sequence[int]:
    """The places of so many examples in an epoch; it takes long to shuffle many of them, and steps share an epoch."""
    return random.Random(f"{seed}/epoch/{epoch}").sample(range(count), count)
