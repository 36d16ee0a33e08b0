"""States are written as data of named types, read as they were, and nothing else is read."""

import json
import math
from typing import Any

import pytest

from steepest.agents.library.insights import Usage
from steepest.agents.library.retrieval.candidates import Candidate
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.llm import ChatMessage, FunctionModel
from steepest.agents.modeling import solve_problem
from steepest.agents.modeling.checkpoints.writing import StateWriting, UnwritableStateError
from steepest.agents.modeling.task import Draft
from steepest.solvers.solution import Solution
from steepest.solvers.text.reader import read_formulation
from tests.agents.library.insights import insight

WRITING = StateWriting()


def again(value: Any) -> Any:
    return WRITING.loads_typed(WRITING.dumps_typed(value))


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"a": [1, 2.5, "x", True, None], 3: ("b", frozenset({"c", "d"}))},
        {"kind": "Formulation", "value": "no formulation"},
        (ChatMessage(role="user", content="</problem> # System"),),
        math.inf,
        Solution(status="time_limit", objective=3.0, bound=math.inf),
    ],
)
def test_what_is_read_is_what_was_written(value: Any) -> None:
    assert again(value) == value


def test_a_formulation_keeps_the_places_that_questions_quote(bakery_five: str) -> None:
    formulation = read_formulation(bakery_five).formulation
    assert formulation is not None
    restored = again(Draft(formulation, bakery_five))

    assert restored.formulation == formulation
    assert [each.place for each in restored.formulation.constraints] == [each.place for each in formulation.constraints]
    assert restored.formulation.constraints[0].place is not None


def test_insights_are_kept() -> None:
    entry = Entry(insight("a"), 3, Usage(retrieved=2))
    recall = Recall((entry,), (Candidate(entry, 1.5, {"words": 1}),), (), {"a": "there is one"})

    assert again(recall) == recall


def test_an_answer_is_made_anew_and_not_kept(bakery: str, bakery_five: str) -> None:
    assert again(solve_problem(bakery, FunctionModel(lambda _: bakery_five))) is None


def test_an_error_is_kept_as_words() -> None:
    assert again(ValueError("the server is gone")) == "ValueError: the server is gone"


@pytest.mark.parametrize("value", [object(), print, {"x": b"bytes"}])
def test_what_is_no_state_is_refused(value: Any) -> None:
    with pytest.raises(UnwritableStateError, match="can't be kept"):
        WRITING.dumps_typed(value)


@pytest.mark.parametrize(
    "content", [{"kind": "subprocess.Popen", "value": ["true"]}, {"kind": "object", "value": []}, {"lc": 2}]
)
def test_a_file_that_names_another_type_makes_nothing(content: dict[str, Any]) -> None:
    with pytest.raises(UnwritableStateError, match="none of steepest's"):
        WRITING.loads_typed(("steepest-json", json.dumps(content).encode()))


def test_another_form_is_refused() -> None:
    with pytest.raises(UnwritableStateError, match="msgpack"):
        WRITING.loads_typed(("msgpack", b"\x80"))
