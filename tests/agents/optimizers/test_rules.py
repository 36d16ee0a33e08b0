"""A rule is learned from the worst and the best run of an example, and added to a text."""

import asyncio
import json

import pytest

from steepest.agents.optimizers.rules import ContrastiveRule, contrasts, with_rule
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError
from tests.agents.optimizers.situations import PLAN, RATE, Asked, situation

RUNS = [Rollout("a", 0.5, "no unit"), Rollout("a", 0.0, "wrong sign"), Rollout("a", 1.0, "right")]


def test_the_rule_that_tells_the_runs_apart_is_added_to_the_text() -> None:
    asked = Asked("<rule>\n- If there is a unit,\n  name it.\n</rule>")

    (proposal,) = asyncio.run(ContrastiveRule().propose(situation(asked, rollouts=RUNS)))

    assert proposal.changes == {"plan": "Think twice.\n- If there is a unit, name it."}
    assert (proposal.origin, proposal.reasoning) == ("rule", "If there is a unit, name it.")
    assert "wrong sign" in asked.questions[0]
    assert "right" in asked.questions[0]
    assert "no unit" not in asked.questions[0]


def test_a_rule_comes_as_json_from_models_that_keep_to_a_schema() -> None:
    asked = Asked(json.dumps({"rule": "Name the unit."}), structured=True)

    (proposal,) = asyncio.run(ContrastiveRule().propose(situation(asked, rollouts=RUNS)))

    assert proposal.changes == {"plan": "Think twice.\n- Name the unit."}
    assert asked.requests[0].output_schema is not None


@pytest.mark.parametrize(("answer", "structured"), [("<rule>\n</rule>", False), ('{"rule": ""}', True)])
def test_there_may_be_no_rule_to_learn(answer: str, structured: bool) -> None:
    asked = Asked(answer, structured=structured)

    (proposal,) = asyncio.run(ContrastiveRule().propose(situation(asked, rollouts=RUNS)))

    assert proposal.no_change
    assert not proposal.changes


def test_runs_with_equal_scores_teach_nothing_and_cost_nothing() -> None:
    asked = Asked("a rule")

    assert asyncio.run(ContrastiveRule().propose(situation(asked, rollouts=[RUNS[0], RUNS[0]]))) == []
    assert asked.requests == []


def test_an_essay_is_no_rule_and_is_sent_back() -> None:
    asked = Asked(f"<rule>{'word ' * 500}</rule>", "<rule>Name the unit.</rule>")

    (proposal,) = asyncio.run(ContrastiveRule().propose(situation(asked, rollouts=RUNS)))

    assert proposal.changes == {"plan": "Think twice.\n- Name the unit."}
    assert "write at most 600" in proposal.rejections[0].reason


def test_prose_is_no_rule() -> None:
    asked = Asked("I am sorry, I can't tell.")

    (proposal,) = asyncio.run(ContrastiveRule().propose(situation(asked, rollouts=RUNS)))

    assert not proposal.changes
    assert not proposal.no_change
    assert [each.component for each in proposal.rejections] == ["plan"] * 3


def test_what_the_component_can_not_have_is_sent_back() -> None:
    def judge(value: str) -> str:
        if "unit" in value:
            raise InputError("the plan may not speak of units")
        return value

    asked = Asked("<rule>Name the unit.</rule>", "<RULE>Name the measure.</RULE>")
    plan = Component("plan", "text", judge=judge)

    (proposal,) = asyncio.run(ContrastiveRule().propose(situation(asked, rollouts=RUNS, components=[plan])))

    assert proposal.changes == {"plan": "Think twice.\n- Name the measure."}
    assert [each.reason for each in proposal.rejections] == ["the plan may not speak of units"]


def test_only_texts_can_have_rules() -> None:
    with pytest.raises(InputError, match="none of what can be changed is one"):
        asyncio.run(ContrastiveRule().propose(situation(Asked("a"), rollouts=RUNS, components=[RATE])))


def test_without_a_model_the_way_out_is_named() -> None:
    with pytest.raises(InputError, match="llm="):
        asyncio.run(ContrastiveRule().propose(situation(rollouts=RUNS, components=[PLAN])))


def test_the_examples_on_which_members_differ_most_come_first() -> None:
    def outcome(*scores: float) -> list[Rollout]:
        return [Rollout("abcde"[place], score) for place, score in enumerate(scores)]

    found = contrasts([outcome(0.5, 0, 0.25, 0, 1), outcome(0.5, 0.5, 0.75, 1, 0), outcome(0.5, 0, 0.75, 1, 0)])

    assert [runs[0].example for runs in found] == ["e", "d", "c", "b"]
    assert contrasts([outcome(1.0, 0.0)]) == []


def test_rules_are_items_of_a_list() -> None:
    assert with_rule(with_rule("Think.\n", "First."), "Second.") == "Think.\n- First.\n- Second."


def test_further_proposals_learn_from_other_runs() -> None:
    asked = Asked("<rule>Name the unit.</rule>", "<rule>Mind the sign.</rule>")

    asyncio.run(ContrastiveRule().propose(situation(asked, rollouts=RUNS, count=2)))

    assert "wrong sign" in asked.questions[0]
    assert "no unit" in asked.questions[1]
