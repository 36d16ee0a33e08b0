"""Reasons for failures, and an edit for each of them."""

import asyncio
import json

import pytest

from steepest.agents.optimizers.reasons import ReasonsAndEdits
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.errors import InputError
from tests.agents.optimizers.situations import PLAN, Asked, change, situation


def test_there_is_an_edit_for_each_reason() -> None:
    asked = Asked("1. units are not asked for\n2. signs are not asked for", change("plan", "A"), change("plan", "B"))

    proposals = asyncio.run(ReasonsAndEdits().propose(situation(asked, components=[PLAN], count=2)))

    assert [each.changes for each in proposals] == [{"plan": "A"}, {"plan": "B"}]
    assert {each.origin for each in proposals} == {"edit"}
    assert "Give 2 different reasons" in asked.questions[0]
    assert "<cause>\nunits are not asked for\n</cause>" in asked.questions[1]
    assert "<cause>\nsigns are not asked for\n</cause>" in asked.questions[2]


def test_no_more_reasons_are_followed_than_wanted_and_none_twice() -> None:
    asked = Asked("1. a\n2. a\n3. b\n4. c\n5. d", change("plan", "A"))

    proposals = asyncio.run(ReasonsAndEdits().propose(situation(asked, components=[PLAN], count=3)))

    assert len(proposals) == 3
    assert len(asked.requests) == 4


def test_reasons_come_as_json_from_models_that_keep_to_a_schema() -> None:
    edit = json.dumps({"reasoning": "", "no_change": False, "changes": [{"name": "plan", "value": "A"}]})
    asked = Asked(json.dumps({"reasons": ["a", " ", "b"]}), edit, structured=True)

    proposals = asyncio.run(ReasonsAndEdits().propose(situation(asked, components=[PLAN], count=4)))

    assert [each.changes for each in proposals] == [{"plan": "A"}, {"plan": "A"}]


def test_only_the_worst_runs_are_shown() -> None:
    asked = Asked("1. a", change("plan", "A"))
    runs = [Rollout(str(number), number / 10, f"words {number}") for number in (3, 1, 2, 5, 4)]

    asyncio.run(ReasonsAndEdits(runs=2).propose(situation(asked, components=[PLAN], rollouts=runs)))

    assert "words 1" in asked.questions[0]
    assert "words 2" in asked.questions[1]
    assert "words 3" not in asked.questions[0]


def test_replies_without_reasons_are_kept_and_nothing_is_edited() -> None:
    asked = Asked("Well, it is hard to say.")

    (proposal,) = asyncio.run(ReasonsAndEdits().propose(situation(asked, components=[PLAN])))

    assert not proposal.changes
    assert [each.component for each in proposal.rejections] == ["plan"] * 3


def test_without_a_model_the_way_out_is_named() -> None:
    with pytest.raises(InputError, match="llm="):
        asyncio.run(ReasonsAndEdits().propose(situation()))
