import keyword

from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.bundle import bundle
from steepest.traces.graph import Node, ancestors
from steepest.traces.parameters import node
from steepest.traces.rendering.names import names_of, written
from steepest.traces.trace import trace_of
from tests.work import calls_in


@bundle
def div(a: float, b: float = 1.0) -> float:
    return a / b


def _written(made: Node[object], most: int | None = None) -> str:
    return written(made, names_of(ancestors([made])), most)


def test_names_are_numbered_in_the_trace_in_the_order_of_creation() -> None:
    x = node(1, "x")
    z = (x + 1) + (x + 2)
    assert list(trace_of(z).names.values()) == ["x", "number", "add", "number_2", "add_2", "add_3"]


def test_a_second_trace_of_the_same_program_has_the_same_names() -> None:
    def program() -> Node[object]:
        x = node(1, "x")
        return div(x + 1, b=x * 2) + x

    first, second = program(), program()
    assert list(trace_of(first).names.values()) == list(trace_of(second).names.values())


def test_a_label_is_kept_even_where_an_operation_of_that_name_came_first() -> None:
    x = node(1, "x")
    first = x + 1
    second = node(first + 1, "add")
    trace = trace_of(second)
    assert trace.name(second) == "add"
    assert trace.name(first) == "add_2"


def test_a_number_that_a_label_has_taken_is_passed_over() -> None:
    taken = node(1, "add_2")
    made = (taken + 1) + 1
    assert [trace for trace in trace_of(made).names.values() if "add" in trace] == ["add_2", "add", "add_3"]


def test_leaves_are_called_by_what_they_are() -> None:
    leaves = [node(value) for value in (1, 2.5, "a", True, None, [1], {"a": 1}, {1}, (1,), b"a", len)]
    names = list(names_of(leaves).values())
    assert names == ["number", "number_2", "text", "flag", "none", "list", "dict", "set", "tuple", "bytes", "function"]


@given(st.lists(st.text(max_size=60), max_size=12))
def test_every_name_is_an_identifier_and_there_once(labels: list[str]) -> None:
    names = list(names_of([node(1, label) for label in labels]).values())
    assert len(set(names)) == len(labels)
    assert all(name.isidentifier() and not keyword.iskeyword(name) and len(name) < 60 for name in names)


def test_naming_is_linear() -> None:
    def work(count: int) -> int:
        last = x = node(1, "x")
        for _ in range(count):
            last = last + x
        assert trace_of(last).name(last) == f"add_{count}"
        return calls_in(lambda: trace_of(last).name(last))

    assert work(16_000) < 10 * work(2_000)


def test_operators_are_written_as_in_python() -> None:
    x, y = node(3, "x"), node([1, 2], "y")
    assert _written(x + 1) == "x + 1"
    assert _written(1 - x) == "1 - x"
    assert _written(y[0]) == "y[0]"
    assert _written(-x) == "-x"
    assert _written(x == 3) == "x == 3"
    assert _written(round(x, 1)) == "round(x, 1)"
    assert _written(y.index(2)) == "y.index(2)"
    assert _written(node("a", "t").join([node("b", "b"), "c"])) == "t.join(list)"


def test_a_negative_number_on_the_left_stands_in_parentheses() -> None:
    x = node(2, "x")
    assert _written((-3) ** x) == "(-3) ** x"
    assert _written(3 - x) == "3 - x"
    assert _written(x ** (-1)) == "x ** -1"


def test_calls_name_their_parameters() -> None:
    x = node(6, "x")
    assert _written(div(x, 2)) == "div(a=x, b=2)"
    assert _written(div(x, b=x)) == "div(a=x, b=x)"


def test_what_is_read_without_being_passed_says_so() -> None:
    x, rate = node(6, "x"), node(0.5, "rate")

    @bundle
    def scaled(value: float) -> float:
        return value * rate.value

    assert _written(scaled(x)) == "scaled(value=x, reads rate)"


def test_containers_are_written_as_in_python() -> None:
    x, y = node(1, "x"), node(2, "y")
    assert _written(node([x, y])) == "[x, y]"
    assert _written(node((x,))) == "(x,)"
    assert _written(node({"k": x, "{v}": y})) == "{'k': x, '{v}': y}"
    assert _written(node([x, 5, "s"])) == "[x, 5, 's']"


def test_long_constants_are_named_and_short_ones_written() -> None:
    x = node("a", "x")
    assert _written(x + "b") == "x + 'b'"
    assert _written(x + "b" * 100) == "x + text"


def test_many_inputs_are_counted() -> None:
    assert _written(node([node(1, "x") for _ in range(100)]), most=4) == "[x, x_2, x_3, … 96 more, x_100]"
