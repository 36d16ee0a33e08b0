"""A trace: what outputs were computed from, held together to be looked at and handed on.

The graph itself is the nodes' own; a trace is a cut through it with an order and names, so that every rendering and
every exchange format tells of the same nodes in the same words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from steepest.errors import InputError
from steepest.traces.failures import ExecutionError, failure_of
from steepest.traces.feedback import Feedback
from steepest.traces.graph import Node, ancestors, as_node, between
from steepest.traces.holders import FILLED
from steepest.traces.parameters import value_at, value_read
from steepest.traces.previews import preview
from steepest.traces.rendering.names import argument, names_of, written

if TYPE_CHECKING:
    import networkx

LIMIT = 60
"""Nodes that a rendering shows before it folds what is repeated and what is in the middle."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What outputs were computed from. Made by `trace_of` or `Trace.of`.

    Renderings are the same, byte for byte, for the same program: names are numbered in the trace, and seconds are shown
    only when asked for.
    """

    nodes: tuple[Node[Any], ...]
    """Ascending by creation, so that every node comes after its inputs."""
    outputs: tuple[Node[Any], ...]
    parameters: tuple[Node[Any], ...]
    feedback: tuple[Feedback, ...]
    """What was said about nodes of the trace."""
    names: Mapping[int, str]
    """Each node's name by its `id`."""
    _feedback_on: Mapping[int, tuple[Feedback, ...]] = field(repr=False)
    _outputs: frozenset[int] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.nodes:
            raise InputError("a trace has one node or more: make it with `trace_of`")

    @classmethod
    def of(
        cls,
        outputs: Node[Any] | ExecutionError | Iterable[Node[Any]],
        parameters: Iterable[Node[Any]] | None = None,
    ) -> "Trace":
        """`trace_of`, as a method of the class."""
        return trace_of(outputs, parameters)

    def name(self, node: Node[Any]) -> str:
        """What a node of the trace is called."""
        return self.names[id(node)]

    def value(self, node: Node[Any], consumer: Node[Any] | None = None) -> Any:
        """A node's value as it was read: an update of a parameter since then does not rewrite it.

        Args:
            node: One of the trace.
            consumer: A node of the trace that was made from it; the last one unless given.
        """
        return self.readings(node)[0][0] if consumer is None else value_read(node, consumer)

    def readings(self, node: Node[Any]) -> tuple[tuple[Any, tuple[Node[Any], ...]], ...]:
        """The values that a node has had for what was made from it, the last one first, each with those nodes.

        There are several for a parameter that was updated between two uses; for any other node there is its value.
        """
        if node.trainable is None or not node.trainable.past:
            return ((node._value, ()),)
        found: list[tuple[Any, list[Node[Any]]]] = []
        for each in reversed(self.nodes):
            if any(source is node for source in each.inputs):
                value = value_read(node, each)
                if not found or found[-1][0] is not value:
                    found.append((value, []))
                found[-1][1].append(each)
        if not found:
            return ((value_at(node, self.nodes[-1].order), ()),)
        return tuple((value, tuple(reversed(consumers))) for value, consumers in found)

    def argument(self, node: Node[Any]) -> str:
        """How a node is written where it is used: its name, or its value if that is a small constant."""
        return argument(node, self.names)

    def written(self, node: Node[Any], most: int | None = None) -> str:
        """How a node was made, in the names of the trace: `x + 1`, `div(a=x, b=2)`; empty for what came from outside.

        Args:
            node: One of the trace.
            most: Inputs that are written before the rest is only counted.
        """
        return written(node, self.names, most)

    def inputs(self, node: Node[Any]) -> tuple[Node[Any], ...]:
        """What a node was made from; nothing if that lies outside of the trace."""
        return node.inputs if all(id(each) in self.names for each in node.inputs) else ()

    def feedback_on(self, node: Node[Any]) -> tuple[Feedback, ...]:
        """What was said about a node."""
        return self._feedback_on.get(id(node), ())

    def is_output(self, node: Node[Any]) -> bool:
        """Whether the trace was asked for with this node."""
        return id(node) in self._outputs

    def show(
        self,
        stream: TextIO | None = None,
        *,
        limit: int | None = LIMIT,
        times: bool = False,
        width: int | None = None,
        colour: bool | None = None,
    ) -> None:
        """Write the trace as a tree, outputs at the root.

        Args:
            stream: Where to; standard output unless given.
            limit: Nodes from which on repeated parts and the middle are folded; None for all of them.
            times: Whether to show how long calls took.
            width: Columns; the terminal's, or 100 where there is none.
            colour: Whether to use it; unless given, on a terminal that has not been told otherwise by `NO_COLOR`.
        """
        from steepest.traces.rendering.terminal import show

        show(self, stream, limit=limit, times=times, width=width, colour=colour)

    def to_text(self, *, limit: int | None = LIMIT, times: bool = False, width: int = 100) -> str:
        """The tree that `show` writes, as a text without colour."""
        from steepest.traces.rendering.terminal import text_of

        return text_of(self, limit=limit, times=times, width=width)

    def to_svg(self, *, limit: int | None = LIMIT, times: bool = False) -> str:
        """A picture of the graph, inputs above outputs, that reads on light and dark ground."""
        from steepest.traces.rendering.svg import svg_of

        return svg_of(self, limit=limit, times=times)

    def to_mermaid(self, *, limit: int | None = LIMIT, times: bool = False) -> str:
        """The graph as a Mermaid flowchart, for Markdown."""
        from steepest.traces.rendering.mermaid import mermaid_of

        return mermaid_of(self, limit=limit, times=times)

    def to_html(self, path: str | Path, *, times: bool = False, title: str = "Trace") -> Path:
        """Write one page to explore the whole trace with; it needs nothing but a browser.

        All nodes are in it, in some 200 bytes each; 100,000 of them are still searched at once. Its picture folds more
        than 60 nodes.

        Args:
            path: The file.
            times: Whether to tell how long calls took.
            title: What the page is called.

        Returns:
            The path.

        Raises:
            InputError: It can't be written there.
        """
        from steepest.traces.modules.files import write_text
        from steepest.traces.rendering.page import page_of

        write_text(path, page_of(self, times=times, title=title))
        return Path(path)

    def to_json(self) -> dict[str, Any]:
        """The trace as a JSON document with a version, from which it can be read again."""
        from steepest.traces.exchange import json_document

        return json_document(self)

    def to_networkx(self) -> "networkx.MultiDiGraph[Any]":
        """The trace as a graph of the networkx library, which has to be installed."""
        from steepest.traces.exchange import networkx_graph

        return networkx_graph(self)

    def _repr_html_(self) -> str:
        from steepest.traces.rendering.svg import notebook_html

        return notebook_html(self)

    def __repr__(self) -> str:
        return f"<trace: {len(self.nodes):,} nodes, {len(self.parameters):,} parameters, {len(self.outputs):,} outputs>"


