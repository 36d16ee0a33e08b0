"""The most promising candidate is improved next: good, or seldom tried (upper confidence bounds)."""

import math
from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import ClassVar

from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import Acceptance, BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled
from steepest.agents.optimizers.strategies.settling import settle

__all__ = ["PrioritySearch"]


@dataclass(slots=True)
class PrioritySearch:
    """Improves the candidate with the highest mean + c sqrt(2 ln(1 + t) / (1 + n)) after t tries, n of them its own.

    Means count from 0 for the lowest of the pool to 1 for the highest. Of candidates that were tried equally often the
    best comes first, so only the best for each number of tries are looked at, however large the pool is.
    """

    c: float = 0.3
    """How much to explore."""
    proposer: Proposer = field(default_factory=Reflection)
    sampler: BatchSampler = field(default_factory=Shuffled)
    acceptance: Acceptance | None = None
    """`acceptance_for` the sizes of the splits unless given."""
    name: ClassVar[str] = "ucb"
    _tries: Counter[int] = field(default_factory=Counter, init=False, repr=False)
    _queues: dict[int, list[tuple[float, int]]] = field(default_factory=dict, init=False, repr=False)
    """Minus mean and minus number, by tries; a candidate that was tried since is moved when it is met."""
    _seen: int = field(default=0, init=False, repr=False)

    async def step(self, search: Search) -> None:
        """Improve the most promising candidate."""
        parent = self._most_promising(search)
        search.note("parent", parent.number)
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        (rollouts,) = await search.evaluate([parent], keys)
        for child in await search.propose(self.proposer, parent, rollouts):
            await settle(search, parent, child, keys, self.acceptance)

    def observe(self, record: StepRecord) -> None:
        """Count the tries."""
        self._tries.update([record.notes["parent"]] if "parent" in record.notes else [])

    def _most_promising(self, search: Search) -> Candidate:
        ranked = search.pool.ranked(search.ranking)
        low, high = ranked[0][0], ranked[-1][0]
        for number in search.pool.after(self._seen):
            self._enqueue(search.pool.mean(number, search.ranking), number)
        self._seen = len(search.pool)

        def index(first: tuple[int, tuple[float, int]]) -> tuple[float, int]:
            tries, (worth, number) = first
            spread = 2 * math.log1p(self._tries.total()) / (1 + tries)
            return (-worth - low) / ((high - low) or 1.0) + self.c * math.sqrt(spread), -number

        _, (_, number) = max(self._firsts(), key=index)
        return search.pool[-number]

    def _firsts(self) -> list[tuple[int, tuple[float, int]]]:
        """The best candidate for each number of tries."""
        for tries in sorted(self._queues):  # a candidate that is moved goes to a higher number
            queue = self._queues[tries]
            while queue and self._tries[-queue[0][1]] != tries:
                worth, number = heappop(queue)
                self._enqueue(-worth, -number)
        self._queues = {tries: queue for tries, queue in self._queues.items() if queue}
        return [(tries, queue[0]) for tries, queue in self._queues.items()]

    def _enqueue(self, mean: float, number: int) -> None:
        heappush(self._queues.setdefault(self._tries[number], []), (-mean, -number))
