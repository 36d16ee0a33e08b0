"""Learning from contrast: rules from the examples on which members of the pool differ most (SIMBA, DSPy)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.rules import ContrastiveRule, contrasts
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import Acceptance, BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled
from steepest.agents.optimizers.strategies.settling import settle

__all__ = ["Simba"]


@dataclass(frozen=True, slots=True)
class Simba:
    """Runs several members of the pool on a batch. From the examples with the widest spread of scores it learns rules,
    each from the best and the worst run of one, and adds them to members that did not do best on it.

    A rule carries over what one member has and another lacks. What none has yet comes from the explorer, which makes
    one child a step from the runs of a single member.
    """

    proposer: Proposer = field(default_factory=ContrastiveRule)
    explorer: Proposer = field(default_factory=Reflection)
    sampler: BatchSampler = field(default_factory=lambda: Shuffled(6))
    acceptance: Acceptance | None = None
    """`acceptance_for` the sizes of the splits unless given."""
    members: int = 4
    """Run on a batch: drawn by their scores, the seed always among them."""
    rules: int = 2
    """Learned in a step, each from an example of its own."""
    temperature: float = 0.2
    """Of the draws, in units of the distance between the best and the worst score in the pool."""
    name: ClassVar[str] = "simba"

    async def step(self, search: Search) -> None:
        """Contrast, propose, decide."""
        members = self._drawn(search)
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        outcomes = await search.evaluate(members, keys)
        for number, runs in enumerate(contrasts(outcomes)[: self.rules]):
            best = max(each.score for each in runs)
            behind = [member for member, run in zip(members, runs, strict=True) if run.score < best]
            parent = self._draw(search, behind, f"parent/{number}")
            await self._try(search, self.proposer, parent, runs, keys, f"rule/{number}")
        parent = self._draw(search, members, "parent")
        await self._try(search, self.explorer, parent, outcomes[members.index(parent)], keys, "explore")

    async def _try(
        self,
        search: Search,
        proposer: Proposer,
        parent: Candidate,
        runs: Sequence[Rollout],
        keys: Sequence[str],
        purpose: str,
    ) -> None:
        for child in await search.propose(proposer, parent, runs, purpose=purpose):
            await settle(search, parent, child, keys, self.acceptance)

    def _drawn(self, search: Search) -> list[Candidate]:
        """The seed, and others out of the best by their scores, none twice."""
        best = search.pool.ranked(search.ranking)[-4 * self.members :]
        others = [search.pool[number] for _, number in best if number != 0]
        drawn = [search.pool[0]]
        while others and len(drawn) < self.members:
            drawn.append(self._draw(search, others, f"member/{len(drawn)}"))
            others.remove(drawn[-1])
        return drawn

    def _draw(self, search: Search, members: Sequence[Candidate], purpose: str) -> Candidate:
        return search.random(purpose).choices(members, weights(search, members, self.temperature))[0]

    def observe(self, record: StepRecord) -> None:
        """The pool is all that it knows."""


def weights(search: Search, members: Sequence[Candidate], temperature: float) -> list[float]:
    """Of members by their scores on the ranking split: the best has 1, one that is worse by `temperature` times the
    width of the pool's scores 1/e.
    """
    ranked = search.pool.ranked(search.ranking)
    scale = temperature * (ranked[-1][0] - ranked[0][0])
    scores = [search.score(each) for each in members]
    return [math.exp((each - max(scores)) / scale) if scale else 1.0 for each in scores]