def trace_of(
    outputs: Node[Any] | ExecutionError | Iterable[Node[Any]], parameters: Iterable[Node[Any]] | None = None
) -> Trace:
    """Everything that outputs were computed from.

    Args:
        outputs: A node, several, or the error that a traced computation raised.
        parameters: Only what lies between these and the outputs, with the inputs that it needed besides. Without them,
            all of it.

    Raises:
        InputError: There is no output, or it is a plain value.
    """
    ends = _ends(outputs)
    nodes = ancestors(ends) if parameters is None else _between(tuple(parameters), ends)
    kept = {id(each) for each in nodes}
    trainable = tuple(each for each in nodes if each.trainable is not None)
    said = _feedback(trainable, kept)
    on: dict[int, list[Feedback]] = {}
    for each in said:
        for output in each.outputs:
            on.setdefault(id(_given(output)), []).append(each)
    return Trace(
        nodes=tuple(nodes),
        outputs=ends,
        parameters=trainable,
        feedback=said,
        names=names_of(nodes),
        _feedback_on={key: tuple(items) for key, items in on.items()},
        _outputs=frozenset(id(end) for end in ends),
    )


def _ends(outputs: object) -> tuple[Node[Any], ...]:
    if isinstance(outputs, ExecutionError):
        return (failure_of(outputs).node,)
    if isinstance(outputs, Node):
        return (as_node(outputs),)
    if not isinstance(outputs, Iterable) or isinstance(outputs, (str, bytes)):
        raise _not_traced(outputs)
    ends = tuple(outputs)
    if not ends:
        raise InputError("there is nothing to trace: pass a node, or several")
    for end in ends:
        if not isinstance(end, Node):
            raise _not_traced(end)
    return tuple({id(end): as_node(end) for end in ends}.values())  # with what was written into them


def _not_traced(value: object) -> InputError:
    return InputError(
        f"a trace is of nodes, and {preview(value, 60)} is a plain value: pass what the traced computation gave, "
        "not its `.value`"
    )


def _between(parameters: tuple[Node[Any], ...], outputs: tuple[Node[Any], ...]) -> list[Node[Any]]:
    """The nodes on the paths, and what else those were made from."""
    on_path = between(parameters, outputs)
    every = {id(each): each for node in on_path for each in (node, *node.inputs)}
    every.update((id(output), output) for output in outputs)
    return sorted(every.values(), key=lambda node: node.order)


def _feedback(parameters: Iterable[Node[Any]], kept: set[int]) -> tuple[Feedback, ...]:
    """What the parameters were told about nodes of the trace, each once, in the order of telling."""
    said: dict[int, Feedback] = {}
    for parameter in parameters:
        for each in parameter.trainable.feedback if parameter.trainable is not None else ():
            if any(id(_given(output)) in kept for output in each.outputs):
                said[id(each)] = each
    return tuple(said.values())


def _given(output: Node[Any]) -> Node[Any]:
    """The node that somebody gave feedback on: of one that was written into, what it was then stands for it."""
    return output.inputs[0] if output.operation is FILLED else output
