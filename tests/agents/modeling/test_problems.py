"""From a problem told in words to an answer, with models that answer well, badly, or not at all."""

import asyncio
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import (
    ChatReply,
    FunctionModel,
)
from steepest.agents.modeling import answer_problem, solve_problem
from steepest.errors import InputError

FRANCE = "What is the capital of France?"

TOO_MANY_ORDERS = (
    "A baker can bake 40 loaves, but 50 are ordered and all must be met. Each sells for $3. Earn the most."
)
INFEASIBLE = """\
parameters:
  capacity = {capacity}   # [loaf] "can bake 40 loaves"
  ordered = 50   # [loaf] "50 are ordered"
  price = 3   # [$/loaf] "sells for $3"
variables:
  bake: integer >= 0   # [loaf]
maximize: price * bake
constraints:
  oven: bake <= capacity
  orders: bake >= ordered
"""
UNBOUNDED = "parameters:\n  price = 3   # [$/loaf]\nvariables:\n  bake: real >= 0\nmaximize: price * bake\n"


def errors(answer: Any) -> list[str]:
    return [item.code for item in answer.diagnostics if item.severity == "error"]


# Good answers


def test_a_problem_is_formulated_solved_and_told_in_words(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    said: list[str] = []
    model = script(bakery_five)
    answer = solve_problem(bakery, model, on_progress=said.append)

    assert answer.outcome == "solved"
    assert answer.solution is not None
    assert answer.solution.objective == pytest.approx(336)
    assert "336 $" in answer.explanation
    assert [step.name for step in answer.steps] == ["formulate", "check", "solve", "test", "conclude"]
    assert [record.step for record in answer.transcript.records] == ["formulate"]
    assert said[0] == "Formulating the problem with script"
    assert answer.model == "script"


def test_a_model_with_structured_output_is_asked_for_json(
    script: Callable[..., Any], bakery: str, bakery_reply: str
) -> None:
    model = script(bakery_reply, structured=True)
    answer = solve_problem(bakery, model)

    assert answer.outcome == "solved"
    assert model.requests[0].output_schema is not None
    assert answer.steps[0].prompt == "formulate_json@2"


def test_a_model_without_it_is_asked_for_text(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    model = script(f"Sure, here it is:\n```\n{bakery_five}```\nAnything else?")

    assert solve_problem(bakery, model).outcome == "solved"
    assert model.requests[0].output_schema is None


async def answered_twice(model: FunctionModel, bakery: str) -> list[str]:
    answers = await asyncio.gather(answer_problem(bakery, model), answer_problem(bakery, model))
    return [answer.outcome for answer in answers]


def test_several_problems_can_be_answered_in_one_event_loop(bakery: str, bakery_five: str) -> None:
    assert asyncio.run(answered_twice(FunctionModel(lambda _: bakery_five), bakery)) == ["solved", "solved"]


def test_data_come_from_the_persons_tables(script: Callable[..., Any], tmp_path: Path) -> None:
    table = tmp_path / "profit.csv"
    table.write_text("Product,profit\nbread,3\ncake,8\n")
    model = script(
        'sets:\n  Product = {bread, cake}\nparameters:\n  table profit[Product] from "profit" (Product, profit)\n'
        '  oven = 10   # "10 pieces fit"\nvariables:\n  bake[Product]: integer >= 0\n'
        "maximize: sum(profit[p] * bake[p] for p in Product)\nconstraints:\n"
        "  space: sum(bake[p] for p in Product) <= oven\n"
    )
    answer = solve_problem("Bread or cake? 10 pieces fit.", model, tables={"profit": table})

    assert answer.outcome == "solved", answer.diagnostics
    assert answer.solution is not None
    assert answer.solution.objective == pytest.approx(80)
    assert "profit: columns Product, profit (2 rows)" in model.requests[0].messages[-1].content


# Repairs


def test_an_unknown_name_is_repaired_at_the_second_try(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    model = script(bakery_five.replace("<= flour ", "<= flower "), bakery_five)
    answer = solve_problem(bakery, model)

    assert answer.outcome == "solved"
    assert [step.name for step in answer.steps][:4] == ["formulate", "check", "repair", "check"]
    _, problem, reply, findings = model.requests[1].messages[-4:]
    assert problem == model.requests[0].messages[-1]
    assert "flower" in reply.content
    assert "flower" in findings.content
    assert "flour_stock: sum" in findings.content


def test_broken_json_and_a_wrong_schema_are_repaired(
    script: Callable[..., Any], bakery: str, bakery_reply: str, bakery_json: dict[str, Any]
) -> None:
    bakery_json["formulation"]["parameters"][0].pop("values")
    model = script(bakery_reply[:-30], json.dumps(bakery_json), bakery_reply, structured=True)
    answer = solve_problem(bakery, model)

    assert answer.outcome == "solved"
    assert "parameters[0] (profit)" in model.requests[2].messages[-1].content


def test_nonsense_every_time_ends_as_not_formulated(script: Callable[..., Any], bakery: str) -> None:
    model = script("Bake more!", "variables:\n  x: whole\nmaximize: y\n", "???", "No.")
    answer = solve_problem(bakery, model)

    assert answer.outcome == "not_formulated"
    assert answer.solution is None
    assert answer.formulation is None
    assert errors(answer)
    assert len(model.requests) == 4
    assert "was not formulated" in answer.explanation


def test_repairs_are_limited(script: Callable[..., Any], bakery: str) -> None:
    model = script("Bake more!")

    assert solve_problem(bakery, model, max_repairs=0).outcome == "not_formulated"
    with pytest.raises(InputError, match="max_repairs"):
        solve_problem(bakery, model, max_repairs=-1)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("", "empty-reply"),
        (ChatReply(text="", model="m", provider="p", stop="refusal"), "model-refused"),
        (ChatReply(text="sets:", model="m", provider="p", stop="length"), "reply-cut-off"),
    ],
)
def test_an_empty_refused_or_cut_reply_is_asked_for_again(
    script: Callable[..., Any], bakery: str, bakery_five: str, reply: Any, code: str
) -> None:
    assert solve_problem(bakery, script(reply, bakery_five)).outcome == "solved"
    assert errors(solve_problem(bakery, script(reply), max_repairs=0)) == [code]


@pytest.mark.parametrize("structured", [False, True])
def test_a_constraint_that_is_named_like_its_number_is_renamed_without_a_call(
    script: Callable[..., Any], bakery: str, bakery_five: str, bakery_reply: str, structured: bool
) -> None:
    reply = (
        bakery_reply.replace('"flour_stock"', '"flour"') if structured else bakery_five.replace("flour_stock", "flour")
    )
    model = script(reply, structured=structured)
    answer = solve_problem(bakery, model)

    assert answer.outcome == "solved"
    assert len(model.requests) == 1
    assert answer.formulation is not None
    assert answer.formulation.constraints[0].name == "flour_constraint"
    assert [item.code for item in answer.diagnostics] == ["renamed"]


def test_a_number_that_is_not_in_the_text_is_doubted_once(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    strange = bakery_five.replace("flour = 40 ", "flour = 41 ")
    repaired = solve_problem(bakery, script(strange, bakery_five))
    insisted = solve_problem(bakery, script(strange, strange))

    assert repaired.solution is not None
    assert repaired.solution.objective == pytest.approx(336)
    assert not repaired.diagnostics
    assert insisted.outcome == "solved"
    assert "number-not-in-text" in [item.code for item in insisted.diagnostics]
    assert "41" in insisted.explanation


def test_a_doubted_formulation_stands_if_the_second_look_makes_it_worse(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    strange = bakery_five.replace("flour = 40 ", "flour = 41 ")
    for second in ("I am sure.", "NOT AN OPTIMIZATION PROBLEM: no", strange.replace("30", "31")):
        answer = solve_problem(bakery, script(strange, second))
        assert answer.outcome == "solved", second
        assert answer.formulation is not None
        assert [p.value for p in answer.formulation.parameters][2:] == [41, 5, 30]


# No problem, no data, no class


@pytest.mark.parametrize("structured", [False, True])
def test_a_text_that_is_no_problem_is_said_to_be_none(script: Callable[..., Any], structured: bool) -> None:
    says = '{"kind": "not_a_problem", "reason": "It asks for a fact."}'
    model = script(says if structured else "NOT AN OPTIMIZATION PROBLEM: It asks for a fact.", structured=structured)
    answer = solve_problem(FRANCE, model)

    assert answer.outcome == "not_a_problem"
    assert answer.formulation is None
    assert answer.explanation == "This is no optimization problem: It asks for a fact."


def test_an_invented_problem_is_refused_whatever_the_model_says(script: Callable[..., Any], bakery_five: str) -> None:
    answer = solve_problem(FRANCE, script(*[bakery_five] * 4))

    assert answer.outcome == "not_a_problem"
    assert answer.formulation is None
    assert answer.solution is None
    assert "no optimization problem" in answer.explanation


def test_missing_data_are_asked_for_by_name(script: Callable[..., Any]) -> None:
    model = script(
        'parameters:\n  price = 3   # [$/loaf] "$3 a loaf"\n  flour = missing   # [kg] what is in stock\n'
        '  use = 0.5   # [kg/loaf] "half a kilo"\nvariables:\n  bake: integer >= 0   # [loaf]\n'
        "maximize: price * bake\nconstraints:\n  stock: use * bake <= flour\n"
    )
    answer = solve_problem("A loaf takes half a kilo of flour and sells for $3 a loaf. Bake the most.", model)

    assert answer.outcome == "missing_data"
    assert answer.missing == ["flour [kg]: what is in stock"]
    assert "flour [kg]" in answer.explanation
    assert answer.formulation is not None
    assert len(model.requests) == 1


def test_missing_data_that_the_person_gives_are_used(script: Callable[..., Any]) -> None:
    model = script(
        "parameters:\n  price = 3\n  flour = missing\nvariables:\n  bake: integer >= 0\nmaximize: price * bake\n"
        "constraints:\n  stock: bake <= flour\n"
    )
    answer = solve_problem("A loaf sells for $3. Bake the most.", model, tables={"flour": 12})

    assert answer.solution is not None
    assert answer.solution.objective == pytest.approx(36)


def test_a_class_that_no_solver_takes_is_unsupported(script: Callable[..., Any]) -> None:
    model = script(
        "parameters:\n  wire = 12\nvariables:\n  a: integer in 0..wire\n  b: integer in 0..wire\nmaximize: a + b\n"
        "constraints:\n  length: either(a <= wire / 4, all_different(a, b))\n"
    )
    answer = solve_problem("Bend 12 m of wire into the largest rectangle.", model)

    assert answer.outcome == "unsupported"
    assert "all_different(" in answer.explanation


def test_a_file_that_the_person_did_not_give_is_not_read(script: Callable[..., Any], tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("Product,profit\nbread,3\n")
    model = script(
        f'sets:\n  Product = {{bread}}\nparameters:\n  table profit[Product] from "{secret}" (Product, profit)\n'
        "variables:\n  bake[Product]: real in 0..3\nmaximize: sum(profit[p] * bake[p] for p in Product)\n"
    )
    answer = solve_problem("Bake up to 3 breads for the most profit.", model, max_repairs=0)

    assert answer.outcome == "not_formulated"
    assert "unknown-file" in errors(answer)


def test_a_file_beside_the_problem_is_read_if_the_text_names_it(script: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "profit.csv").write_text("Product,profit\nbread,3\n")
    model = script(
        'sets:\n  Product = {bread}\nparameters:\n  table profit[Product] from "profit.csv" (Product, profit)\n'
        "  oven = 4\nvariables:\n  bake[Product]: real >= 0\nmaximize: sum(profit[p] * bake[p] for p in Product)\n"
        "constraints:\n  space[p in Product]: bake[p] <= oven\n"
    )
    answer = solve_problem("Profits are in profit.csv; 4 breads fit. Earn the most.", model, folder=tmp_path)

    assert answer.solution is not None, answer.diagnostics
    assert answer.solution.objective == pytest.approx(12)


@pytest.mark.parametrize("way_in", [answer_problem, solve_problem])
def test_another_process_finds_both_ways_in_by_their_names(way_in: Callable[..., Any]) -> None:
    assert pickle.loads(pickle.dumps(way_in)) is way_in  # noqa: S301  # written right here
