"""Containers of Python's own that may hold nodes: an operation that is given one depends on the nodes in it."""

from typing import Any

from steepest.traces.operations import Operation
from steepest.traces.operators import Operators

HOLDERS: dict[type, Operation] = {
    list: Operation("list", "[...]"),
    tuple: Operation("tuple", "(...)"),
    set: Operation("set", "{...}"),
    frozenset: Operation("frozenset"),
    dict: Operation("dict"),
}
"""The types, and the operation that puts one together from nodes."""


def holds_nodes(value: Any) -> bool:
    """Whether a value is a node or a container that holds one, at any depth; each part looked at once."""
    stack, seen = [[value]], set[int]()
    while stack:
        parts = stack.pop()
        kinds = set(map(type, parts))
        if any(issubclass(kind, Operators) for kind in kinds):
            return True
        if kinds.isdisjoint(HOLDERS):
            continue
        for part in parts:
            if type(part) in HOLDERS and id(part) not in seen:  # a container may hold itself
                seen.add(id(part))
                stack.append([*part, *part.values()] if isinstance(part, dict) else part)
    return False


def unwrapped(value: Any, found: list[Any]) -> Any:
    """A value with the values of nodes in their places.

    Args:
        value: Any value.
        found: Gets the nodes.
    """
    if isinstance(value, Operators):
        found.append(value)
        return value._value
    if type(value) not in HOLDERS or not holds_nodes(value):
        return value
    if isinstance(value, dict):
        return {unwrapped(key, found): unwrapped(part, found) for key, part in value.items()}
    return type(value)([unwrapped(part, found) for part in value])
