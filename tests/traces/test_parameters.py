"""Parameters: what a node may become, and what it has been."""

import json
from typing import Any

import numpy as np
import pytest

from steepest.traces.bundle import bundle
from steepest.traces.failures import TraceError
from steepest.traces.feedback import backward
from steepest.traces.graph import Node
from steepest.traces.parameters import RejectedValueError, Trainable, node, state_of, update, value_at, zero_feedback
from steepest.traces.scope import no_trace


def test_a_parameter_has_a_name_description_and_constraint() -> None:
    x = node(1, "x", trainable=True, description="how many", constraint=range(5))
    state = state_of(x)
    assert (x.label, state.description, state.constraint) == ("x", "how many", (0, 1, 2, 3, 4))


def test_a_plain_node_is_no_parameter() -> None:
    with pytest.raises(TraceError, match="is no parameter"):
        state_of(node(1))
    with pytest.raises(TraceError, match="trainable=True"):
        node(1, description="for nobody")


def test_a_node_of_a_node_is_the_node() -> None:
    x = node(1, "x")
    assert node(x) is x


def test_another_name_is_another_node_made_from_the_first() -> None:
    x = node(1, "x")
    y = node(x, "y")
    assert (x.label, y.label, y.value) == ("x", "y", 1)
    assert y.inputs == (x,)
    parameter = node(1, "p", trainable=True)
    assert backward(node(parameter, "other"), "told") == [parameter] or state_of(parameter).feedback


def test_a_parameter_from_a_node_begins_with_its_value() -> None:
    x = node(1) + 1
    p = node(x, "p", trainable=True)
    assert p is not x
    assert p.is_leaf
    assert p.value == 2
    assert x.trainable is None
    assert node(p, trainable=True) is p
    with pytest.raises(TraceError, match="a parameter already"):
        node(p, "other", trainable=True)


def test_a_container_of_nodes_is_a_node_of_values() -> None:
    a = node(1)
    made = node([a, 2], "pair")
    assert (made.value, made.label) == ([1, 2], "pair")
    assert made.inputs[0] is a


def test_the_first_value_has_to_meet_the_constraint() -> None:
    with pytest.raises(RejectedValueError, match="one of"):
        node(9, trainable=True, constraint=[1, 2])
    with pytest.raises(RejectedValueError, match="can't be 9"):
        node(9, constraint=lambda value: value < 5)


@pytest.mark.parametrize(
    ("present", "proposal", "outcome"),
    [
        (True, "False", "rejected"),
        (True, False, "committed"),
        (True, 0, "rejected"),
        (1, True, "rejected"),
        (1, 2, "committed"),
        (1, 2.5, "rejected"),
        (1.5, 2, "committed"),
        (1.5, np.float64(2), "committed"),
        (np.float64(1.5), 2, "committed"),
        ([1], "[3, 4]", "rejected"),
        ([1], [3, 4], "committed"),
        ([1], (3, 4), "rejected"),
        ({"a": 1}, {"b": 2}, "committed"),
        ("text", "The definition of default", "committed"),
        ("text", "TERMINATE", "committed"),
        ("text", 5, "rejected"),
        ("text", None, "rejected"),
        (None, "anything", "committed"),
    ],
)
def test_a_proposal_has_to_be_of_the_present_type(present: Any, proposal: Any, outcome: str) -> None:
    x = node(present, trainable=True)
    made = update(x, proposal)
    assert made.outcome == outcome
    expected = type(present)(proposal) if isinstance(present, float) else proposal
    assert x.value == (expected if outcome == "committed" else present)
    assert type(x.value) is type(present) or present is None
    if outcome == "rejected":
        assert type(proposal).__name__ in made.reason


def test_a_node_may_be_proposed() -> None:
    x = node(1, trainable=True)
    update(x, node(5) + 1)
    assert x.value == 6


def positive(value: int) -> bool:
    """More than zero."""
    return value > 0


def integral(value: float) -> None:
    if value != int(value):
        raise ValueError("has to be whole")


@pytest.mark.parametrize(
    ("constraint", "bad", "reason"),
    [
        (positive, -1.0, "More than zero."),
        (integral, 0.5, "ValueError: has to be whole"),
        ([1.0, 2.0, 3.0], 5.0, "has to be one of [1.0, 2.0, 3.0]"),
        (iter([1.0, 2.0, 3.0]), 5.0, "has to be one of [1.0, 2.0, 3.0]"),
        (lambda value: np.bool_(value > 0), -1.0, "does not meet"),
        (bundle(positive), -1.0, "More than zero."),
    ],
)
def test_a_constraint_refuses_with_its_reason(constraint: Any, bad: float, reason: str) -> None:
    x = node(1.0, "x", trainable=True, constraint=constraint)
    made = update(x, bad)
    assert (made.outcome, x.value) == ("rejected", 1.0)
    assert reason in made.reason
    assert made.reason.startswith("x can't be")
    assert update(x, 2.0).outcome == "committed"


def test_words_are_a_constraint_for_readers() -> None:
    x = node("a", trainable=True, constraint="at most ten words")
    assert update(x, "b " * 50).outcome == "committed"


def test_a_failing_trial_rolls_back() -> None:
    x = node(1, "x", trainable=True)
    seen: list[int] = []

    def trial() -> None:
        seen.append(x.value)
        raise ValueError("worse")

    made = update(x, 2, trial)
    assert (made.outcome, made.reason, x.value, seen) == ("rolled back", "ValueError: worse", 1, [2])
    assert update(x, 3, lambda: None).outcome == "committed"
    assert [(each.value, each.outcome) for each in state_of(x).history] == [(2, "rolled back"), (3, "committed")]


def test_an_interrupted_trial_rolls_back_and_goes_on_interrupting() -> None:
    x = node(1, trainable=True)

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(x, 2, interrupted)
    assert x.value == 1
    assert state_of(x).history[-1].outcome == "rolled back"


def test_a_trace_keeps_what_a_parameters_value_was() -> None:
    x = node(1, "x", trainable=True)
    first = x + 1
    update(x, 10)
    second = x + 1
    tried: list[Node[int]] = []

    def trial() -> None:
        tried.append(x + 1)
        raise ValueError

    update(x, 20, trial)
    third = x + 1
    assert [each.value for each in (first, second, *tried, third)] == [2, 11, 21, 11]
    assert [value_at(x, each.order) for each in (first, second, *tried, third)] == [1, 10, 20, 10]
    assert value_at(first, second.order) == 2


def test_a_parameter_of_a_text_is_never_stale() -> None:
    prompt = node("be kind", "prompt", trainable=True)
    update(prompt, "be brief")
    assert f"{prompt}" == str(prompt) == "be brief"
    assert json.dumps([prompt]) == '["be brief"]'
    assert (prompt + "!").value == "be brief!"
    assert ("Now " + prompt).value == "Now be brief"
    assert prompt.upper().value == "BE BRIEF"
    assert ", ".join([str(prompt), prompt + ""]) == "be brief, be brief"
    with pytest.raises(TypeError, match="expected str instance"):
        ", ".join([prompt])  # type: ignore[list-item]
    assert not isinstance(prompt, str)


def test_parameters_made_without_tracing_are_parameters() -> None:
    with no_trace():
        x = node(1, trainable=True)
    assert backward(x + 1, "told")[0] is x


def test_feedback_is_forgotten_on_demand() -> None:
    x = node(1, trainable=True)
    backward(x + 1, "told")
    zero_feedback([x])
    assert state_of(x).feedback == []


def test_what_makes_a_parameter_can_be_made_by_itself() -> None:
    assert Trainable().feedback == []
