import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError
from steepest.traces.feedback import backward
from steepest.traces.parameters import node
from steepest.traces.rendering.folding import view_of
from steepest.traces.trace import Trace, trace_of
from tests.traces.rendering.programs import bakery, loop, random_graph, star
from tests.work import calls_in

GRAPHS = st.lists(st.lists(st.integers(0, 40), max_size=3), max_size=60)


def _summaries(trace: Trace, limit: int) -> list[str]:
    return [item.summary for item in view_of(trace, limit).items if item.node is None]


def test_a_small_trace_is_shown_whole() -> None:
    trace = bakery()
    view = view_of(trace, 60)
    assert all(item.node is not None for item in view.items)


def test_small_constants_are_no_items() -> None:
    x = node(1, "x")
    assert len(view_of(trace_of(x + 1), 60).items) == 2


def test_a_constant_that_is_an_output_is_an_item() -> None:
    assert len(view_of(trace_of(node(1)), 60).items) == 1


def test_the_body_of_a_loop_is_shown_first_and_last_and_counted_between() -> None:
    assert _summaries(loop(1000), 60) == ["996 more of sub, mul"]


def test_calls_of_one_kind_are_folded() -> None:
    assert _summaries(star(500), 60) == ["498 more of temperature, ask"]


def test_without_a_limit_nothing_is_folded() -> None:
    trace = loop(1000)
    assert _summaries(trace, 10_000) == []
    assert len(view_of(trace, None).items) == 3002


def test_what_repeats_nothing_is_folded_in_its_middle() -> None:
    last = node(0, "x")
    for count in range(300):
        last = bundle(lambda value: value, name=f"step_{count}")(last)
    assert _summaries(trace_of(last), 60) == ["241 more"]


def test_what_was_spoken_about_is_never_folded() -> None:
    x = node(1, "x", trainable=True)
    values = [x + 1 for _ in range(200)]
    backward(values[100], "this one")
    view = view_of(trace_of(node(values)), 20)
    assert any(item.node is values[100] for item in view.items)
    assert len(view.items) < 12


def test_a_failure_in_the_middle_is_never_folded() -> None:
    x = node(0, "x")
    values = [bundle(lambda value: value, name=f"step_{count}")(x) for count in range(100)]
    with pytest.raises(ExecutionError) as caught:
        1 / x
    values[50:50] = [caught.value.node]
    later = [bundle(lambda value: value, name=f"late_{count}")(x) for count in range(100)]
    view = view_of(trace_of(node([*values, *later])), 20)
    assert any(item.node is caught.value.node for item in view.items)
    assert len(view.items) == 23


@given(GRAPHS, st.integers(1, 20))
def test_every_node_is_shown_or_counted_and_inputs_come_first(choices: list[list[int]], limit: int) -> None:
    trace = trace_of(random_graph(choices))
    view = view_of(trace, limit)
    assert sum(item.hidden or 1 for item in view.items) == len(trace.nodes)
    assert all(source < place for place, item in enumerate(view.items) for source in item.inputs)
    assert set(view.outputs) <= set(range(len(view.items)))


def test_folding_is_linear() -> None:
    assert _summaries(loop(33_000), 60) == ["32,996 more of sub, mul"]

    def work(count: int) -> int:
        trace = loop(count)
        return calls_in(lambda: _summaries(trace, 60))

    assert work(16_000) < 10 * work(2_000)
