"""Nodes do what their values do, and remember what was done."""

import ast
import asyncio
import inspect
import json
import math
import operator
import os
import re
import threading
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.traces import declarations, operators
from steepest.traces.containers import values_of
from steepest.traces.failures import ExecutionError
from steepest.traces.graph import Node, ancestors
from steepest.traces.parameters import node, update

NUMBERS = st.one_of(st.integers(-50, 50), st.floats(-50, 50), st.booleans())
ANYTHING = st.one_of(
    NUMBERS,
    st.text(max_size=4),
    st.lists(st.integers(), max_size=3),
    st.none(),
    st.binary(max_size=3),
    st.fractions(-9, 9, max_denominator=5),
)
ARITHMETIC = {name: function for name, (_, function) in operators.REFLECTED.items()}
COMPARISONS = {name: function for name, (_, function) in operators.BINARY.items() if name != "getitem"}
BINARY = {**ARITHMETIC, **COMPARISONS}


def outcome(function: Any, *arguments: Any) -> Any:
    """What comes of a call: the type and text of its value or its exception."""
    try:
        value = function(*arguments)
    except Exception as error:
        kind = type(error)
        return ("raises", kind.__bases__[-1] if issubclass(kind, ExecutionError) else kind)
    plain = value._value if isinstance(value, Node) else value
    return ("gives", type(plain), repr(plain))


@pytest.mark.parametrize("name", BINARY)
@settings(max_examples=40)
@given(data=st.data())
def test_an_operator_of_two_nodes_is_the_operator_of_their_values(name: str, data: st.DataObject) -> None:
    left, right = data.draw(ANYTHING), data.draw(ANYTHING)
    if name in ("pow", "lshift") and any(isinstance(each, int) and abs(each) > 50 for each in (left, right)):
        return
    function = BINARY[name]
    plain = outcome(function, left, right)
    a, b = node(left), node(right)
    assert outcome(function, a, b) == plain
    assert outcome(function, a, right) == plain
    if isinstance(left, (int, float, type(None))):  # texts and fractions try to make do with what stands on the right
        assert outcome(function, left, b) == plain


@pytest.mark.parametrize("name", BINARY)
def test_an_operation_has_its_operands_as_inputs(name: str) -> None:
    a, b = node(6), node(3)
    if name == "matmul":
        a, b = node(np.array([1, 2])), node(np.array([3, 4]))
    made = BINARY[name](a, b)
    assert made.inputs[0] is a
    assert made.inputs[1] is b
    assert made.operation.name == name
    assert made.order > b.order > a.order


@pytest.mark.parametrize("name", ARITHMETIC)
def test_a_plain_value_on_the_left_stays_on_the_left(name: str) -> None:
    if name == "matmul":
        pytest.skip("no plain number has it")
    b = node(3)
    made = ARITHMETIC[name](7, b)
    assert made._value == ARITHMETIC[name](7, 3)
    assert made.inputs[0]._value == 7
    assert made.inputs[1] is b


@pytest.mark.parametrize("function", [operator.neg, operator.pos, operator.invert, abs, math.floor, math.ceil])
@pytest.mark.parametrize("value", [-7, 0, True, -2.5, "text", None])
def test_an_operator_of_one_node_is_the_operator_of_its_value(function: Any, value: Any) -> None:
    if function is operator.invert and value is True:
        pytest.skip("deprecated")
    assert outcome(function, node(value)) == outcome(function, value)


def test_round_and_pow_take_what_may_be_left_out() -> None:
    x = node(2.567)
    assert round(x, 2)._value == 2.57
    assert type(round(x)._value) is int
    assert round(x, node(1))._value == 2.6
    assert math.trunc(x)._value == 2
    seven = pow(node(2), 10, 1017)
    assert seven._value == 7
    assert [each._value for each in seven.inputs] == [2, 10, 1017]
    assert seven.operation is not None
    assert seven.operation.template == "pow({}, {}, {})"


