"""Pareto search: no candidate is lost that is best on any example (GEPA, arXiv 2507.19457)."""

from dataclasses import dataclass, field
from typing import ClassVar

from steepest.agents.optimizers.acceptance import NotWorse
from steepest.agents.optimizers.merge import Merge, Tag, find_merge, telling_examples
from steepest.agents.optimizers.pareto import Criteria, ParetoSelector
from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.search.protocols import Acceptance, BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled
from steepest.agents.optimizers.strategies.settling import settle

__all__ = ["Pareto"]


@dataclass(slots=True)
class Pareto:
    """Improves a candidate drawn by the number of examples on which nobody is better, and merges candidates that
    improved different components.

    A merge is due after each improvement. It is tried on a few examples that tell its parents apart, and kept if it is
    no worse there than the better of them.
    """

    proposer: Proposer = field(default_factory=Reflection)
    sampler: BatchSampler = field(default_factory=Shuffled)
    acceptance: Acceptance | None = None
    """`acceptance_for` the sizes of the splits unless given."""
    criteria: Criteria = "instance"
    merges: int = 5
    """The most merges that are tried in a search."""
    name: ClassVar[str] = "pareto"
    _selector: ParetoSelector | None = field(default=None, init=False, repr=False)
    _tried: set[Tag] = field(default_factory=set, init=False, repr=False)
    _is_due: bool = field(default=False, init=False, repr=False)

    async def step(self, search: Search) -> None:
        """Merge if that is due and there is something to merge; otherwise improve."""
        if self._selector is None:
            self._selector = ParetoSelector(search.ranking, self.criteria)
        if self._is_due and len(self._tried) < self.merges:
            members = self._selector.memberships(search.pool)
            merge = find_merge(search.pool, search.ranking, members, self._tried, search.random("merge"))
            if merge is not None:
                return await self._merge(search, merge)
        parent = self._selector.select(search.pool, search.random("parent"))
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        (rollouts,) = await search.evaluate([parent], keys)
        for child in await search.propose(self.proposer, parent, rollouts):
            await settle(search, parent, child, keys, self.acceptance)

    def observe(self, record: StepRecord) -> None:
        """Take note of what was merged, and whether something was improved."""
        if "merge" in record.notes:
            first, second, sources = record.notes["merge"]
            self._tried.add((first, second, tuple(sources)))
        self._is_due = any(each.origin != "merge" for each in record.births)

    async def _merge(self, search: Search, merge: Merge) -> None:
        search.note("merge", merge.tag)
        words = f"candidates {merge.first} and {merge.second} changed different parts of {merge.ancestor}"
        pair = [search.pool[merge.first], search.pool[merge.second]]
        child = search.child(pair[0], merge.changes, origin="merge", others=(merge.second,), note=words)
        if child is None:
            return
        keys = telling_examples(search.pool, search.ranking, merge, search.random("telling"))
        (runs,) = await search.evaluate([child], keys, search.ranking)
        scores = [each.score for each in runs]
        before = [[search.pool.scores(each.number, search.ranking).by_example[key] for key in keys] for each in pair]
        decision = await NotWorse().decide(max(before, key=sum), scores, _no_more)
        if decision.accepted:
            await search.admit(child, decision.reason, gain=decision.gain)
        else:
            search.reject(child, decision.reason, gain=decision.gain)


async def _no_more(count: int) -> tuple[list[float], list[float]]:
    return [], []
