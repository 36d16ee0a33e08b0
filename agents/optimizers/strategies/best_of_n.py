"""Several proposals for the best candidate, of which one is kept at most."""

from dataclasses import dataclass, field
from typing import ClassVar

from steepest.agents.optimizers.acceptance import LEAST, acceptance_for
from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.search.protocols import Acceptance, BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import mean_score
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Best, Shuffled
from steepest.agents.optimizers.strategies.settling import settle

__all__ = ["BestOfN"]


@dataclass(frozen=True, slots=True)
class BestOfN:
    """Has several changes proposed, runs all of them on a batch, and puts the best one to the test.

    The best of several on the same examples looks better than it is, so the test is on other examples, where the
    training split has enough of them.
    """

    count: int = 4
    """Proposals in a step."""
    proposer: Proposer = field(default_factory=Reflection)
    sampler: BatchSampler = field(default_factory=Shuffled)
    acceptance: Acceptance | None = None
    """`acceptance_for` the examples that are left for the test unless given."""
    name: ClassVar[str] = "best-of-n"

    async def step(self, search: Search) -> None:
        """Propose, run, test the best."""
        parent = Best(search.ranking).select(search.pool, search.random("parent"))
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        (rollouts,) = await search.evaluate([parent], keys)
        children = await search.propose(self.proposer, parent, rollouts, count=self.count)
        scored = zip(children, await search.evaluate(children, keys), strict=True)
        ranked = sorted(((mean_score(runs), child) for child, runs in scored), key=lambda each: each[0], reverse=True)
        for score, child in ranked[1:]:
            search.reject(child, "another one is better", gain=score - mean_score(rollouts))
        if ranked:
            everything = search.keys()
            fresh = [key for key in everything if key not in keys]
            search.random("fresh").shuffle(fresh)
            has_enough = len(fresh) >= LEAST
            begin, apart = (fresh[: len(keys)], keys) if has_enough else (keys, ())
            test = self.acceptance or acceptance_for(len(fresh), len(search.keys(search.ranking)))
            await settle(search, parent, ranked[0][1], begin, test, apart=apart)

    def observe(self, record: StepRecord) -> None:
        """All that it knows is in the pool."""
