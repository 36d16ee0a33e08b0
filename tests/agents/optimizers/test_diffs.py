"""Code is changed by what a model answers, and a model is told why where that fails."""

import asyncio
import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from steepest.agents.optimizers.diffs import DiffProposer
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import Past, Proposal, Situation
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError
from tests.agents.optimizers.situations import PLAN, Asked, pool_of, situation, whole
from tests.agents.optimizers.test_proposer_prompts import agrees_with_golden

PRESENT = "def rank(job):\n    # EVOLVE-BLOCK-START\n    score = job\n    # EVOLVE-BLOCK-END\n    return score"
OTHER = PRESENT.replace("score = job", "score = -job")
THIRD = PRESENT.replace("score = job", "score = job * job")
EDIT = (
    "<reasoning>\nlarger first\n</reasoning>\n"
    "<<<<<<< SEARCH\n    score = job\n=======\n    score = 2 * job\n>>>>>>> REPLACE"
)
MADE = PRESENT.replace("score = job", "score = 2 * job")
RANK = Component("rank", "code", description="which job comes first")


def refuse_seven(value: Any) -> Any:
    if "7" in value:
        raise InputError("line 3: no sevens")
    return value


def code_situation(asked: Asked | None, **changes: Any) -> Situation:
    pool = pool_of(
        ({"rank": OTHER, "plan": "a"}, [0.2]),
        ({"rank": THIRD, "plan": "a"}, [0.9]),
        ({"rank": PRESENT, "plan": "a"}, [0.5]),
    )
    given: dict[str, Any] = {
        "components": [RANK, PLAN],
        "parent": pool[2],
        "pool": pool,
        "past": [
            Past({"rank": OTHER}, 0.2, "not better", "mean difference -0.3"),
            Past({"rank": "score = "}, None, "rejected", "line 1: it does not parse"),
        ],
        "goal": "jobs on time",
        **changes,
    }
    return situation(asked, **given)


CLOSING = 'def rank(job):\n    """Between <current> and </current>."""\n    return job'


def proposed(proposer: DiffProposer, asked: Asked | None, **changes: Any) -> list[Proposal]:
    return list(asyncio.run(proposer.propose(code_situation(asked, **changes))))


ONLY_DIFF = DiffProposer(diff=1, rewrite=0, crossover=0)
ONLY_REWRITE = DiffProposer(diff=0, rewrite=1, crossover=0)
ONLY_CROSSOVER = DiffProposer(diff=0, rewrite=0, crossover=1)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("name", "proposer"), [("diff", ONLY_DIFF), ("rewrite", ONLY_REWRITE), ("rewrite_two", ONLY_CROSSOVER)]
)
def test_prompts_are_what_they_were(name: str, proposer: DiffProposer, form: str) -> None:
    asked = Asked("no", structured=form == "json")
    proposed(proposer, asked, notes={"top": [1], "diverse": [0, 1], "partner": 1})
    agrees_with_golden(f"{name}_{form}.txt", whole(asked.requests[0]))


def test_an_edit_gives_a_proposal() -> None:
    (made,) = proposed(ONLY_DIFF, Asked(EDIT))
    assert made == Proposal({"rank": MADE}, "larger first", origin="diff")


def test_a_rewrite_and_a_crossover_give_proposals_with_their_parents() -> None:
    program = f"<reasoning>\nboth\n</reasoning>\n```python\n{MADE}\n```"
    (made,) = proposed(ONLY_REWRITE, Asked(program))
    assert made == Proposal({"rank": MADE}, "both", origin="rewrite")
    (made,) = proposed(ONLY_CROSSOVER, Asked(program), notes={"partner": 1})
    assert made == Proposal({"rank": MADE}, "both", origin="crossover", others=(1,))


def test_a_model_with_structured_output_is_asked_by_schema() -> None:
    reply = {"reasoning": "x", "no_change": False, "edits": [{"search": "score = job", "replace": "score = 2 * job"}]}
    asked = Asked(json.dumps(reply), structured=True)
    (made,) = proposed(ONLY_DIFF, asked)
    assert made.changes == {"rank": MADE}
    assert asked.requests[0].output_schema is not None
    assert "edits" in asked.requests[0].output_schema["properties"]


