"""One proposal at a time for the best candidate."""

from dataclasses import dataclass, field
from typing import ClassVar

from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.search.protocols import Acceptance, BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Best, Shuffled
from steepest.agents.optimizers.strategies.settling import settle

__all__ = ["Minibatch"]


@dataclass(frozen=True, slots=True)
class Minibatch:
    """Runs the best candidate on a batch, has a change proposed, and keeps it if a test says that it is better."""

    proposer: Proposer = field(default_factory=Reflection)
    sampler: BatchSampler = field(default_factory=Shuffled)
    acceptance: Acceptance | None = None
    """`acceptance_for` the sizes of the splits unless given."""
    name: ClassVar[str] = "minibatch"

    async def step(self, search: Search) -> None:
        """Propose, decide, keep."""
        parent = Best(search.ranking).select(search.pool, search.random("parent"))
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        (rollouts,) = await search.evaluate([parent], keys)
        for child in await search.propose(self.proposer, parent, rollouts):
            await settle(search, parent, child, keys, self.acceptance)

    def observe(self, record: StepRecord) -> None:
        """All that it knows is in the pool."""
