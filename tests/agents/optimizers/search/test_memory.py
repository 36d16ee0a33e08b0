"""A long search is flat: what was tried, values, scores and records are in files."""

import asyncio
import gc
import tracemalloc
from dataclasses import dataclass
from itertools import pairwise

from steepest.agents.optimizers.search.executors import Inline
from steepest.agents.optimizers.search.limits import SearchLimits, Spending
from steepest.agents.optimizers.search.loop import carry_out
from steepest.agents.optimizers.search.protocols import Decision, Proposal
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.strategies.pareto import Pareto


@dataclass(frozen=True)
class Program:
    components = (Component("x", "integer"),)

    def seed(self):
        return {"x": 0}

    def run(self, values, example, *, traced):
        return Rollout(example.key, float(hash((values["x"], example.data)) % 7), words="w" * 1_000)


class Counting:
    async def propose(self, situation):
        return [Proposal({"x": situation.step})]


@dataclass(frozen=True)
class Verdict:
    accepted: bool

    async def decide(self, parent, child, draw):
        return Decision(self.accepted, "by decree", 0.0, len(child))


class Noting(Pareto):
    """A Pareto search that takes down how much memory is in use."""

    every = 150

    def observe(self, record):
        super().observe(record)
        if record.step and record.step % self.every == 0:
            gc.collect()
            taken.append(tracemalloc.get_traced_memory()[0])


taken = []


def growth(*, accepted):
    """Bytes a candidate of each stretch of a search."""
    taken.clear()
    examples = {"train": [Example(str(key), key) for key in range(4)]}
    search = Search(Program(), examples, Spending(SearchLimits()), executor=Inline())
    tracemalloc.start()
    try:
        asyncio.run(carry_out(search, Noting(Counting(), acceptance=Verdict(accepted), merges=0), steps=900))
    finally:
        tracemalloc.stop()
        search.close()
    return [(after - before) / Noting.every for before, after in pairwise(taken)]


def test_an_admitted_candidate_takes_some_hundred_bytes_at_most():
    assert growth(accepted=True)[-1] < 600  # its rollouts' words alone would be 4,000 more


def test_a_candidate_that_was_not_admitted_takes_its_digest():
    assert growth(accepted=False)[-1] < 600
