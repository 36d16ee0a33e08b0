from dataclasses import replace
from pathlib import Path

import pytest

from steepest.errors import InputError
from steepest.traces.exchange import write_json
from steepest.traces.failures import ExecutionError
from steepest.traces.feedback import backward
from steepest.traces.parameters import node, update
from steepest.traces.trace import Trace, trace_of


def test_a_trace_holds_all_that_the_outputs_were_made_from_ascending() -> None:
    x, y = node(1, "x", trainable=True), node(2, "y")
    output = (x + y) * y
    trace = trace_of(output)
    assert [trace.name(each) for each in trace.nodes] == ["x", "y", "add", "mul"]
    assert [trace.name(each) for each in trace.parameters] == ["x"]
    assert trace.is_output(output)
    assert not trace.is_output(y)
    assert [trace.name(each) for each in trace.inputs(output)] == ["add", "y"]


def test_several_outputs_share_one_trace() -> None:
    x = node(1, "x")
    first, second = x + 1, x * 2
    trace = Trace.of([first, second, first])
    assert len(trace.outputs) == 2
    assert [trace.name(each) for each in trace.outputs] == ["add", "mul"]


def test_the_error_of_a_computation_has_a_trace() -> None:
    x = node(0, "x")
    with pytest.raises(ExecutionError) as caught:
        1 / x
    trace = trace_of(caught.value)
    assert trace.written(trace.outputs[0]) == "1 / x"
    assert "[failed, output]" in trace.to_text()


def test_given_parameters_only_their_paths_remain_with_what_these_needed_besides() -> None:
    x, y, z = node(1, "x", trainable=True), node(2, "y"), node(3, "z")
    side = z * 2
    output = (x + y) * side
    trace = trace_of(output, [x])
    assert list(trace.names.values()) == ["x", "y", "mul", "add", "mul_2"]
    assert trace.written(side) == ""
    assert trace.inputs(side) == ()
    assert "mul = 6" in trace.to_text()


def test_feedback_is_found_on_the_nodes_that_it_was_given_on() -> None:
    x = node(1, "x", trainable=True)
    first, second = x + 1, x * 2
    backward(first, "too small", score=0.5)
    backward([first, second], "both")
    trace = trace_of(first)
    assert [each.text for each in trace.feedback] == ["too small", "both"]
    assert [each.text for each in trace.feedback_on(first)] == ["too small", "both"]
    assert trace.feedback_on(x) == ()


def test_feedback_on_other_traces_is_left_out() -> None:
    x = node(1, "x", trainable=True)
    first, second = x + 1, x * 2
    backward(second, "elsewhere")
    assert trace_of(first).feedback == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (5, "a trace is of nodes, and 5 is a plain value: pass what the traced computation gave"),
        ("text", "'text' is a plain value"),
        ([1, 2], "1 is a plain value"),
        (None, "None is a plain value"),
        ([], "nothing to trace: pass a node"),
    ],
)
def test_what_is_no_node_has_no_trace_and_is_told_what_to_pass(wrong: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        trace_of(wrong)  # type: ignore[arg-type]


def test_a_trace_without_nodes_is_refused_where_it_is_made() -> None:
    with pytest.raises(InputError, match="one node or more"):
        replace(trace_of(node(1)), nodes=())


@pytest.mark.parametrize("place", ["nowhere/x.html", ".", "a_file/x.html"])
def test_a_page_or_document_that_cant_be_written_is_an_error_that_says_why(place: str, tmp_path: Path) -> None:
    (tmp_path / "a_file").touch()
    trace = trace_of(node(1, "x") + 1)
    for write in (trace.to_html, lambda path: write_json(trace, path)):
        with pytest.raises(
            InputError, match=r"can't be written: (there is no folder .*; make it first|Is a directory)"
        ):
            write(tmp_path / place)
    assert [path.name for path in tmp_path.iterdir()] == ["a_file"]


def test_a_trace_says_how_large_it_is() -> None:
    assert repr(trace_of(node(1, "x") + 1)) == "<trace: 3 nodes, 0 parameters, 1 outputs>"


def test_a_text_node_is_one_output_and_not_its_letters() -> None:
    text = node("ab", "t") + "c"
    assert trace_of(text).outputs[0] is text


def test_a_document_and_a_graph_can_be_had() -> None:
    pytest.importorskip("networkx")
    trace = trace_of(node(1, "x") + 1)
    assert trace.to_json()["nodes"]
    assert trace.to_networkx().number_of_nodes() >= 2


def test_an_update_does_not_rewrite_a_trace_that_was_made_before_it() -> None:
    prompt = node("be kind", "prompt", trainable=True)
    trace = trace_of(prompt + "!")
    before = trace.to_text()
    update(prompt, "be brief")
    assert trace.to_text() == before
    assert "be kind" in str(trace.to_json())
    assert "be brief" in trace_of(prompt + "!").to_text()


def test_an_update_between_two_uses_is_told_by_what_each_has_read() -> None:
    prompt = node("v0", "prompt", trainable=True)
    first = prompt + "!"
    update(prompt, "v1")
    second = prompt + "?"
    update(prompt, "v2")
    trace = trace_of([first, second])
    assert [trace.value(prompt, each) for each in (first, second)] == ["v0", "v1"]
    assert trace.value(prompt) == "v1"
    assert trace.readings(prompt) == (("v1", (second,)), ("v0", (first,)))
    assert f"prompt = 'v1'; 'v0' for {trace.name(first)}" in trace.to_text()
