"""Both stages together: never more than is good for a prompt, and never all because a reply was bad."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.labels import Definition
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recall import Recaller, Recalling
from steepest.agents.library.retrieval.recalled import Recall, token_estimate, told
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.llm import ChatRequest, FunctionModel
from tests.agents.library.insights import FLOW, insight

PROBLEM = Query("Goods flow through a port.")


def asked(request: ChatRequest) -> str:
    return request.messages[-1].content


def recaller(library: Library, **settings) -> Recaller:
    return Recaller(Shelf(library, HashedNgrams()), Recalling(**settings))


def recalled(recaller: Recaller, say, *, structured: bool = False, **options) -> Recall:
    return asyncio.run(recaller.recall(PROBLEM, FunctionModel(say, structured=structured), **options))


def names(found: Recall) -> list[str]:
    return [each.insight.id for each in found.insights]


@pytest.fixture
def library(sqlite_library: Library) -> Library:
    sqlite_library.add([insight(f"i{number:02}") for number in range(40)])
    return sqlite_library


def test_what_the_model_chooses_comes_in_its_order_with_its_reasons(library: Library) -> None:
    offered = names(recalled(recaller(library, asks_applicability=False), lambda _: "none"))
    found = recalled(recaller(library), lambda request: f"{offered[3]}: a port\n{offered[1]}: goods")

    assert names(found) == [offered[3], offered[1]]
    assert found.reasons == {offered[3]: "a port", offered[1]: "goods"}
    assert not found.is_unchosen


def test_the_model_chooses_from_thirty_at_most(library: Library) -> None:
    seen: list[str] = []
    found = recalled(recaller(library), lambda request: seen.append(asked(request)) or "none")

    assert len(found.candidates) == 30
    assert sum(line.startswith("- i") for line in seen[-1].splitlines()) == 30


@pytest.mark.parametrize("structured", [False, True])
@pytest.mark.parametrize("reply", ["", "All of them are useful!", '{"applicable": [{"id": "i00", "rea', "<html>"])
def test_after_replies_that_can_not_be_used_the_best_five_are_kept_never_all(
    library: Library, reply: str, structured: bool
) -> None:
    found = recalled(recaller(library, most=20), lambda request: reply, structured=structured)

    assert names(found) == [each.entry.insight.id for each in found.candidates[:5]]
    assert found.is_unchosen


def test_none_that_applies_is_none(library: Library) -> None:
    assert names(recalled(recaller(library), lambda request: "none")) == []


def test_no_more_than_the_most_even_if_all_are_chosen(library: Library) -> None:
    everything = "\n".join(f"i{number:02}: yes" for number in range(40))

    assert len(names(recalled(recaller(library, most=3), lambda request: everything))) == 3


def test_a_long_insight_makes_way_for_a_shorter_one(sqlite_library: Library) -> None:
    long, short = insight("long", explanation="flow " * 700), insight("short")
    sqlite_library.add([long, short])
    cap = token_estimate(told(long)) - 1

    assert names(recalled(recaller(sqlite_library, tokens=cap), lambda _: "long: a\nshort: b")) == ["short"]
    assert names(recalled(recaller(sqlite_library, tokens=cap + 1), lambda _: "long: a\nshort: b")) == ["long"]


def test_without_the_second_stage_nobody_is_asked(library: Library) -> None:
    def fail(request: ChatRequest) -> str:
        raise AssertionError("asked")

    found = recalled(recaller(library, asks_labels=False, asks_applicability=False, most=4), fail)

    assert len(names(found)) == 4


def test_an_empty_library_asks_nobody(sqlite_library: Library) -> None:
    assert recalled(recaller(sqlite_library), lambda request: 1 / 0) == Recall()


def test_some_can_be_left_out_or_alone_let_in(library: Library) -> None:
    either = recaller(library, asks_applicability=False)

    assert "i00" not in names(recalled(either, lambda _: "none", without={"i00"}))
    assert names(recalled(either, lambda _: "none", only={"i07"})) == ["i07"]
    assert names(recalled(either, lambda _: "none", only=set())) == []


def test_labels_are_asked_for_once_and_told(library: Library) -> None:
    library.define([Definition(label=FLOW, definition="flows", is_given=True)])
    questions: list[str] = []

    def say(request: ChatRequest) -> str:
        questions.append(asked(request))
        return str(FLOW) if "Which labels" in asked(request) else "none"

    found = recalled(recaller(library), say)

    assert found.labels == (FLOW,)
    assert len(questions) == 2


def test_labels_are_not_asked_for_where_all_insights_are_candidates_anyway(library: Library) -> None:
    library.define([Definition(label=FLOW, definition="flows", is_given=True)])
    questions: list[str] = []
    recalled(recaller(library, candidates=40), lambda request: questions.append(asked(request)) or "none")

    assert len(questions) == 1
    assert "Which of it applies" in questions[0]


def test_many_threads_may_ask_one_recaller_while_the_library_changes(library: Library) -> None:
    shared = recaller(library, asks_applicability=False)

    def work(number: int) -> int:
        if number % 4 == 0:
            library.add([insight(f"n{number}")])
        return len(names(recalled(shared, lambda _: "none")))

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(work, range(24))) == {5}