@given(st.lists(st.tuples(st.sampled_from(["add", "sub", "mul"]), st.integers(-9, 9), st.booleans()), max_size=30))
def test_a_program_of_nodes_computes_what_the_plain_program_does(steps: list[tuple[str, int, bool]]) -> None:
    start = node(1)
    traced: Any = start
    plain = 1
    for name, number, is_left in steps:
        function = ARITHMETIC[name]
        traced = function(traced, number) if is_left else function(number, traced)
        plain = function(plain, number) if is_left else function(number, plain)
    assert traced._value == plain
    depth = 0
    while traced is not start:
        traced = next(each for each in traced.inputs if not each.is_leaf or each is start)
        depth += 1
    assert depth == len(steps)


ASKED = [
    callable,
    *(
        lambda value, kind=kind: isinstance(value, kind)
        for kind in (Callable, Iterable, Iterator, Awaitable, AsyncIterable, Mapping, Sequence, os.PathLike)
    ),
]
PROTOCOLS = [
    *(next, iter, reversed, list, len, bytes, abs, math.floor, math.ceil, math.trunc, operator.index, os.fspath, int),
    *(lambda x: divmod(x, 2), lambda x: pow(x, 2, 5), lambda x: round(x), lambda x: x(), lambda x: entered(x)),
]


LEFT_AND_RIGHT = [(left, right) for left in (True, False, 1, "") for right in (True, 0)]


@pytest.mark.parametrize(("left", "right"), LEFT_AND_RIGHT)
@pytest.mark.parametrize("wraps", ["both", "left"])
def test_and_and_or_choose_as_for_values(left: Any, right: Any, wraps: str) -> None:
    """32 cases: what `and` and `or` give is the one operand or the other, as it is."""
    a = node(left)
    b = node(right) if wraps == "both" else right
    assert (a and b) is (b if left else a)
    assert (a or b) is (a if left else b)


@pytest.mark.parametrize(("left", "right"), LEFT_AND_RIGHT)
def test_and_and_or_choose_with_a_node_on_the_right(left: Any, right: Any) -> None:
    b = node(right)
    assert (left and b) is (b if left else left)
    assert (left or b) is (left if left else b)


def test_not_if_and_while_ask_for_the_truth() -> None:
    assert (not node(0)) is True
    assert (1 if node([]) else 2) == 2
    with pytest.raises(ValueError, match="ambiguous"):
        bool(node(np.array([1, 2])))


def test_comparison_with_none_and_with_itself_is_by_value() -> None:
    x = node(None)
    assert isinstance(x == None, Node)  # noqa: E711
    assert x == None  # noqa: E711
    y = node(math.nan)
    assert y != y


def test_chained_comparison_is_a_node_of_the_last() -> None:
    x = node(3)
    assert isinstance(1 < x < 5, Node)
    assert not (1 < x < 2)


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ([1, 2], [1, 2]),
        ((1, "a"), [1, "a"]),
        ("ab", ["a", "b"]),
        ({"k": 1}, ["k"]),
        ({5}, [5]),
        (frozenset({5}), [5]),
        (range(2), [0, 1]),
        (b"a", [97]),
        (iter([1, 2]), [1, 2]),
        ([], []),
    ],
)
def test_iteration_gives_a_node_for_each_item(value: Any, items: list[Any]) -> None:
    holder = node(value)
    found = list(holder)
    assert [each._value for each in found] == items
    assert all(each.inputs[0] is holder for each in found)


def test_iteration_over_arrays_gives_rows() -> None:
    rows = list(node(np.arange(6).reshape(3, 2)))
    assert [row._value.tolist() for row in rows] == [[0, 1], [2, 3], [4, 5]]
    assert [v._value for v in node(np.array([1.5, 2.5]))] == [1.5, 2.5]


def test_iteration_of_what_has_none_fails_at_once() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        iter(node(3))


def test_unpacking_stars_and_reversal_give_nodes() -> None:
    pair = node((1, 2))
    a, b = pair
    assert (a._value, b._value) == (1, 2)
    assert [each._value for each in reversed(node([1, 2, 3]))] == [3, 2, 1]
    last = next(iter(reversed(node("abc"))))
    assert (last._value, last.inputs[1]._value) == ("c", 2)
    assert (lambda *args: args)(*pair)[1]._value == 2
    assert (lambda **named: named)(**node({"k": 1}))["k"]._value == 1  # type: ignore[arg-type]


