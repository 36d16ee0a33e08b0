"""A bakery told in words, formulations of it, and models that answer what a test gives them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import ChatReply, ChatRequest, FunctionModel

EXAMPLES = Path(__file__).parents[3] / "examples"


class Script(FunctionModel):
    """A model that gives its answers one after another and remembers what it was asked."""

    def __init__(self, answers: Sequence[str | ChatReply | Exception], *, structured: bool) -> None:
        super().__init__(self.next_answer, name="script", structured=structured)
        self.answers = list(answers)
        self.requests: list[ChatRequest] = []

    def next_answer(self, request: ChatRequest) -> str | ChatReply:
        self.requests.append(request)
        answer = self.answers[len(self.requests) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def script() -> Callable[..., Script]:
    def make(*answers: str | ChatReply | Exception, structured: bool = False) -> Script:
        return Script(answers, structured=structured)

    return make


@pytest.fixture
def bakery() -> str:
    return (EXAMPLES / "bakery.txt").read_text()


@pytest.fixture
def bakery_five() -> str:
    return (EXAMPLES / "bakery.five").read_text()


@pytest.fixture
def bakery_json() -> dict[str, Any]:
    """The bakery as a structured reply."""
    profit = [{"index": ["bread"], "value": 3}, {"index": ["cake"], "value": 8}]
    flour_use = [{"index": ["bread"], "value": 0.5}, {"index": ["cake"], "value": 0.8}]
    formulation = {
        "title": "How many loaves and cakes to bake",
        "sets": [{"name": "Product", "members": "{bread, cake}"}],
        "parameters": [
            {"name": "profit", "index": "Product", "unit": "$/item", "values": profit, "quotes": ["$3 profit"]},
            {"name": "flour_use", "index": "Product", "unit": "kg/item", "values": flour_use},
            {"name": "flour", "unit": "kg", "value": 40, "quotes": ["40 kg of flour"]},
            {"name": "ordered", "unit": "item", "value": 5},
            {"name": "sellable", "unit": "item", "value": 30},
        ],
        "variables": [{"name": "bake", "index": "Product", "domain": "integer", "lower": "0", "unit": "item"}],
        "objectives": [{"sense": "maximize", "expression": "sum(profit[p] * bake[p] for p in Product)", "unit": "$"}],
        "constraints": [
            {"name": "flour_stock", "body": "sum(flour_use[p] * bake[p] for p in Product) <= flour"},
            {"name": "orders", "body": "ordered <= bake[cake] <= sellable"},
        ],
    }
    return {"kind": "formulation", "reason": "", "formulation": formulation}


@pytest.fixture
def bakery_reply(bakery_json: dict[str, Any]) -> str:
    return json.dumps(bakery_json)


def stopped_reply(text: str, stop: Any) -> ChatReply:
    """A reply that did not come to its end."""
    return ChatReply(text=text, model="script", provider="function", stop=stop)
