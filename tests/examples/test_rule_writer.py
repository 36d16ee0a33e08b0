"""The function in the model's place writes what a search can use, and knows nothing of the task."""

import asyncio
import random

import pytest

from examples.rule_writer import rule_writer
from steepest.agents.optimizers.diffs import DiffProposer
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.values import Component
from tests.agents.optimizers.situations import pool_of

SOURCE = """\
def f(near, far):
    def priority(of):
        # EVOLVE-BLOCK-START
        score = 0.0
        score += -1 * of["near"]
        # EVOLVE-BLOCK-END
        return score

    return priority({"near": near, "far": far})
"""
OTHER = SOURCE.replace("-1 *", "0.5 *")


def proposals(proposer: DiffProposer, step: int, seed: int = 0) -> list[Proposal]:
    pool = pool_of(({"f": OTHER}, [0.2]), ({"f": SOURCE}, [0.5]))
    situation = Situation(
        [Component("f", "code")],
        pool[1],
        (),
        pool,
        rng=random.Random(step),
        step=step,
        count=5,
        model=rule_writer(seed),
    )
    return list(asyncio.run(proposer.propose(situation)))


@pytest.mark.parametrize("step", range(10))
def test_every_answer_can_be_used_and_runs(step: int) -> None:
    for proposal in proposals(DiffProposer(), step):
        assert proposal.rejections == ()
        if not proposal.no_change:
            made: dict = {}  # type: ignore[type-arg]
            exec(proposal.changes["f"], made)  # noqa: S102  # of a grammar of our own
            assert isinstance(made["f"](2, 3), float)


def test_the_same_question_has_the_same_answer_and_another_seed_another_one() -> None:
    assert proposals(DiffProposer(), 1) == proposals(DiffProposer(), 1)
    assert proposals(DiffProposer(), 1) != proposals(DiffProposer(), 1, seed=1)
    assert len({str(each.changes) for step in range(4) for each in proposals(DiffProposer(), step)}) > 10