def test_items_of_mappings_and_sets_are_written_as_what_they_are() -> None:
    key = next(iter(node({"k": 1})))
    assert key.operation is not None
    assert key.operation.template == "list({})[{}]"


def test_python_gets_plain_objects_where_it_needs_them() -> None:
    x = node(3)
    assert (int(x), float(x), complex(x), operator.index(x)) == (3, 3.0, 3 + 0j, 3)
    assert list(range(x)) == [0, 1, 2]
    assert [5, 6, 7, 8][x] == 8
    assert (len(node("abc")), bytes(node([1])), int(node("12")), float(node("1.5"))) == (3, b"\x01", 12, 1.5)
    assert 2 in node([1, 2])
    assert node(2) in node([1, 2])
    assert node(2) in [1, 2]
    assert "bc" in node("abc")
    assert [0] * node(2) == [0, 0]


@pytest.mark.parametrize("value", ["text", 3, 2.5, None, [1], {"a": 1}])
def test_format_strings_show_the_value(value: Any) -> None:
    assert f"{node(value)}" == f"{value}"
    assert str(node(value)) == str(value)
    assert f"{node(value)!s}" == str(value)
    assert "{}".format(node(value)) == str(value)  # noqa: UP032


def test_format_specifications_are_the_values() -> None:
    assert f"{node(3.14159):.2f}|{node('ab'):>4}" == "3.14|  ab"


def test_texts_can_be_joined_searched_and_looked_up() -> None:
    word = node("ab")
    assert ", ".join([word, "c"]) == "ab, c"
    assert re.match("a", word)
    assert {"ab": 1}[word] == 1
    assert {word: 1}["ab"] == 1
    assert word in {"ab"}
    assert isinstance(word, str)
    assert "ab".startswith(word)


@pytest.mark.parametrize(
    "build", [lambda t: "x" + t, lambda t: t + "x", lambda t: operator.mod("%s!", t), lambda t: t % (), lambda t: t * 2]
)
def test_concatenation_and_percent_of_texts_are_traced(build: Any) -> None:
    text = node("ab")
    made = build(text)
    assert isinstance(made, Node)
    assert any(each is text for each in made.inputs)
    assert made._value == build("ab")


@pytest.mark.parametrize("name", [name for name in dir(str) if not name.startswith("_")])
def test_every_method_of_texts_gives_a_node(name: str) -> None:
    arguments: dict[str, tuple[Any, ...]] = {
        "center": (9,), "ljust": (9,), "rjust": (9,), "zfill": (9,), "count": ("a",), "endswith": ("a",),
        "find": ("a",), "index": ("a",), "join": (["x", "y"],), "partition": ("a",), "removeprefix": ("a",),
        "removesuffix": ("a",), "replace": ("a", "b"), "rfind": ("a",), "rindex": ("a",), "rpartition": ("a",),
        "startswith": ("a",), "translate": ({97: "b"},), "maketrans": ("a", "b"), "format_map": ({},),
    }  # fmt: skip
    text = node("banana")
    made = getattr(text, name)(*arguments.get(name, ()))
    assert isinstance(made, Node)
    assert made._value == getattr("banana", name)(*arguments.get(name, ()))
    assert made.inputs[0] is text


def test_join_of_a_node_takes_the_nodes_in_the_list_as_inputs() -> None:
    separator, word = node(", "), node("b")
    made = separator.join(["a", word])
    assert made._value == "a, b"
    parts = made.inputs[1]
    assert parts.operation.name == "list"
    assert parts.inputs[1] is word


@pytest.mark.parametrize("value", [3, 2.5, "a", None, True, [1, "b"], {"k": [1]}, (1, 2)])
def test_json_takes_nodes(value: Any) -> None:
    assert json.dumps(node(value)) == json.dumps(value)
    assert json.dumps({"x": [node(value)]}) == json.dumps({"x": [value]})


def test_json_still_refuses_what_it_does_not_know() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(object())
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(node(object()))


class Point:
    """Something with an attribute, a property that counts and a method."""

    def __init__(self, x: int) -> None:
        self.x = x
        self.asked = 0

    @property
    def double(self) -> int:
        self.asked += 1
        return 2 * self.x

    def moved(self, by: int, *, times: int = 1) -> "Point":
        return Point(self.x + by * times)


