"""Several of the best candidates are improved side by side."""

from dataclasses import dataclass, field
from typing import ClassVar

from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.search.protocols import Acceptance, BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled
from steepest.agents.optimizers.strategies.settling import settle

__all__ = ["Beam"]


@dataclass(frozen=True, slots=True)
class Beam:
    """Has changes of each member of a beam proposed; the best of the pool by the ranking split are the next beam."""

    width: int = 4
    """Members."""
    branches: int = 2
    """Proposals for each of them in a step."""
    proposer: Proposer = field(default_factory=Reflection)
    sampler: BatchSampler = field(default_factory=Shuffled)
    acceptance: Acceptance | None = None
    """`acceptance_for` the sizes of the splits unless given."""
    name: ClassVar[str] = "beam"

    async def step(self, search: Search) -> None:
        """Improve every member of the beam."""
        best = search.pool.ranked(search.ranking)[-self.width :]
        members = [search.pool[number] for _, number in reversed(best)]
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        for member, rollouts in zip(members, await search.evaluate(members, keys), strict=True):
            purpose = f"propose/{member.number}"
            children = await search.propose(self.proposer, member, rollouts, count=self.branches, purpose=purpose)
            for child in children:
                await settle(search, member, child, keys, self.acceptance)

    def observe(self, record: StepRecord) -> None:
        """All that it knows is in the pool."""
