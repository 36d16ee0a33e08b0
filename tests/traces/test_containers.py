from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from steepest.traces.bundle import bundle
from steepest.traces.containers import values_of
from steepest.traces.modules.members import parameters_of
from steepest.traces.parameters import node


class Point(NamedTuple):
    x: Any
    y: Any


@dataclass(frozen=True, slots=True)
class Step:
    prompt: Any
    number: int = 1


def test_a_node_gives_its_value_and_a_plain_value_itself():
    assert values_of(node(1)) == 1
    assert values_of("x") == "x"
    assert type(values_of(node("x"))) is str


def test_nodes_are_replaced_at_any_depth_keys_included():
    held = [node(1), (node(2), {node("a"): {"b": node(3)}}), {4, 5}]
    assert values_of(held) == [1, (2, {"a": {"b": 3}}), {4, 5}]
    assert values_of(({node(1): node("1")},)) == ({1: "1"},)
    assert values_of(node(({"a": node("1")},))) == ({"a": "1"},)


def test_types_of_containers_are_kept():
    assert values_of(Point(node(1), 2)) == Point(1, 2)
    assert values_of(Step(node("go"))) == Step("go")
    assert values_of({node(1), node(2)}) == {1, 2}
    assert values_of(frozenset({node(1)})) == frozenset({1})
    assert type(values_of(OrderedDict(a=node(1)))) is OrderedDict
    counts = defaultdict(int, a=node(1))
    assert values_of(counts)["missing"] == 0
    assert "missing" not in counts


def test_what_holds_no_node_is_the_same_object():
    inner = [1, 2]
    held = {"a": inner, "b": node(1)}
    assert values_of(inner) is inner
    assert values_of(held)["a"] is inner
    assert held["b"].value == 1


def test_reading_values_inside_a_bundle_makes_them_inputs():
    held = [node(1), node(2)]
    summed = bundle(lambda: sum(values_of(held)))()
    assert summed.value == 3
    assert [each.value for each in summed.inputs] == [1, 2]


def test_parameters_of_plain_containers():
    a, b, c, d = (node(each, trainable=True) for each in "abcd")
    assert parameters_of([1, node(2), [3, a]]) == [a]
    assert parameters_of({"a": 1, "b": a, "c": (3, b, 5)}) == [a, b]
    assert parameters_of({c: 3}) == [c]
    assert parameters_of([d, {"again": d}, Step(a), {b}]) == [a, b, d]
    assert parameters_of([1, 2, "x", None, object()]) == []


def test_containers_that_hold_themselves_have_values():
    a = node(1)
    loop = [a]
    loop.append(loop)
    made = values_of(loop)
    assert made[0] == 1
    assert made[1] is made
    step = Step(a)
    table = {"step": step}
    object.__setattr__(step, "number", table)
    made = values_of(step)
    assert made.prompt == 1
    assert made.number["step"] is made
    assert step.prompt is a
    assert parameters_of(loop) == []


def test_a_node_that_was_written_into_its_own_value_has_one():
    messages = node([])
    messages.append(messages)
    assert isinstance(values_of(messages)[0], list)


def test_containers_nested_20_000_deep_have_values():
    deep = [node(1), node(2)]
    for _ in range(20_000):
        deep = [deep]
    made = values_of(deep)
    while len(made) == 1:
        made, deep = made[0], deep[0]
    assert made == [1, 2]
