"""Nodes, their order, and the ways through the graph."""

import copy
import dataclasses
import gc
import itertools
import pickle
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.failures import ExecutionError
from steepest.traces.graph import Node, ancestors, as_node, between, derive, leaf, sweep
from steepest.traces.holders import holds_nodes, unwrapped
from steepest.traces.operations import Operation
from steepest.traces.parameters import node, update

STEP = Operation("step")


def test_a_node_knows_its_value_operation_inputs_and_number() -> None:
    x = node(3, "x")
    y = x + 1
    assert (y.value, y.inputs[0], y.inputs[1].value) == (4, x, 1)
    assert y.operation is not None
    assert (y.operation.name, y.operation.template) == ("add", "{} + {}")
    assert y.order > y.inputs[1].order > x.order
    assert (x.is_leaf, y.is_leaf) == (True, False)
    assert repr(x) == "<x: 3>"
    assert repr(y) == "<add: 4>"


@pytest.mark.parametrize("value", [1, 2.5, "text", b"b", None, True, [1], {"a": 1}, (1,), {1}, np.arange(2), object()])
def test_any_value_can_be_a_node(value: Any) -> None:
    assert node(value).value is value or node(value).value == value


def test_containers_of_nodes_are_made_from_them() -> None:
    a, b = node(1, "a"), node(2, "b")
    for container in ([a, b], (a, b), {"x": a, "y": b}):
        made = as_node(container)
        assert made.inputs == (a, b) or [id(each) for each in made.inputs] == [id(a), id(b)]
    assert as_node([a, b]).value == [1, 2]
    assert as_node((a, b)).value == (1, 2)
    assert as_node({"x": a, "y": b}).value == {"x": 1, "y": 2}
    assert as_node({a, 5}).value == {1, 5}
    assert as_node({node("k"): a}).value == {"k": 1}


def test_containers_of_nodes_nest() -> None:
    a = node(1)
    made = as_node({"list": [a, (2, [a])]})
    assert made.value == {"list": [1, (2, [1])]}
    assert any(each is a for each in ancestors([made]))


def test_a_plain_container_is_a_leaf() -> None:
    value = [1, [2], {"a": 3}]
    made = as_node(value)
    assert made.is_leaf
    assert made.value is value


def test_templates_of_dicts_show_their_keys_with_braces_escaped() -> None:
    made = as_node({"a{b": node(1), 2: node(3)})
    assert made.operation is not None
    assert made.operation.template.format("x", "y") == "{'a{b': x, 2: y}"
    many = as_node({str(place): node(place) for place in range(60)})
    assert many.operation is not None
    assert many.operation.template == ""


def test_scanning_stops_at_containers_that_hold_themselves() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    assert not holds_nodes(loop)
    assert node(loop).value is loop
    loop.append(node(1))
    assert holds_nodes(loop)


def test_scanning_is_deep_without_recursion() -> None:
    nested: Any = []
    for _ in range(20_000):
        nested = [nested]
    assert not holds_nodes(nested)


def test_a_container_that_holds_itself_and_a_node_is_made_from_the_node() -> None:
    a = node(1, "a")
    loop: list[Any] = [a]
    loop.append(loop)
    made = as_node(loop)
    assert made.value[0] == 1
    assert made.value[1] is made.value
    assert made.inputs == (a,) or made.inputs[0] is a
    plain = unwrapped(loop, [])
    assert plain[1] is plain
    table: dict[str, Any] = {"a": a}
    pair = (table, [a])
    table["pair"] = pair
    made = as_node(pair)
    assert made.value[0]["pair"][0] is made.value[0]
    assert any(each is a for each in ancestors([made]))


def test_a_container_that_is_in_two_places_is_one_node() -> None:
    shared = [node(1)]
    made = as_node([shared, shared])
    assert made.inputs[0] is made.inputs[1]
    assert made.value[0] is made.value[1]


