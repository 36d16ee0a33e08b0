"""Backward: feedback reaches every parameter behind an output, and nothing else."""

import asyncio
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from steepest.errors import InputError
from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.feedback import backward, subgraph
from steepest.traces.graph import Node
from steepest.traces.parameters import node, state_of, update, zero_feedback
from steepest.traces.scope import no_trace


def ids(nodes: Any) -> list[int]:
    return [id(each) for each in nodes]


def texts(parameter: Node[Any]) -> list[str]:
    return [each.text for each in state_of(parameter).feedback]


def test_only_ancestors_hear() -> None:
    x, y, z = (node(each, trainable=True) for each in (1, 2, 3))
    output = x + y
    assert ids(backward(output, "more")) == ids([x, y])
    assert (texts(x), texts(y), texts(z)) == (["more"], ["more"], [])


def test_a_parameter_used_twice_hears_once() -> None:
    x = node(3, trainable=True)
    y = x * x
    assert ids(backward(y, "less")) == ids([x])
    assert texts(x) == ["less"]
    assert update(x, 2).outcome == "committed"


def test_feedback_adds_up_as_a_minibatch() -> None:
    x = node(1, trainable=True)
    outputs = [x + place for place in range(3)]
    for place, output in enumerate(outputs):
        backward(output, f"number {place}", score=place)
    backward(outputs[0], "again")
    assert texts(x) == ["number 0", "number 1", "number 2", "again"]
    assert [each.score for each in state_of(x).feedback] == [0.0, 1.0, 2.0, None]
    assert ids(subgraph([x]).outputs) == ids(outputs)


def test_several_outputs_hear_one_feedback() -> None:
    x, y = node(1, trainable=True), node(2, trainable=True)
    outputs = [x + 1, y + 1]
    backward(outputs, "both", score=0.5)
    assert state_of(x).feedback[0] is state_of(y).feedback[0]
    assert ids(state_of(x).feedback[0].outputs) == ids(outputs)


def test_outputs_may_share_ancestors() -> None:
    x = node(1, trainable=True)
    middle = x + 1
    first, second = middle * 2, middle * 3
    backward(first, "one")
    backward(second, "two")
    assert texts(x) == ["one", "two"]
    kept = subgraph([x]).nodes
    assert ids(kept) == ids([x, middle, first, second])


def test_the_subgraph_is_exactly_the_paths() -> None:
    x, y = node(1, trainable=True), node(2, trainable=True)
    through = x + 5
    beside = y * 2
    output = through + beside
    backward(output, "told")
    assert ids(subgraph([x]).nodes) == ids([x, through, output])
    assert ids(subgraph([x, y]).nodes) == ids([x, y, through, beside, output])


def test_parameters_that_are_hidden_in_bundles_and_containers_are_reached() -> None:
    flat, nested, hidden = (node(each, trainable=True) for each in (1, 2, 3))

    @bundle
    def inner(a: int) -> int:
        return a + hidden.value

    @bundle
    def middle(items: list[Any]) -> int:
        return inner(items[0][0])

    @bundle
    def outer(a: int, table: dict[str, Any]) -> int:
        return a + middle([[table["k"]]])

    output = outer(flat, {"k": nested})
    assert output.value == 6
    assert ids(backward(output, "told")) == ids([flat, nested, hidden])


@pytest.mark.parametrize("value", [np.arange(3.0), [1, 2], {"a": 1}, "text", None])
def test_values_of_any_kind_go_back(value: Any) -> None:
    x = node(value, trainable=True)
    made = bundle(lambda a, b: [a, b])(x, x)
    assert ids(backward(made, "told")) == ids([x])
    assert ids(subgraph([x]).nodes) == ids([x, made])


@pytest.mark.parametrize("said", ["words", 5, ["a", 1], ValueError("wrong"), node("a node's words"), node(2.5)])
def test_feedback_may_be_anything_that_says_something(said: Any) -> None:
    x = node(1, trainable=True)
    backward(x + 1, said, score=node(0.5))
    assert texts(x) == [str(said)]
    assert type(state_of(x).feedback[0].text) is str
    assert state_of(x).feedback[0].score == 0.5


def test_an_error_can_be_told_to_what_caused_it() -> None:
    x = node(0, trainable=True)
    with pytest.raises(ZeroDivisionError) as caught:
        1 / x
    assert isinstance(caught.value, ExecutionError)
    assert ids(backward(caught.value, caught.value)) == ids([x])


def test_feedback_that_reaches_nothing_is_an_error() -> None:
    with pytest.raises(TraceError, match="reaches no parameter"):
        backward(node(1) + 1, "told")
    x = node(1, trainable=True)
    with no_trace():
        output = x + 1
    with pytest.raises(TraceError, match="no_trace"):
        backward(output, "told")
    with pytest.raises(TraceError, match="reaches no parameter"):
        backward((x + 1).detach(), "told")


@pytest.mark.parametrize("outputs", [[], [1], (node(1), "x"), 5, "text", None])
def test_feedback_is_given_on_nodes(outputs: Any) -> None:
    with pytest.raises(InputError, match="given on nodes"):
        backward(outputs, "told")


@pytest.mark.parametrize("said", ["", " \n", None, b"words", len, lambda: 1, object(), node(""), node(None)])
def test_feedback_says_something(said: Any) -> None:
    if said is len:
        said = asyncio.sleep(0)
    x = node(1, trainable=True)
    with pytest.raises(InputError, match="feedback says in words what is right or wrong"):
        backward(x + 1, said)
    assert state_of(x).feedback == []
    if asyncio.iscoroutine(said):
        said.close()


@pytest.mark.parametrize("score", [float("nan"), float("inf"), "0.5", [1], object(), node("x"), 1j])
def test_a_score_is_a_finite_number(score: Any) -> None:
    x = node(1, trainable=True)
    with pytest.raises(InputError, match="a score is a finite number"):
        backward(x + 1, "told", score=score)
    assert state_of(x).feedback == []


@pytest.mark.parametrize("score", [1, True, np.float32(1), Fraction(1), Decimal(1), node(1.0)])
def test_any_kind_of_number_is_a_score(score: Any) -> None:
    x = node(1, trainable=True)
    backward(x + 1, "told", score=score)
    assert state_of(x).feedback[0].score == 1.0


@pytest.mark.parametrize("wrong", [node(1, trainable=True), "x", 5])
def test_a_subgraph_is_of_a_list_of_parameters(wrong: Any) -> None:
    with pytest.raises(InputError, match=r"takes a list of parameters"):
        subgraph(wrong)
    with pytest.raises(InputError, match="and no parameter"):
        subgraph([3])  # type: ignore[list-item]


def test_without_feedback_there_is_no_subgraph() -> None:
    x = node(1, trainable=True)
    with pytest.raises(TraceError, match="no feedback"):
        subgraph([x])
    backward(x + 1, "told")
    zero_feedback([x])
    with pytest.raises(TraceError, match="no feedback"):
        subgraph([x])


def test_an_updated_parameter_hears_about_its_new_value() -> None:
    x = node(1, trainable=True)
    backward(x + 1, "first")
    update(x, 5)
    zero_feedback([x])
    second = x + 1
    backward(second, "second")
    assert texts(x) == ["second"]
    assert second.value == 6
