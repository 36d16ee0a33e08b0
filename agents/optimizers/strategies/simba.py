"""Learning from contrast: rules from the examples on which members of the pool differ most (SIMBA, DSPy)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import ClassVar

from steepest.agents.optimizers.acceptance import Better
from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.rules import ContrastiveRule
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import Acceptance, BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled

__all__ = ["Simba"]


@dataclass(frozen=True, slots=True)
class Simba:
    """Runs several members of the pool on a batch, and adds to one of them the rule that tells the best from the worst
    run of an example, for the examples with the widest spread first.
    """

    proposer: Proposer = field(default_factory=ContrastiveRule)
    opening: Proposer = field(default_factory=Reflection)
    """Learns from the batch of one member while all get the same scores."""
    sampler: BatchSampler = field(default_factory=lambda: Shuffled(6))
    acceptance: Acceptance = field(default_factory=Better)
    members: int = 4
    """Run on a batch: drawn by their scores, the seed always among them."""
    rules: int = 3
    """Learned in a step, each from an example of its own."""
    temperature: float = 0.2
    """Of the draws, in units of the distance between the best and the worst score in the pool."""
    name: ClassVar[str] = "simba"

    async def step(self, search: Search) -> None:
        """Contrast, propose, decide."""
        rng = search.random("members")
        members = self._drawn(search, rng)
        keys = self.sampler.batch(search.keys(), search.step, search.seed)
        outcomes = await search.evaluate(members, keys)
        for number, runs in enumerate(contrasts(outcomes)[: self.rules] or [[]]):
            place = rng.choices(range(len(members)), weights(search, members, self.temperature))[0]
            proposer, shown = (self.proposer, runs) if runs else (self.opening, outcomes[place])
            for child in await search.propose(proposer, members[place], shown, purpose=f"rule/{number}"):
                decision = await search.decide(self.acceptance, members[place], child, keys)
                if decision.accepted:
                    await search.admit(child, decision.reason, gain=decision.gain)
                else:
                    search.reject(child, decision.reason, gain=decision.gain)

    def observe(self, record: StepRecord) -> None:
        """The pool is all that it knows."""

    def _drawn(self, search: Search, rng: Random) -> list[Candidate]:
        """The seed, and others by their scores, none twice."""
        seed, *others = search.pool
        drawn = [seed]
        while others and len(drawn) < self.members:
            place = rng.choices(range(len(others)), weights(search, others, self.temperature))[0]
            drawn.append(others.pop(place))
        return drawn


def weights(search: Search, members: Sequence[Candidate], temperature: float) -> list[float]:
    """Of members by their scores on the ranking split: the best has 1, one that is worse by `temperature` times the
    width of the pool's scores 1/e.
    """
    scores = [search.score(each) for each in members]
    pool = [search.score(each) for each in search.pool]
    scale = temperature * (max(pool) - min(pool))
    return [math.exp((each - max(scores)) / scale) if scale else 1.0 for each in scores]


def contrasts(outcomes: Sequence[Sequence[Rollout]]) -> list[list[Rollout]]:
    """The rollouts of each example by several members, those with the widest spread of scores first; of equal ones that
    with the best rollout, then that whose best stands out most. Examples on which all do the same are left out.
    """
    by_example = [list(runs) for runs in zip(*outcomes, strict=True)]
    found = [runs for runs in by_example if _spread(runs)[0] > 0]
    return sorted(found, key=_spread, reverse=True)


def _spread(runs: Sequence[Rollout]) -> tuple[float, float, float]:
    scores = [each.score for each in runs]
    return max(scores) - min(scores), max(scores), max(scores) - math.fsum(scores) / len(scores)