def test_attributes_and_methods_are_operations() -> None:
    point = node(Point(3), "point")
    assert point.x._value == 3
    assert point.x.inputs[0] is point
    moved = point.moved(node(2), times=3)
    assert moved.x._value == 9
    assert moved.operation.template == "{}.moved({}, times={})"
    assert [each._value for each in moved.inputs[1:]] == [2, 3]


def test_a_property_is_asked_once() -> None:
    point = node(Point(3))
    assert point.double._value == 6
    assert point._value.asked == 1


def test_a_missing_attribute_is_missing() -> None:
    assert not hasattr(node(3), "nothing")
    with pytest.raises(AttributeError, match="'int' object has no attribute 'nothing'"):
        node(3).nothing  # noqa: B018


def test_a_node_of_something_callable_can_be_called() -> None:
    made = node(max)(node(3), 5)
    assert made._value == 5
    assert made.operation.name == "call"
    with pytest.raises(TypeError, match="not callable"):
        node(3)()


def test_changing_an_item_is_noticed() -> None:
    table = node({"a": 1})
    table["b"] = 2
    assert table._value == {"a": 1, "b": 2}
    assert table.is_changed
    del table["a"]
    assert table._value == {"b": 2}
    numbers = node(np.zeros(2))
    numbers[0] = node(3.0)
    assert numbers._value.tolist() == [3, 0]
    assert numbers.is_changed
    with pytest.raises(TypeError, match="does not support item assignment"):
        node((1, 2))[0] = 3


def test_augmented_assignment_makes_a_new_node() -> None:
    x = first = node([1])
    x += [2]
    assert x._value == [1, 2]
    assert first._value == [1]
    assert x.inputs[0] is first


def test_sorted_max_and_sum_work_on_nodes() -> None:
    nodes = [node(3), node(1), node(2)]
    assert [each._value for each in sorted(nodes)] == [1, 2, 3]
    assert max(nodes) is nodes[0]
    total = sum(nodes)
    assert isinstance(total, Node)
    assert total._value == 6


def found_by(value: Any) -> Any:
    match value:
        case 3:
            return "three"
        case str():
            return "a text"
        case {"missing": _}:
            return "not so"
        case {"k": [first, *rest], **others}:
            return "mapping", first, rest, len(others)
        case [1, second]:
            return "sequence", second
        case [_, _, *rest]:
            return "sequence", len(rest)
    return "nothing"


@pytest.mark.parametrize(
    "value", [3, "t", {"k": [1, 2, 3]}, {"k": [1], "l": 1}, [1, 2], (1, 2), (5, 6, 7), {1, 2}, b"ab", 4, {"k": 1}, None]
)
def test_match_goes_by_value_and_by_shape(value: Any) -> None:
    assert values_of(found_by(node(value))) == found_by(value)


def test_a_pattern_gives_nodes_that_come_from_the_whole() -> None:
    table = node({"k": [1, 2]}, "table")
    match table:
        case {"k": [first, *_]}:
            assert any(each is table for each in ancestors([first]))
        case _:
            pytest.fail("no match")
    assert table.get("x", 5)._value == 5
    assert isinstance(table.get("x"), Node)


def test_match_compares_by_value() -> None:
    match node(3):
        case 2:
            found = "two"
        case 3:
            found = "three"
        case _:
            found = "other"
    assert found == "three"


@pytest.mark.parametrize("value", [3, 2.5, "t", None, [1], {"a": 1}, {1}, len, int, iter([]), range(2), Point])
@pytest.mark.parametrize("asks", ASKED)
def test_a_node_can_do_what_its_value_can(asks: Any, value: Any) -> None:
    assert bool(asks(node(value))) == bool(asks(value))


@pytest.mark.parametrize("function", PROTOCOLS)
@pytest.mark.parametrize(
    "build", [lambda: 3, lambda: 2.5, lambda: "t", lambda: [1, 2], lambda: {"a": 1}, lambda: {1}, lambda: iter([4, 5]),
              lambda: Path("/a"), lambda: len, lambda: True, lambda: None, threading.Lock]
)  # fmt: skip
def test_a_function_of_pythons_does_the_same_to_a_node(function: Any, build: Any) -> None:
    def given(value: Any) -> Any:
        try:
            made = function(value)
        except Exception as error:
            kind = type(error)
            return "raises", kind.__bases__[-1] if issubclass(kind, ExecutionError) else kind
        return "gives", repr(values_of(list(made) if isinstance(made, Iterator) else made))

    assert given(node(build())) == given(build())


