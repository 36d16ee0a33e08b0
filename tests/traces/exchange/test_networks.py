import io
import sys

import networkx
import pytest

from steepest.errors import InputError
from steepest.traces.bundle import bundle
from steepest.traces.exchange import networkx_graph
from steepest.traces.failures import ExecutionError
from steepest.traces.parameters import node
from steepest.traces.trace import trace_of


@bundle
def scale(by: float, x: float) -> float:
    return by * x


def test_edges_go_from_inputs_to_results_with_the_name_of_the_argument() -> None:
    by = node(2.0, "by_two", trainable=True, description="a factor")
    graph = networkx_graph(trace_of(scale(by, x=node(3.0, "x"))))
    assert graph.nodes["by_two"]["kind"] == "parameter"
    assert graph.nodes["scale"]["kind"] == "call"
    assert [(a, b, data["argument"]) for a, b, data in graph.edges(data=True)] == [
        ("by_two", "scale", "by"),
        ("x", "scale", "x"),
    ]


def test_what_is_used_twice_has_two_edges() -> None:
    x = node(3, "x")
    assert networkx_graph(trace_of(x + x)).number_of_edges("x", "add") == 2


def test_a_failure_is_marked() -> None:
    with pytest.raises(ExecutionError) as caught:
        scale(node(2.0), x=node({}))
    graph = networkx_graph(trace_of(caught.value))
    assert graph.nodes["scale"]["kind"] == "failure"
    assert graph.nodes["scale"]["exception"].startswith("TypeError")


def test_attributes_can_be_written_as_graphml() -> None:
    graph = networkx_graph(trace_of(scale(node(2.0, "a"), 3.0) + 1))
    networkx.write_graphml(graph, io.BytesIO())


def test_values_go_along_when_they_are_asked_for() -> None:
    x = node([1, 2], "x")
    assert networkx_graph(trace_of(x), values=True).nodes["x"]["value"] is x._value


def test_the_graph_is_acyclic_and_whole() -> None:
    total = node(0)
    for count in range(100):
        total = total + count
    graph = networkx_graph(trace_of(total))
    assert networkx.is_directed_acyclic_graph(graph)
    assert len(graph) == 201


def test_without_networkx_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(InputError, match="pip install networkx"):
        networkx_graph(trace_of(node(1)))
