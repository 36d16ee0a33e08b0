"""A long search is flat: a candidate costs what its values and scores take, however many came before it."""

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


def test_an_admitted_candidate_takes_a_few_kilobytes_and_the_last_no_more_than_the_first():
    first, *_, last = growth(accepted=True)

    assert last < 6_000  # the rollouts' words alone would be 4,000 more
    assert last < 1.5 * first


def test_a_candidate_that_was_not_admitted_leaves_its_record():
    assert growth(accepted=False)[-1] < 4_000  # proposers are told of the last 500 tries, which are all there by now
