"""A trace as a graph of networkx."""

from typing import TYPE_CHECKING, Any

from steepest.errors import InputError
from steepest.traces.exchange.positions import short_position
from steepest.traces.graph import Node
from steepest.traces.previews import preview
from steepest.traces.trace import Trace

if TYPE_CHECKING:
    import networkx


def networkx_graph(trace: Trace, *, values: bool = False) -> "networkx.MultiDiGraph[Any]":
    """A trace as a directed graph; its nodes are the names, and two edges join what is used twice.

    Args:
        trace: Any.
        values: Whether nodes have the value itself, besides its preview. Without it all attributes are numbers and
            texts, as GraphML and the like want them.

    Returns:
        Edges from inputs to what was made from them, with `argument` and `place`; nodes with `preview`, `type`,
        `kind` (leaf, parameter, operation, call or failure), `operation`, `written`, `is_output` and, of calls,
        `seconds`, `tokens`, `money`, `exception` and `position`.

    Raises:
        InputError: networkx is not installed.
    """
    try:
        import networkx
    except ImportError as error:
        raise InputError("a networkx graph needs networkx: pip install networkx") from error

    graph: networkx.MultiDiGraph[Any] = networkx.MultiDiGraph()
    for node in trace.nodes:
        graph.add_node(trace.name(node), **_attributes(trace, node), **({"value": trace.value(node)} if values else {}))
    for node in trace.nodes:
        names = node.record.names if node.record is not None else ()
        for place, each in enumerate(node.inputs):
            if id(each) in trace.names:
                argument = names[place] if place < len(names) else str(place)
                graph.add_edge(trace.name(each), trace.name(node), argument=argument, place=place)
    return graph


def _attributes(trace: Trace, node: Node[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": _kind(node),
        "preview": preview(trace.value(node)),
        "type": type(trace.value(node)).__name__,
        "is_output": trace.is_output(node),
    }
    if node.operation is not None:
        found |= {"operation": node.operation.name, "written": trace.written(node)}
    if node.trainable is not None:
        found["description"] = node.trainable.description
    if node.record is not None:
        record = node.record._asdict()
        found |= {key: record[key] for key in ("seconds", "tokens", "money", "exception")}
        found["position"] = short_position(node.record.position)
    return found


def _kind(node: Node[Any]) -> str:
    if node.trainable is not None:
        return "parameter"
    if node.record is not None:
        return "failure" if node.record.exception else "call"
    return "leaf" if node.operation is None else "operation"
