"""What a bundle reads, changes and makes beside its arguments."""

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.failures import TraceError
from steepest.traces.graph import leaf
from steepest.traces.parameters import node
from tests.traces.test_bundle import add

OUTSIDE = node(7, "outside")


@pytest.mark.parametrize(
    "reader",
    [
        lambda: OUTSIDE.value,
        lambda: OUTSIDE + 1,
        lambda: int(OUTSIDE),
        lambda: f"{OUTSIDE}",
        lambda: 1 if OUTSIDE else 2,
        lambda: OUTSIDE == 7,
        lambda: OUTSIDE.bit_length(),
        lambda: OUTSIDE.real,
        lambda: [OUTSIDE],
        lambda: add(OUTSIDE),
        lambda: add(b=[OUTSIDE][0], a=1),
        lambda: [OUTSIDE.value for _ in range(3)],
    ],
)
def test_nodes_that_are_read_without_being_passed_are_found(reader: Any) -> None:
    made = bundle(reader)()
    assert [id(each) for each in made.inputs] == [id(OUTSIDE)]
    assert made.record.names == ("outside",)
    assert made.record.externals == 1
    with pytest.raises(TraceError, match="reads outside without being passed"):
        bundle(reader, externals="refuse")()


def test_iterating_over_an_empty_node_reads_it() -> None:
    empty = node([], "empty")
    assert bundle(lambda: [each for each in empty])().inputs == (empty,)


def test_what_is_passed_is_not_external() -> None:
    x = node(1, "x")
    assert bundle(lambda a: a + x.value)(x).record.externals == 0
    assert bundle(lambda a: a[0][0] + x.value)([[x]]).record.externals == 0
    assert bundle(lambda a: a + x.value, externals="refuse")(x).value == 2


def test_refusing_does_not_hide_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        bundle(lambda: OUTSIDE.value / 0, externals="refuse")()


def test_recursion_is_one_call() -> None:
    @bundle
    def factorial(n: int) -> int:
        return 1 if n <= 1 else n * factorial(n - 1)

    made = factorial(node(200))
    assert made.value == math.factorial(200)
    assert len(made.inputs) == 1


def test_bundles_inside_bundles_give_plain_values() -> None:
    kinds: list[type] = []

    @bundle
    def outer(a: int) -> int:
        inner = add(a, 1)
        kinds.append(type(inner))
        return inner

    assert outer(1).value == 2
    assert kinds == [int]


def test_state_outside_of_the_function_changes_as_usual() -> None:
    seen: list[int] = []
    count = 0

    @bundle
    def note(a: int) -> int:
        nonlocal count
        count += 1
        seen.append(a)
        return count

    note(node(4))
    note(5)
    assert (seen, count) == ([4, 5], 2)


def test_a_changed_argument_is_noticed_and_so_is_a_changed_result() -> None:
    table = node({"a": 1}, "table")

    @bundle
    def put(target: dict[str, int], value: int) -> dict[str, int]:
        target["b"] = value
        return target

    made = put(table, 2)
    assert made.value == {"a": 1, "b": 2}
    assert table.is_changed
    assert not made.is_changed
    made.value["c"] = 3
    assert made.is_changed
    assert made.snapshot.text == "{'a': 1, 'b': 2}"


def test_random_functions_are_called_once() -> None:
    random.seed(1)
    expected = [random.random() for _ in range(3)]
    random.seed(1)
    draw = bundle(random.random)
    assert [draw().value for _ in range(3)] == expected


def test_a_generator_is_the_list_of_what_it_yields() -> None:
    @bundle
    def count(n: int) -> Iterator[int]:
        yield from range(n)

    assert count(node(3)).value == [0, 1, 2]


def test_an_interpreter_of_a_small_language_runs_in_bundles() -> None:
    @bundle
    def evaluate(expression: Any, names: dict[str, Any]) -> Any:
        if isinstance(expression, str):
            return names[expression]
        if not isinstance(expression, tuple):
            return expression
        head, *rest = expression
        values = [evaluate(each, names) for each in rest]
        return names[head](*values)

    names = {"+": lambda a, b: a + b, "x": node(3, "x")}
    made = evaluate(("+", 1, ("+", "x", 5)), names)
    assert made.value == 9


def test_a_leaf_made_inside_counts_as_made_there() -> None:
    assert bundle(lambda: leaf(3))().inputs == ()


def test_a_big_argument_is_not_looked_through() -> None:
    class Watched:
        def __repr__(self) -> str:
            raise AssertionError("nobody asked")

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    assert bundle(lambda value: 1)(Watched()).value == 1
