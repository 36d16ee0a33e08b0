"""A workflow is called with examples by names where they have them, and whole where they do not."""

from typing import Any

import pytest

from steepest.agents.optimizers.calling import call_plan
from steepest.errors import InputError
from steepest.traces import bundle, model

ROW = {"question": "why?", "answer": "because", "id": 1}


@model
class Answerer:
    """A module that takes a question."""

    def forward(self, question: str) -> str:
        """An answer."""
        return question


@bundle
def bundled(question: str, language: str = "en") -> str:
    """An answer."""
    return question


@pytest.mark.parametrize(
    ("workflow", "data", "arguments"),
    [
        (lambda question: None, ROW, ((), {"question": "why?"})),
        (lambda question, answer: None, ROW, ((), {"question": "why?", "answer": "because"})),
        (lambda example: None, ROW, ((ROW,), {})),
        (lambda question: None, "why?", (("why?",), {})),
        (lambda question="x", other=1: None, ROW, ((), {"question": "why?"})),
        (lambda **named: None, ROW, ((ROW,), {})),
        (lambda question, **named: None, ROW, ((), ROW)),
        (lambda: None, None, ((), {})),
        (lambda *examples: None, [1, 2], (([1, 2],), {})),
        (Answerer(), ROW, ((), {"question": "why?"})),
        (bundled, ROW, ((), {"question": "why?"})),
        (str.upper, "text", (("text",), {})),
    ],
)
def test_the_arguments_of_a_call(workflow: Any, data: Any, arguments: Any) -> None:
    assert call_plan(workflow)(data) == arguments


def test_what_an_example_lacks_is_named() -> None:
    with pytest.raises(InputError, match=r"requires context, question, .* has no context"):
        call_plan(lambda question, context: None)(ROW)
    with pytest.raises(InputError, match="has no context, question"):
        call_plan(lambda question, context: None)("why?")


def test_a_workflow_that_takes_something_needs_examples() -> None:
    with pytest.raises(InputError, match="takes question, and there are no examples"):
        call_plan(lambda question: None)(None)
