"""Optimization by prompting (OPRO, arXiv 2309.03409)."""

from dataclasses import dataclass, field
from typing import ClassVar

from steepest.agents.optimizers.opro import OproProposer
from steepest.agents.optimizers.search.protocols import BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled

__all__ = ["Opro"]


@dataclass(frozen=True, slots=True)
class Opro:
    """Asks for solutions better than the best so far; each is evaluated on the whole ranking split and enters the pool,
    for it is the history that the next ones are proposed from. A small ranking split makes it cheap (the paper takes a
    few percent of the training data).
    """

    proposer: Proposer = field(default_factory=OproProposer)
    sampler: BatchSampler = field(default_factory=lambda: Shuffled(3))
    """Of the examples on which the best solution is shown at work."""
    proposals: int = 8
    """In a step."""
    name: ClassVar[str] = "opro"

    async def step(self, search: Search) -> None:
        """Propose, evaluate, remember."""
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        best = search.best
        (rollouts,) = await search.evaluate([best], keys)
        for child in await search.propose(self.proposer, best, rollouts, count=self.proposals):
            await search.admit(child, "all enter the history")

    def observe(self, record: StepRecord) -> None:
        """The pool is all that it knows."""
