"""A text that can be read in several ways: each is solved, and the person is told or asked whether it matters."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import ChatReply, ProviderError
from steepest.agents.modeling import solve_problem
from steepest.agents.modeling.readings.asking import read_readings
from steepest.agents.modeling.readings.questions import question_of
from tests.agents.modeling.conftest import stopped_reply

OTHERWISE = """\
QUESTION: Are the 40 kg for one day or for two?
ASSUMED: one day
READING: two days
CHANGES: flour = 20
"""
NO_MATTER = OTHERWISE.replace("flour = 20", "bake[cake] <= 35")


def answered(script: Callable[..., Any], problem: str, *replies: Any, readings: Any = "always") -> Any:
    model = script(*replies)
    return solve_problem(problem, model, readings=readings), model


def test_the_answer_is_told_to_change_with_the_reading(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    answer, _ = answered(script, bakery, bakery_five, OTHERWISE)

    assert answer.solution.objective == pytest.approx(336)
    assert [each.solution.objective for each in answer.ambiguity.others] == [pytest.approx(200)]
    assert "then the answer changes" in answer.explanation
    assert "- two days: the best value is 200 $ (flour = 20)" in answer.explanation
    question = question_of(answer)
    assert question is not None
    assert question.text == "Are the 40 kg for one day or for two?"
    assert question.options == ("one day", "two days")


def test_a_reading_that_changes_nothing_is_no_question(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    answer, _ = answered(script, bakery, bakery_five, NO_MATTER)

    assert "then the answer stays the same" in answer.explanation
    assert question_of(answer) is None


def test_a_reading_without_an_answer_changes_it(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    answer, _ = answered(script, bakery, bakery_five, OTHERWISE.replace("flour = 20", "flour = 1"))

    assert answer.outcome == "solved"
    assert answer.ambiguity.others[0].is_different
    assert "- two days: infeasible" in answer.explanation


@pytest.mark.parametrize(
    "reply",
    [
        "ONE READING",
        "",
        "Who knows?",
        OTHERWISE.replace("flour = 20", "sugar = 20"),  # no such parameter
        OTHERWISE.replace("flour = 20", "flour is 20"),
        OTHERWISE.replace("QUESTION", "NOTE"),
    ],
)
def test_a_reply_without_a_usable_reading_changes_nothing(
    script: Callable[..., Any], bakery: str, bakery_five: str, reply: str
) -> None:
    answer, _ = answered(script, bakery, bakery_five, reply)

    assert answer.outcome == "solved"
    assert answer.ambiguity is None


def test_in_doubt_the_model_is_asked_only_where_the_text_leaves_room(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    _, plain = answered(script, bakery, bakery_five, OTHERWISE, readings="in_doubt")
    assumed = bakery_five.replace('# [kg] "40 kg of flour today"', "# [kg] assumed for one day")
    assert assumed != bakery_five
    _, open_text = answered(script, bakery, assumed, OTHERWISE, readings="in_doubt")

    assert len(plain.requests) == 1
    assert len(open_text.requests) == 2


def test_by_default_nobody_is_asked(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    model = script(bakery_five)
    solve_problem(bakery, model)

    assert len(model.requests) == 1


def test_a_failing_question_leaves_the_answer(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    answer, _ = answered(script, bakery, bakery_five, ProviderError("the server is gone", kind="network"))

    assert answer.outcome == "solved"
    assert "the server is gone" in [item.message for item in answer.diagnostics]


SHOPS = """\
# Deliveries
sets:
  Shop = from "orders.csv" (shop)
parameters:
  order[Shop] from "orders.csv" (shop, crates)   # [crate]
  capacity = 100   # [crate] "100 crates"
variables:
  send[Shop]: real >= 0   # [crate]
maximize: sum(send[s] for s in Shop)   # [crate]
constraints:
  wanted[s in Shop]: send[s] <= order[s]
  fits: sum(send[s] for s in Shop) <= capacity   # "100 crates"
"""


@pytest.mark.parametrize("way", ["named", "bound"])
def test_a_reading_may_change_a_cell_of_a_table(script: Callable[..., Any], tmp_path: Path, way: str) -> None:
    (tmp_path / "orders.csv").write_text("shop,crates\nArn,30\nBiel,40\n")
    text = "Send as many crates as the shops of orders.csv want; there are 100 crates."
    otherwise = OTHERWISE.replace("flour = 20", "order[Biel] = 4")
    if way == "named":
        answer = solve_problem(text, script(SHOPS, otherwise), readings="always", folder=tmp_path)
    else:
        five = SHOPS.replace('from "orders.csv" (shop)\n', "{Arn, Biel}\n").replace(
            'from "orders.csv" (shop, crates)', "= missing"
        )
        tables = {"order": tmp_path / "orders.csv"}
        answer = solve_problem(text, script(five, otherwise), readings="always", tables=tables)

    assert answer.solution.objective == pytest.approx(70)
    assert [each.solution.objective for each in answer.ambiguity.others] == [pytest.approx(34)]


def test_a_structured_model_is_asked_for_json(script: Callable[..., Any], bakery: str, bakery_reply: str) -> None:
    said = {
        "question": "One day?",
        "assumed": "one day",
        "readings": [{"reading": "two days", "changes": ["flour = 20", "ordered = 4"]}],
    }
    model = script(bakery_reply, json.dumps(said), structured=True)
    answer = solve_problem(bakery, model, readings="always")

    assert model.requests[1].output_schema is not None
    assert answer.ambiguity is not None
    assert answer.ambiguity.others[0].changes == "flour = 20; ordered = 4"


def test_at_most_two_other_readings_are_taken() -> None:
    lines = "QUESTION: which?\n" + "".join(f"READING: {n}\nCHANGES: flour = {n}\n" for n in range(5))
    reply = ChatReply(text=lines, model="m", provider="p")

    assert [words for words, _ in read_readings(reply, structured=False).others] == ["0", "1"]
    assert read_readings(stopped_reply(lines, "length"), structured=False).others == ()


def test_data_that_the_text_lacks_are_asked_for(script: Callable[..., Any]) -> None:
    model = script(
        'parameters:\n  capacity = missing   # [loaf] how many loaves fit into the oven\n  price = 3   # "$3"\n'
        "variables:\n  bake: integer >= 0   # [loaf]\nmaximize: price * bake\n"
        "constraints:\n  oven: bake <= capacity\n"
    )
    answer = solve_problem("Loaves sell for $3, and the oven is small. Earn the most.", model)
    question = question_of(answer)

    assert answer.outcome == "missing_data"
    assert question is not None
    assert question.text == ("The text does not say capacity [loaf]: how many loaves fit into the oven. What is it?")
