"""Nodes of what was recorded elsewhere."""

from typing import Any, TypeVar

from steepest.traces.graph import Node, make
from steepest.traces.operations import Operation
from steepest.traces.records import Record

T = TypeVar("T")


def recorded(
    value: T,
    operation: Operation | None = None,
    inputs: tuple[Node[Any], ...] = (),
    *,
    label: str | None = None,
    record: Record | None = None,
) -> Node[T]:
    """A node of a value that was computed before, wherever this is called."""
    made: Any = make(value, operation, inputs)
    made.label = label
    made.record = record
    node: Node[T] = made
    return node
