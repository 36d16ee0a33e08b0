"""Parameters as components: kinds, bounds, choices, and values as JSON and back."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.components import component_of, encoded_value, named_nodes, value_of
from steepest.agents.optimizers.fitting import fit
from steepest.errors import InputError, SteepestError
from steepest.traces import Between, Node, TraceError, bundle, node, update


class Mode(Enum):
    FAST = 1
    EXACT = 2


@dataclass
class Setting:
    depth: int
    mode: Mode


def parameter(value: Any, constraint: Any = None, description: str = "") -> Node[Any]:
    return node(value, "p", trainable=True, constraint=constraint, description=description)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("a", "text"), (True, "boolean"), (3, "integer"), (0.5, "float"), ([1], "json"), ({}, "json"), (None, "json")],
)
def test_the_kind_goes_by_the_value(value: object, kind: str) -> None:
    assert component_of("p", parameter(value)).kind == kind


def test_bounds_become_those_of_the_component() -> None:
    made = component_of("p", parameter(0.1, Between(0.001, 1, log=True), "the rate"))

    assert (made.low, made.high, made.log, made.description, made.constraint) == (0.001, 1, True, "the rate", "")
    assert component_of("p", parameter(3, Between(1, float("inf")))).high is None


def test_allowed_values_become_choices() -> None:
    made = component_of("p", parameter("a", ["a", "b"]))

    assert (made.kind, made.choices) == ("choice", ("a", "b"))
    assert fit(made, "`B`") == "b"


def test_words_and_functions_become_the_constraint_in_words() -> None:
    def short(value: str) -> bool:
        """At most ten
        characters."""
        return len(value) <= 10

    assert component_of("p", parameter("a", "a polite text")).constraint == "a polite text"
    made = component_of("p", parameter("a", short))
    assert made.constraint == "At most ten characters."
    with pytest.raises(SteepestError, match="At most ten"):
        fit(made, "x" * 11)


def test_the_judge_asks_the_parameter() -> None:
    made = component_of("p", parameter(0.5, lambda value: value != 0.7))

    assert fit(made, "0.6") == 0.6
    with pytest.raises(SteepestError, match=r"p can't be 0\.7"):
        fit(made, "0.7")


def test_code_is_checked_as_the_parameter_checks_it() -> None:
    @bundle(trainable=True)
    def double(x: float) -> float:
        """Twice as much."""
        return 2 * x

    assert double.code is not None
    made = component_of("double", double.code.node)

    assert (made.kind, made.description) == ("code", "Twice as much.")
    assert "return 3 * x" in fit(made, "```python\ndef double(x: float) -> float:\n    return 3 * x\n```")
    for wrong in ("def triple(x):\n    return 3 * x", "def double(x, y):\n    return x", "def double(x:"):
        with pytest.raises(SteepestError):
            fit(made, wrong)


def test_a_member_of_an_enumeration_is_its_name() -> None:
    shared = parameter(Mode.FAST)
    made = component_of("p", shared)

    assert (made.kind, made.choices, encoded_value(shared)) == ("choice", ("FAST", "EXACT"), "FAST")
    assert value_of(shared, "EXACT") is Mode.EXACT
    assert fit(made, "exact") == "EXACT"
    with pytest.raises(InputError, match="none of FAST, EXACT"):
        value_of(shared, "SLOW")


def test_a_tuple_is_a_list_and_comes_back_as_a_tuple() -> None:
    shared = parameter((1, "a", (2,)))

    assert encoded_value(shared) == [1, "a", {"$tuple": [2]}]
    assert value_of(shared, [3, "b"]) == (3, "b")
    assert fit(component_of("p", shared), "[3, 4]") == [3, 4]


def test_an_array_of_numbers_is_a_list_and_keeps_its_type_and_shape() -> None:
    shared = parameter(numpy.array([[1.0, 2.0]]))
    made = component_of("p", shared)

    assert encoded_value(shared) == [[1.0, 2.0]]
    assert fit(made, "[[3, 4]]") == [[3.0, 4.0]]
    for wrong in ("[3, 4]", '[["a", 4]]', "[[3], [4, 5]]"):
        with pytest.raises(SteepestError):
            fit(made, wrong)


def test_a_dataclass_is_restored_as_its_own_type() -> None:
    shared = parameter(Setting(3, Mode.FAST))

    assert value_of(shared, encoded_value(shared)) == Setting(3, Mode.FAST)


def test_what_json_cannot_say_is_told_when_the_component_is_made() -> None:
    with pytest.raises(InputError, match="the parameter p can't be optimized"):
        component_of("p", parameter(object()))


def test_a_plain_node_is_no_component() -> None:
    with pytest.raises(TraceError):
        component_of("p", node(3))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.tuples(x, x)))
def test_any_value_comes_back(value: object) -> None:
    shared = parameter(value)

    assert value_of(shared, encoded_value(shared)) == value


def test_parameters_are_named_by_label_by_key_or_by_place() -> None:
    first, second, third = parameter(1), parameter(2), node(3, trainable=True)

    assert list(named_nodes([first, second, third])) == ["p", "p_2", "parameter"]
    assert list(named_nodes({"a": first})) == ["a"]
    assert list(named_nodes(first)) == ["p"]


@pytest.mark.parametrize("given_", [[], {}, None, "text"])
def test_nothing_to_optimize_is_told(given_: object) -> None:
    with pytest.raises(InputError, match="there is nothing to optimize"):
        named_nodes(given_)


def test_a_parameter_that_is_passed_twice_is_told() -> None:
    twice = parameter(1)
    with pytest.raises(InputError, match="passed twice"):
        named_nodes([twice, twice])


def test_an_update_of_the_parameter_does_not_change_what_fits() -> None:
    shared = parameter(2, Between(0, 10))
    made = component_of("p", shared)
    update(shared, 5)

    assert fit(made, "7") == 7
    assert shared.value == 5
