"""A step is timed and recorded whatever ends it."""

from decimal import Decimal

import pytest

from steepest.agents.llm import ChatReply, Usage
from steepest.agents.modeling.steps import Step, timed


def test_a_step_that_fails_is_recorded_too() -> None:
    steps: list[Step] = []
    with pytest.raises(KeyError), timed(steps, "solve"):
        raise KeyError("x")

    assert (steps[0].name, steps[0].finding) == ("solve", "ended by KeyError")


def test_a_call_is_told_with_tokens_and_cost() -> None:
    step = Step(name="formulate", seconds=1.5, prompt="formulate_text@1")
    usage = Usage(input_tokens=900, output_tokens=300)
    step.take(ChatReply(text="", usage=usage, cost=Decimal("0.002"), model="m", provider="p"))

    assert str(step) == "formulate    1.50 s  900 + 300 tokens  0.002 $"


def test_an_unknown_price_is_not_called_zero() -> None:
    assert "price unknown" in str(Step(name="repair", prompt="repair_text@1"))
    assert "$" not in str(Step(name="check"))