@pytest.mark.parametrize(
    "wrap", [lambda deep, a: [deep], lambda deep, a: (deep, a), lambda deep, a: {"k": deep, "a": a}]
)
def test_containers_of_nodes_nest_20_000_deep(wrap: Any) -> None:
    a = node(1, "a")
    deep: Any = a
    for _ in range(20_000):
        deep = wrap(deep, a)
    made = as_node(deep)
    assert ancestors([made])[0] is a
    found: list[Any] = []
    plain = unwrapped(deep, found)
    assert not holds_nodes(plain)
    assert all(each is a for each in found)
    for held in (deep, plain, made.value):  # Python itself frees containers by recursion in places
        while isinstance(held, (list, dict)) and held:
            held = held.pop() if isinstance(held, list) else held.pop("k")


def test_nodes_in_the_keys_of_a_dict_are_inputs_in_a_tuple_too() -> None:
    a = node("k")
    assert any(each is a for each in ancestors([as_node({(a, 1): 2})]))
    assert as_node({(a, 1): 2}).value == {("k", 1): 2}


def test_unwrapping_gives_plain_values_and_tells_the_nodes() -> None:
    a = node(1)
    found: list[Any] = []
    plain = {"x": [1]}
    assert unwrapped({"k": [a, plain]}, found) == {"k": [1, {"x": [1]}]}
    assert found[0] is a
    assert unwrapped(plain, found) is plain


def test_an_operation_that_gives_a_node_depends_on_it() -> None:
    inner = node(5) + 1
    made = derive(STEP, lambda value: inner, (node(1),))
    assert made.value == 6
    assert made.inputs[-1] is inner


def test_detached_is_a_leaf_with_the_value() -> None:
    y = node(1) + 1
    assert y.detach().is_leaf
    assert y.detach().value == 2


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize(
    "build", [lambda: node([1, 2, 3])[:2], lambda: node("t", "x"), lambda: node(1, trainable=True)]
)
def test_the_copy_of_a_node_is_the_node(copied: Any, build: Any) -> None:
    original = build()
    assert copied(original) is original
    assert copied({"k": [original]})["k"][0] is original


def test_copied_containers_and_dataclasses_as_dicts_keep_the_trace() -> None:
    prompt = node("be kind", "prompt", trainable=True)
    for made in (copy.deepcopy([prompt + "!"])[0], dataclasses.asdict(Message(prompt + "!"))["content"] + "?"):
        assert any(each is prompt for each in ancestors([made]))
    kept = copy.deepcopy({"prompt": prompt})["prompt"]
    update(kept, "be brief")
    assert prompt.value == "be brief"


@dataclasses.dataclass
class Message:
    content: Any


def test_a_pickled_node_is_a_leaf_with_the_value_and_name() -> None:
    made = pickle.loads(pickle.dumps(node([1, 2, 3], "x")[:2]))  # noqa: S301
    assert (made.value, made.is_leaf) == ([1, 2], True)
    assert pickle.loads(pickle.dumps(node("t", "x"))).label == "x"  # noqa: S301


def test_a_pickled_parameter_is_a_parameter_of_its_own() -> None:
    original = node("be kind", "prompt", trainable=True, description="how", constraint="short")
    update(original, "be brief")
    made = pickle.loads(pickle.dumps(original))  # noqa: S301
    assert (made.value, made.label, made.trainable.description) == ("be brief", "prompt", "how")
    assert [each.value for each in made.trainable.history] == ["be brief"]
    update(made, "other")
    assert original.value == "be brief"
    assert len(original.trainable.history) == 1 if original.trainable else False


def test_a_chain_of_100_000_can_be_copied_and_pickled() -> None:
    y: Any = node(0)
    for _ in range(100_000):
        y = y + 1
    assert copy.deepcopy(y).value == 100_000
    assert pickle.loads(pickle.dumps(y)).value == 100_000  # noqa: S301


def test_the_trace_behind_is_held_by_nothing_else() -> None:
    x: Any = node(1)
    y = x + 1
    seen = weakref.ref(y)
    z = y * 2
    del y
    assert seen() is not None
    del z
    gc.collect()
    assert seen() is None


def test_ancestors_are_each_once_and_ascending() -> None:
    x: Any = node(1)
    y = x + x
    z = y * x + y
    found = ancestors([z, y])
    assert len({id(each) for each in found}) == len(found)
    assert [each.order for each in found] == sorted(each.order for each in found)
    assert found[0] is x
    assert found[-1] is z


