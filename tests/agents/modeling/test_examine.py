"""The model is shown what conflicts, sentence by sentence, and what it breaks in repairing it is rolled back."""

from collections.abc import Callable
from typing import Any

import pytest

from steepest.agents.modeling import solve_problem
from tests.agents.modeling.test_problems import INFEASIBLE, TOO_MANY_ORDERS, UNBOUNDED

FIRST = INFEASIBLE.format(capacity=40)
RIGHT = FIRST.replace("bake <= capacity", "bake <= capacity + ordered")
REALLY = "REALLY: 50 are ordered, and 40 can be baked."


def question(model: Any, number: int) -> str:
    return str(model.requests[number].messages[-1].content)


def notes(answer: Any) -> list[str]:
    return [item.message for item in answer.diagnostics if item.code == "examined"]


def test_the_model_is_shown_the_sentences_that_conflict(script: Callable[..., Any]) -> None:
    model = script(FIRST, REALLY)
    solve_problem(TOO_MANY_ORDERS + " The shop opens at 8.", model)

    sentence = "A baker can bake 40 loaves, but 50 are ordered and all must be met."
    assert f'the text says for oven, orders: "{sentence}"' in question(model, 1)
    assert "The shop opens" not in question(model, 1)


def test_the_model_is_shown_the_direction_without_end(script: Callable[..., Any]) -> None:
    model = script(UNBOUNDED, "REALLY: no limit is given.")
    solve_problem("Loaves sell for $3. Earn the most.", model)

    assert "bake" in question(model, 1)
    assert "without end" in question(model, 1)
    assert "the text says for" not in question(model, 1)


def test_a_repair_that_forgets_a_demand_is_rolled_back_and_the_model_is_told(script: Callable[..., Any]) -> None:
    model = script(FIRST, FIRST.replace("  orders: bake >= ordered\n", ""), RIGHT)
    answer = solve_problem(TOO_MANY_ORDERS, model)

    assert "was not taken: it no longer uses 50" in question(model, 2)
    assert model.requests[2].messages[-2].content == FIRST.strip()
    assert answer.outcome == "solved"
    assert answer.formulation is not None
    assert [each.name for each in answer.formulation.constraints] == ["oven", "orders"]


def test_a_repair_that_moves_a_limit_out_of_the_constraints_is_rolled_back(script: Callable[..., Any]) -> None:
    evaded = FIRST.replace("  orders: bake >= ordered\n", "").replace("price * bake", "price * bake - 0 * ordered")
    answer = solve_problem(TOO_MANY_ORDERS, script(FIRST, evaded, REALLY))

    assert answer.outcome == "infeasible"
    assert any("no longer limits anything by 50" in note for note in notes(answer))


def test_a_repair_that_invents_a_number_is_rolled_back(script: Callable[..., Any]) -> None:
    invented = FIRST.replace("bake <= capacity", "bake <= capacity + more").replace(
        "  price = 3", "  more = 17   # [loaf]\n  price = 3"
    )
    answer = solve_problem(TOO_MANY_ORDERS, script(FIRST, invented, REALLY))

    assert answer.outcome == "infeasible"
    assert any("17" in note for note in notes(answer))


@pytest.mark.parametrize("most", [0, 1, 2])
def test_the_model_is_asked_as_often_as_wanted(script: Callable[..., Any], most: int) -> None:
    model = script(FIRST, FIRST.replace("bake: integer", "bake: real"), "Nothing is impossible!")
    answer = solve_problem(TOO_MANY_ORDERS, model, max_examinations=most)

    assert answer.outcome == "infeasible"
    assert len(model.requests) == 1 + most


def test_a_model_that_insists_is_not_asked_again(script: Callable[..., Any]) -> None:
    model = script(FIRST, FIRST)

    assert solve_problem(TOO_MANY_ORDERS, model).outcome == "infeasible"
    assert len(model.requests) == 2


def test_a_problem_with_an_answer_is_not_examined(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    model = script(bakery_five)

    assert solve_problem(bakery, model).outcome == "solved"
    assert len(model.requests) == 1
