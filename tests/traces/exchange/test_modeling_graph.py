"""This project's own modeling agent, recorded as any other graph."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.modeling.graph import modeling_graph
from steepest.agents.modeling.task import Task, solver_for
from steepest.prompts import load_prompt
from steepest.traces.exchange import PromptPlace, RecordedGraph, record_graph
from steepest.traces.feedback import backward
from steepest.traces.graph import Node
from steepest.traces.parameters import update
from steepest.traces.trace import trace_of

EXAMPLES = Path(__file__).parents[3] / "examples"
PROMPT = load_prompt("formulate_text")


@pytest.fixture
def recorded() -> Iterator[RecordedGraph]:
    place = PromptPlace(lambda: PROMPT.system, partial(object.__setattr__, PROMPT, "system"), nodes=("formulate",))
    graph = record_graph(modeling_graph(), prompts={"formulate": place})
    yield graph
    graph.restore()


def run(graph: RecordedGraph, systems: list[str]) -> dict[str, Node[Any]]:
    """A run on the bakery with a model that writes the right formulation; `systems` gets what it was told."""

    def answer(request: ChatRequest) -> str:
        systems.append(request.system)
        return (EXAMPLES / "bakery.five").read_text()

    task = Task((EXAMPLES / "bakery.txt").read_text(), FunctionModel(answer), solver_for({}, None, None, print))
    return asyncio.run(graph.ainvoke({}, context=task))


def test_its_steps_are_calls_and_its_prompt_is_a_parameter(recorded: RecordedGraph) -> None:
    state = run(recorded, [])
    trace = trace_of(state["answer"])
    steps = [each.operation.name for each in trace.nodes if each.record and each.operation]
    assert steps[:2] == ["formulate", "check"]
    assert "solve" in steps
    assert backward(state["answer"], "Name the units.") == recorded.parameters


def test_a_changed_prompt_is_what_the_model_is_told_in_the_next_run(recorded: RecordedGraph) -> None:
    systems: list[str] = []
    run(recorded, systems)
    update(recorded.parameters[0], "Formulate, and name the units.")
    run(recorded, systems)
    assert systems[1] == "Formulate, and name the units."
