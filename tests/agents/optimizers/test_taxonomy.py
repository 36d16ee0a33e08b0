"""Failures are sorted into kinds that grow with them, and guidance is asked for against one kind."""

import asyncio
import json

import pytest

from steepest.agents.optimizers.search.protocols import Proposal
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.taxonomy import FailureGuidance, FailureSorting, Mode, Taxonomy
from steepest.errors import InputError
from tests.agents.optimizers.situations import PLAN, Asked, change, situation

FAILURES = [Rollout("a", 0.0, "12 kg expected"), Rollout("b", 0.0, "minus 3"), Rollout("c", 0.1, "4 m expected")]
ANSWER = "1: missing unit - the unit is left out\n2: wrong sign - a cost is added\n3: Missing unit - again"


def sort(asked: Asked, noted: list[dict[str, object]] | None = None) -> tuple[Taxonomy, list[Proposal]]:
    taxonomy = Taxonomy(noted or [])
    told = situation(asked, rollouts=FAILURES, notes={"taxonomy": taxonomy})
    return taxonomy, list(asyncio.run(FailureSorting().propose(told)))


def test_failures_are_counted_by_kind_whatever_the_capitals() -> None:
    taxonomy, proposals = sort(Asked(ANSWER))

    assert proposals == []
    assert taxonomy.as_json() == [
        {"name": "missing unit", "description": "the unit is left out", "count": 2, "tries": 0},
        {"name": "wrong sign", "description": "a cost is added", "count": 1, "tries": 0},
    ]
    most = taxonomy.most_frequent()
    assert most is not None
    assert [each.example for each in most.failures] == ["a", "c"]


def test_known_kinds_are_offered_and_grow() -> None:
    noted = [{"name": "Wrong sign", "description": "a cost is added", "count": 4, "tries": 1}]
    asked = Asked(ANSWER)

    taxonomy, _ = sort(asked, noted)

    assert "- Wrong sign - a cost is added" in asked.questions[0]
    assert [(each.name, each.count) for each in taxonomy] == [("Wrong sign", 5), ("missing unit", 2)]


@pytest.mark.parametrize(
    "answer",
    [
        "Run 1: missing unit - left out\nRun 2: wrong sign - added\nRun 3: missing unit - left out",
        "1. **missing unit** - left out\n2. wrong sign: added\n3) missing unit",
        "Here you are:\n\n1: missing unit - left out\n2: wrong sign - added\n3: missing unit - left out\n3: other - x",
    ],
)
def test_lines_are_read_as_small_models_write_them(answer: str) -> None:
    taxonomy, proposals = sort(Asked(answer))

    assert [(each.name, each.count) for each in taxonomy] == [("missing unit", 2), ("wrong sign", 1)]
    assert proposals == []


def test_a_run_without_a_kind_is_asked_for_again_and_the_reply_kept() -> None:
    asked = Asked("1: missing unit - left out", ANSWER)

    taxonomy, (proposal,) = sort(asked)

    assert "run 2, 3" in proposal.rejections[0].reason
    assert not proposal.changes
    assert len(taxonomy.as_json()) == 2


def test_failures_that_can_not_be_sorted_leave_the_taxonomy_as_it_was() -> None:
    taxonomy, (proposal,) = sort(Asked("I can't."))

    assert taxonomy.as_json() == []
    assert len(proposal.rejections) == 3


def test_kinds_come_as_json_from_models_that_keep_to_a_schema() -> None:
    said = [{"run": number, "kind": "missing unit", "description": "left out"} for number in (3, 1, 2)]

    taxonomy, _ = sort(Asked(json.dumps({"failures": said}), structured=True))

    assert [(each.name, each.count) for each in taxonomy] == [("missing unit", 3)]


@pytest.mark.parametrize("answer", ['{"failures": [{"run": "1"}]}', '{"failures": 3}', "[]", '{"kinds": []}'])
def test_json_of_another_form_is_sent_back(answer: str) -> None:
    taxonomy, (proposal,) = sort(Asked(answer, structured=True))

    assert taxonomy.as_json() == []
    assert len(proposal.rejections) == 3


def test_guidance_that_did_not_help_makes_room_for_the_next_kind() -> None:
    taxonomy = Taxonomy(
        [
            {"name": "missing unit", "description": "", "count": 5, "tries": 2},
            {"name": "wrong sign", "description": "", "count": 2, "tries": 0},
        ]
    )
    for kind in ("missing unit", "wrong sign"):
        taxonomy.add(kind, "", FAILURES[0])

    most = taxonomy.most_frequent()

    assert most is not None
    assert most.name == "wrong sign"


def test_a_kind_that_no_longer_occurs_is_not_worked_on() -> None:
    assert Taxonomy([{"name": "missing unit", "description": "", "count": 5, "tries": 0}]).most_frequent() is None


def test_guidance_is_asked_for_against_one_kind_of_failure() -> None:
    asked = Asked(change("plan", "Think twice. Units!"))
    mode = Mode("missing unit", "the unit is left out", count=9)

    (proposal,) = asyncio.run(
        FailureGuidance().propose(situation(asked, rollouts=FAILURES[:1], components=[PLAN], notes={"mode": mode}))
    )

    assert proposal.changes == {"plan": "Think twice. Units!"}
    assert proposal.origin == "guidance"
    assert "missing unit: the unit is left out" in asked.questions[0]
    assert "seen 9 times" in asked.questions[0]


def test_without_a_model_the_way_out_is_named() -> None:
    with pytest.raises(InputError, match="llm="):
        asyncio.run(FailureSorting().propose(situation(rollouts=FAILURES, notes={"taxonomy": Taxonomy()})))