def test_an_edit_that_does_not_match_is_asked_for_again_with_the_closest_region() -> None:
    asked = Asked(EDIT.replace("    score = job\n=", "    score = jobs\n="), EDIT)
    (made,) = proposed(ONLY_DIFF, asked)
    assert made.changes == {"rank": MADE}
    assert "   3 |     score = job" in asked.questions[1]
    (rejection,) = made.rejections
    assert rejection.component == "rank"
    assert "do not stand in the text" in rejection.reason


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (EDIT.replace("score = job\n=", "return score\n=").replace("score = 2", "return 2"), "lies outside"),
        (EDIT.replace("2 * job", "7 * job"), "no sevens"),
        ("It is good.", "neither edits"),
        (EDIT.replace("2 * job", "job"), "change nothing"),
    ],
)
def test_after_two_repairs_the_reasons_stay_and_nothing_is_changed(reply: str, reason: str) -> None:
    asked = Asked(reply)
    judged = Component("rank", "code", judge=refuse_seven)
    (made,) = proposed(ONLY_DIFF, asked, components=[judged])
    assert made.changes == {}
    assert not made.no_change
    assert [reason in each.reason for each in made.rejections] == [True] * 3
    assert len(asked.requests) == 3


def test_code_that_could_close_the_tag_around_it_is_in_a_tag_of_its_own() -> None:
    asked = Asked("<reasoning>none</reasoning>\n<no_change/>")
    proposed(ONLY_DIFF, asked, parent=Candidate(2, {"rank": CLOSING, "plan": "a"}, "x"))
    assert f"<code-1>\n{CLOSING}\n</code-1>" in asked.questions[0]


def test_no_change_is_said_as_such() -> None:
    (made,) = proposed(ONLY_DIFF, Asked("<reasoning>\nfine\n</reasoning>\n<no_change/>"))
    assert made.no_change
    assert made.changes == {}


def test_operations_come_as_often_as_they_weigh_and_the_same_again_for_the_same_seed() -> None:
    def origins(seed: int) -> list[str]:
        return [each.origin for each in proposed(DiffProposer(), Asked(EDIT), count=300, rng=Random(seed))]

    assert origins(3) == origins(3) != origins(4)
    counts = Counter(origins(3))
    assert 150 < counts["diff"] < 210
    assert 60 < counts["rewrite"] < 120
    assert 10 < counts["crossover"] < 55


def test_without_a_second_parent_there_is_no_crossover() -> None:
    origins = {each.origin for each in proposed(DiffProposer(), Asked(EDIT), count=100, notes={"partner": None})}
    assert origins == {"diff", "rewrite"}
    alone = pool_of(({"rank": PRESENT}, [0.5]))
    assert {
        each.origin for each in proposed(DiffProposer(), Asked(EDIT), count=100, pool=alone, parent=alone[0])
    } == origins


def test_each_proposal_is_a_question_of_its_own_to_caches() -> None:
    asked = Asked(EDIT)
    proposed(ONLY_DIFF, asked, count=3)
    assert len({each.sample for each in asked.requests}) == 3


def test_what_is_shown_of_others_runs_and_tries_is_bounded() -> None:
    asked = Asked(EDIT)
    huge = "x = 1\n" * 50_000
    pool = pool_of(({"rank": huge}, [0.2]), ({"rank": huge + "y = 2"}, [0.9]), ({"rank": PRESENT}, [0.5]))
    rollouts = [Rollout(str(number), 0.5, huge, inputs=huge, output=huge, error=huge) for number in range(50)]
    past = [Past({"rank": huge}, 0.1, "not better", huge)] * 20
    proposed(ONLY_DIFF, asked, pool=pool, parent=pool[2], rollouts=rollouts, past=past)
    assert len(asked.questions[0]) < 40_000


def test_without_code_or_without_a_model_it_says_so() -> None:
    with pytest.raises(InputError, match="no code among the components"):
        proposed(ONLY_DIFF, Asked(EDIT), components=[PLAN])
    with pytest.raises(InputError, match="written by a language model"):
        proposed(ONLY_DIFF, None)
