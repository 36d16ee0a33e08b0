"""The step of textual gradient descent asks once for each parameter that was told something."""

import asyncio
from typing import Any

import pytest

from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.textgrad import TextGradProposer
from steepest.errors import InputError
from tests.agents.optimizers.situations import Asked, change, situation
from tests.agents.optimizers.test_gradients import account, line, parameter


def traced(score: float, said: str) -> Rollout:
    lines = parameter("plan"), parameter("rate"), line("text", 0, 1, output=True)
    return Rollout("a", score, said, account=account(*lines, said=said))


def propose(asked: Asked | None, proposer: TextGradProposer | None = None, **changes: Any) -> list[Any]:
    return list(asyncio.run((proposer or TextGradProposer()).propose(situation(asked, **changes))))


def test_all_runs_are_heard_and_each_parameter_is_asked_for_once() -> None:
    asked = Asked(
        "plan: say less\nrate: none", "plan: say more\nrate: lower", change("plan", "A"), change("rate", "0.1")
    )

    (proposal,) = propose(asked, rollouts=[traced(0.1, "too long"), traced(0.2, "too short")])

    assert proposal.changes == {"plan": "A", "rate": 0.1}
    assert proposal.reasoning == "it is better it is better"
    assert "- say less\n- say more" in asked.questions[2]
    assert "- lower" in asked.questions[3]
    assert len(asked.requests) == 4


def test_several_proposals_share_the_way_back() -> None:
    asked = Asked("plan: say less\nrate: none", change("plan", "A"), change("plan", "B"))

    proposals = propose(asked, rollouts=[traced(0.1, "too long")], count=2)

    assert [each.changes for each in proposals] == [{"plan": "A"}, {"plan": "B"}]
    assert len(asked.requests) == 3
    assert len({each.sample for each in asked.requests[1:]}) == 2


def test_good_runs_are_left_alone() -> None:
    asked = Asked("a")

    assert propose(asked, TextGradProposer(good=1.0), rollouts=[traced(1.0, "right")]) == []
    assert asked.requests == []


def test_of_a_run_that_was_not_traced_all_parameters_hear_the_feedback() -> None:
    asked = Asked(change("plan", "A"), change("rate", "0.1"))

    (proposal,) = propose(asked, rollouts=[Rollout("a", 0.5, "too long", output="so it goes")])

    assert proposal.changes == {"plan": "A", "rate": 0.1}
    assert all("- (score 0.5) too long The run gave: so it goes" in each for each in asked.questions)


def test_parameters_that_want_no_change_stay_and_unusable_replies_are_kept() -> None:
    asked = Asked("plan: say less\nrate: lower", "<no_change/>", "my rate is fine")

    (proposal,) = propose(asked, rollouts=[traced(0.1, "too long")])

    assert not proposal.changes
    assert not proposal.no_change
    assert len(proposal.rejections) == 3


def test_if_none_should_change_the_proposal_says_so() -> None:
    asked = Asked("plan: say less\nrate: lower", "<no_change/>")

    (proposal,) = propose(asked, rollouts=[traced(0.1, "too long")])

    assert proposal.no_change


def test_without_a_model_the_way_out_is_named() -> None:
    with pytest.raises(InputError, match="llm="):
        propose(None)