def test_between_is_exactly_the_paths() -> None:
    parameter, other = node(1, trainable=True), node(2)
    on_path: Any = parameter + other
    beside: Any = other * 3
    output: Any = on_path + beside
    unrelated = parameter - 1
    found = {id(each) for each in between([parameter], [output])}
    assert found == {id(each) for each in (parameter, on_path, output)}
    assert id(unrelated) not in found


GRAPHS = st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=4), min_size=1, max_size=30)


@given(GRAPHS)
def test_a_sweep_visits_each_node_once_after_what_was_made_from_it(edges: list[list[int]]) -> None:
    nodes: list[Node[Any]] = [leaf(0)]
    for sources in edges:
        nodes.append(derive(STEP, lambda *values: sum(values) + 1, [nodes[source % len(nodes)] for source in sources]))
    outputs = nodes[-1:]
    visited = list(
        sweep([(outputs[0], 1)], lambda each, message: [(source, message) for source in each.inputs], int.__add__)
    )
    orders = [each.order for each, _ in visited]
    assert orders == sorted(orders, reverse=True)
    assert len(set(orders)) == len(orders)
    assert {id(each) for each, _ in visited} == {id(each) for each in ancestors(outputs)}


@given(GRAPHS)
def test_a_sweep_adds_up_every_path(edges: list[list[int]]) -> None:
    """The message that the leaf hears is the number of paths to it, by a recursion that knows nothing of the sweep."""
    nodes: list[Node[Any]] = [leaf(0)]
    paths = [1]
    for sources in edges:
        places = [source % len(nodes) for source in sources]
        nodes.append(derive(STEP, lambda *values: 0, [nodes[place] for place in places]))
        paths.append(sum(paths[place] for place in places))
    heard = {
        id(each): message
        for each, message in sweep(
            [(nodes[-1], 1)], lambda each, m: [(source, m) for source in each.inputs], int.__add__
        )
    }
    assert heard[id(nodes[0])] == paths[-1]


def test_a_sweep_takes_several_outputs_one_behind_the_other() -> None:
    x: Any = node(1)
    y = x + 1
    z = y + 1
    heard = {
        id(each): message
        for each, message in sweep(
            [(z, 1), (y, 10), (y, 100)], lambda each, m: [(s, m) for s in each.inputs], int.__add__
        )
    }
    assert heard[id(y)] == 111
    assert heard[id(x)] == 111


def test_a_sweep_stops_where_nothing_is_spread() -> None:
    x: Any = node(1)
    y = x + 1
    z = y + 1
    told = [each for each, _ in sweep([(z, 1)], lambda each, m: [(y, m)] if each is z else [], int.__add__)]
    assert [id(each) for each in told] == [id(z), id(y)]


def test_a_chain_of_100_000_is_swept_without_recursion() -> None:
    y = start = node(0)
    for _ in range(100_000):
        y = -y
    assert sum(1 for _ in sweep([(y, 1)], lambda each, m: [(s, m) for s in each.inputs], lambda a, b: a)) == 100_001
    assert ancestors([y])[0] is start


@pytest.mark.slow
@pytest.mark.parametrize("start", [0, "text"])
def test_a_chain_of_1_000_000_is_made_swept_and_freed(start: Any) -> None:
    y: Any = node(start)
    for _ in range(1_000_000):
        y = y.upper() if isinstance(start, str) else -y
    assert sum(1 for _ in sweep([(y, 1)], lambda each, m: [(s, m) for s in each.inputs], lambda a, b: a)) == 1_000_001
    del y
    gc.collect()


def test_failing_operations_chain_the_exception_and_keep_its_type() -> None:
    with pytest.raises(ZeroDivisionError, match="division by zero") as caught:
        node(1) / 0
    assert isinstance(caught.value, ExecutionError)
    assert type(caught.value.__cause__) is ZeroDivisionError
    assert caught.value.node.record is not None
    assert caught.value.node.record.exception == "ZeroDivisionError: division by zero"


def test_a_long_value_is_shown_in_part() -> None:
    assert len(repr(node("x" * 10_000))) < 500
    assert len(repr(node(list(range(10_000))))) < 500


def test_numbers_never_repeat() -> None:
    orders = [each.order for each in itertools.islice((leaf(0) for _ in itertools.count()), 1000)]
    assert len(set(orders)) == 1000
