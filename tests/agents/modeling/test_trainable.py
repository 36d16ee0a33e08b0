"""The agent's prompts are parameters: a trace names those that had a part in an answer, and a search changes them."""

import re
from collections.abc import Callable
from typing import Any

import pytest

import steepest
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.modeling.prompt_parameters import PromptParameters
from steepest.agents.modeling.trainable import ModelingAgent
from steepest.errors import InputError
from steepest.prompts import load_prompt
from steepest.traces import Node, backward, node, update

MEND = "Mend this:\n{{findings}}"


def student(five: str) -> Callable[[ChatRequest], str]:
    """Writes a model with a slip, and mends it only if it is told to mend it."""

    def answer(request: ChatRequest) -> str:
        last = request.messages[-1].content
        if last.startswith("Mend this"):
            return five
        return five.replace("<= flour ", "<= flower ") if "<problem>" in last else "Sorry."

    return answer


def labels(found: list[Node[Any]]) -> list[str | None]:
    return [each.label for each in found]


def test_a_trace_names_the_prompts_that_had_a_part_in_the_answer(bakery: str, bakery_five: str) -> None:
    at_once = ModelingAgent(FunctionModel(lambda _: bakery_five))(bakery)
    repaired = ModelingAgent(FunctionModel(student(bakery_five)), max_repairs=1)(bakery)

    assert at_once.value["objective"] == pytest.approx(336)
    assert labels(backward(at_once, "right")) == ["formulate"]
    assert repaired.value["outcome"] == "not_formulated"
    assert labels(backward(repaired, "the repair failed")) == ["formulate", "repair"]


def test_its_requests_are_those_of_the_agent_as_it_is(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    plain, traced = script(bakery_five), script(bakery_five)
    steepest.solve(bakery, model=plain)
    ModelingAgent(traced)(bakery)

    assert traced.requests == plain.requests


def test_a_changed_parameter_is_what_the_model_is_told(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    model = script(bakery_five)
    agent = ModelingAgent(model)
    update(agent.instructions["formulate"], "Write a model.")
    agent(bakery)

    assert model.requests[0].system == "Write a model."


def test_instructions_without_their_variables_are_refused(bakery_five: str) -> None:
    agent = ModelingAgent(FunctionModel(lambda _: bakery_five))

    for refused in ("Mend it.", MEND + "{{problem}}", "", "{{findings}}" * 5000):
        assert update(agent.instructions["repair"], refused).outcome == "rejected"
    assert agent.instructions["repair"].value == load_prompt("repair_text").instructions


def test_a_copy_has_parameters_of_its_own_and_asks_the_same_model(bakery: str, bakery_five: str) -> None:
    model = FunctionModel(lambda _: bakery_five)
    agent = ModelingAgent(model)
    copied = agent.copy()
    update(copied.instructions["repair"], MEND)

    assert agent.instructions["repair"].value != MEND
    assert copied._model is model


def test_a_search_finds_instructions_that_solve_the_problem(bakery: str, bakery_five: str) -> None:
    def propose(request: ChatRequest) -> str:
        words = {"formulate": "Write.", "repair": MEND, "examine": "{{status}}: {{findings}}?"}
        asked = sorted(set(re.findall(r"instructions\['(\w+)'\]", request.messages[-1].content)))
        changes = [f"<change name=\"instructions['{each}']\">\n{words[each]}\n</change>" for each in asked]
        return "\n".join(["<reasoning>other words</reasoning>", *changes])

    agent = ModelingAgent(FunctionModel(student(bakery_five)), max_repairs=1)
    found = steepest.optimize(
        agent,
        [{"question": bakery}],
        guide=lambda example, came: (float(came["outcome"] == "solved"), came["outcome"]),
        llm=FunctionModel(propose),
        budget=8,
    )

    assert found.score == 1
    assert agent.instructions["repair"].value == MEND


def test_a_step_without_a_prompt_is_refused(bakery_five: str) -> None:
    with pytest.raises(InputError, match="no step 'solve'"):
        ModelingAgent(FunctionModel(lambda _: bakery_five), steps=["solve"])


def test_prompts_are_named_without_being_read() -> None:
    prompts = PromptParameters({"repair": node(MEND, "repair", trainable=True)}, "text")

    assert list(prompts) == ["repair_text"]
    assert len(prompts) == 1
    assert "repair_json" not in prompts
    assert prompts["repair_text"].instructions == MEND
