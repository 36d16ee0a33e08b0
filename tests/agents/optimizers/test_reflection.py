"""Reflection shows runs and asks for a new value of one component, or of any."""

import asyncio

from steepest.agents.optimizers.reflection import Reflection, least_tried
from steepest.agents.optimizers.search.protocols import Past
from steepest.agents.optimizers.search.values import Component
from tests.agents.optimizers.situations import PLAN, RATE, Asked, change, situation


def test_a_proposal_takes_one_call_and_changes_one_component() -> None:
    asked = Asked(change("plan", "Think of units."))

    (proposal,) = asyncio.run(Reflection().propose(situation(asked, components=[PLAN])))

    assert proposal.changes == {"plan": "Think of units."}
    assert (proposal.reasoning, proposal.origin, len(asked.requests)) == ("it is better", "reflection", 1)


def test_the_components_take_turns_within_a_step() -> None:
    asked = Asked(change("rate", "0.7"), change("plan", "Count."), change("rate", "0.9"))

    proposals = asyncio.run(Reflection().propose(situation(asked, count=3)))

    assert [dict(each.changes) for each in proposals] == [{"rate": 0.7}, {"plan": "Count."}, {"rate": 0.9}]
    assert len({each.sample for each in asked.requests}) == 3


def test_the_component_that_was_tried_least_is_next_refused_tries_counted() -> None:
    third = Component("tone", "text")
    past = [
        Past({"plan": "A"}, 0.5, "accepted"),
        Past({"tone": "?"}, None, "rejected", "too long"),
        Past({"plan": "B"}, 0.5, "not better"),
    ]

    assert [each.name for each in least_tried([PLAN, RATE, third], past)] == ["rate", "tone", "plan"]


def test_a_component_that_a_model_can_do_nothing_with_does_not_take_every_turn() -> None:
    asked = Asked("I would rather not.")

    (proposal,) = asyncio.run(Reflection().propose(situation(asked)))

    assert not proposal.changes
    assert [each.component for each in proposal.rejections] == ["rate", "rate", "rate"]


def test_the_word_that_nothing_should_change_is_a_try_of_the_component() -> None:
    asked = Asked("<reasoning>\nall is well\n</reasoning>\n<no_change/>")

    (proposal,) = asyncio.run(Reflection().propose(situation(asked)))

    assert proposal.no_change
    assert [(each.component, each.reason) for each in proposal.rejections] == [
        ("rate", "the model would change nothing")
    ]


def test_all_components_may_be_changed_in_one_proposal() -> None:
    asked = Asked(change("plan", "Count.") + "\n" + '<change name="rate">\n0.25\n</change>')

    (proposal,) = asyncio.run(Reflection(components="all").propose(situation(asked)))

    assert proposal.changes == {"plan": "Count.", "rate": 0.25}


def test_only_so_many_runs_and_tries_are_shown() -> None:
    asked = Asked(change("plan", "Count."))

    asyncio.run(Reflection(runs=1, tries=1).propose(situation(asked, components=[PLAN])))

    assert "the unit is wrong" in asked.questions[0]
    assert "all is right" not in asked.questions[0]
    assert "Guess." not in asked.questions[0]


def test_proposals_of_one_step_are_asked_for_in_different_words() -> None:
    asked = Asked(change("plan", "Count."))

    asyncio.run(Reflection().propose(situation(asked, components=[PLAN], count=4)))

    assert len(set(asked.questions)) == 4