def entered(value: Any) -> str:
    with value as inside:
        return type(values_of(inside)).__name__


def test_next_of_an_iterator_is_made_from_it() -> None:
    source = node(iter([1]), "source")
    first = next(source)
    assert first._value == 1
    assert first.inputs[0] is source
    assert next(source, "none left") == "none left"


def test_what_can_be_awaited_and_iterated_asynchronously_can_be_as_a_node() -> None:
    async def numbers() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def main() -> tuple[Any, Any, Any]:
        future = node(asyncio.ensure_future(asyncio.sleep(0, 7)))
        lock = node(asyncio.Lock())
        async with lock:
            assert lock._value.locked()
        assert isinstance(future, Awaitable)
        return future, await future, [each async for each in node(numbers())]

    future, result, items = asyncio.run(main())
    assert result._value == 7
    assert result.inputs[0] is future
    assert [each._value for each in items] == [1, 2]


def test_a_parameter_that_becomes_something_else_can_do_what_that_can() -> None:
    parameter = node(None, trainable=True)
    assert not isinstance(parameter, Iterable)
    update(parameter, [1, 2])
    assert [each._value for each in parameter] == [1, 2]


def test_a_substitution_takes_a_node_of_a_text() -> None:
    assert re.sub("x", node("y"), "axb") == "ayb"


def test_hash_is_the_nodes_own_and_of_a_text_the_texts() -> None:
    a, b = node([1]), node([1])
    assert len({a, b}) == 2
    assert hash(node("x")) == hash("x")


@pytest.mark.parametrize("left", [np.float64(2), np.int64(2), np.array([1, 2]), np.array(2.0)])
@pytest.mark.parametrize("function", [operator.add, operator.mul, operator.sub, operator.lt, operator.eq])
def test_numpy_on_the_left_gives_a_node(left: Any, function: Any) -> None:
    right = node(3)
    made = function(left, right)
    assert isinstance(made, Node)
    np.testing.assert_array_equal(made._value, function(left, 3))
    assert any(each is right for each in made.inputs)


def test_functions_of_numpy_give_nodes() -> None:
    x = node(np.array([1.0, 2.0]))
    assert np.sin(x).inputs[0] is x
    np.testing.assert_array_equal(np.dot(x, x)._value, 5.0)
    np.testing.assert_array_equal(np.concatenate([x, x])._value, [1, 2, 1, 2])
    assert np.add.reduce(x)._value == 3
    assert np.asarray(x) is x._value
    assert np.array(x, dtype=int).tolist() == [1, 2]
    assert np.array([node(1), node(2)]).tolist() == [1, 2]
    assert (x @ x)._value == 5


def test_pandas_on_either_side_gives_a_node() -> None:
    series, frame = pd.Series([1, 2]), pd.DataFrame({"a": [1, 2]})
    for made in (series + node(1), node(series) + 1, node(frame)["a"] + 1, node(frame).a + 1, (frame + node(1))["a"]):
        assert isinstance(made, Node)
        assert made._value.tolist() == [2, 3]


def test_inside_a_failure_the_inputs_are_kept() -> None:
    a, b = node(1), node(0)
    with pytest.raises(ZeroDivisionError) as caught:
        a / b
    assert isinstance(caught.value, ExecutionError)
    assert caught.value.node.inputs == (a, b) or all(
        x is y for x, y in zip(caught.value.node.inputs, (a, b), strict=True)
    )


def test_what_type_checkers_are_told_is_what_the_tables_make() -> None:
    tree = ast.parse(inspect.getsource(declarations))
    declared = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    made = {f"__{name}__" for name in (*operators.REFLECTED, *operators.BINARY, *operators.UNARY, *operators.PLAIN)}
    made |= {f"__r{name}__" for name in operators.REFLECTED} | {f"__{name}__" for name in operators.OPTIONAL}
    assert declared == made
    assert all(callable(vars(operators.Operators)[name]) for name in made)
