"""Nodes in plain containers: lists, tuples, dicts, sets and dataclasses, nested in any way."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from steepest.traces.graph import Node
from steepest.traces.holders import Step, holding, walked

_SEQUENCES = (list, tuple)
_SETS = (set, frozenset)


def values_of(container: Any) -> Any:
    """What a container of nodes holds as plain values.

    Args:
        container: A node, or lists, tuples, dicts, sets and dataclasses that hold nodes at any depth, as keys, too.

    Returns:
        The same with the value of each node in its place; a part that holds no node is the part itself.
    """
    plain: dict[int, Any] = {}

    def value_of(node: Node[Any]) -> Any:
        if id(node) not in plain:
            plain[id(node)] = value = node.value  # what a node finds that was written into its own value
            plain[id(node)] = mapped(value_of, value)
        return plain[id(node)]

    return mapped(value_of, container)


def mapped(function: Callable[[Node[Any]], Any], container: Any) -> Any:
    """A container with something else in the place of each of its nodes.

    Args:
        function: Gives what comes in a node's place.
        container: As for `values_of`, however deep, and it may hold itself; never changed.

    Returns:
        A container of the same type, or this one if nothing in it is replaced.
    """
    replaced: dict[int, Any] = {}

    def replacement(node: Node[Any]) -> Any:
        if id(node) not in replaced:
            replaced[id(node)] = function(node)
        return replaced[id(node)]

    def parts_of(value: Any) -> Iterable[Any] | None:
        parts = _parts(value)
        return parts and [part for part in parts if not isinstance(part, Node) or replacement(part) is not part]

    if isinstance(container, Node):
        return function(container)
    return walked(_mapping(container, replacement, holding(container, parts_of), {}))


def is_record(value: object) -> bool:
    """Whether a value is an instance of a dataclass."""
    return is_dataclass(value) and not isinstance(value, type)


def field_values(record: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of a dataclass's fields, as far as they are set."""
    for each in fields(record):
        if hasattr(record, each.name):
            yield each.name, getattr(record, each.name)


def _parts(value: Any) -> Iterable[Any] | None:
    if isinstance(value, dict):
        return (*value, *value.values())
    if isinstance(value, (*_SEQUENCES, *_SETS)):
        return value
    return [part for _, part in field_values(value)] if is_record(value) else None


def _mapping(value: Any, replacement: Callable[[Node[Any]], Any], changed: set[int], made: dict[int, Any]) -> Step:
    """What comes in the place of a part of a container.

    Args:
        value: The part.
        replacement: Of a node.
        changed: The ids of the containers in which something is replaced.
        made: What has come in the place of such a container so far, by its id.
    """
    if isinstance(value, Node):
        return replacement(value)
    if id(value) not in changed:
        return value
    if id(value) in made:
        return made[id(value)]
    if isinstance(value, dict):
        table = made[id(value)] = copy.copy(value)  # keeps a subclass's own state, the factory of a defaultdict
        table.clear()
        for key, part in value.items():
            name = yield _mapping(key, replacement, changed, made)
            table[name] = yield _mapping(part, replacement, changed, made)
        return table
    if is_record(value):
        record = made[id(value)] = copy.copy(value)
        for name, part in field_values(value):
            object.__setattr__(record, name, (yield _mapping(part, replacement, changed, made)))  # of frozen ones, too
        return record
    if type(value) is list:
        items = made[id(value)] = []
        for part in value:
            items.append((yield _mapping(part, replacement, changed, made)))
        return items
    parts = []
    for part in value:
        parts.append((yield _mapping(part, replacement, changed, made)))
    return made.setdefault(id(value), _rebuilt(value, parts))


def _rebuilt(container: Any, parts: list[Any]) -> Any:
    if hasattr(container, "_fields"):  # a named tuple takes its parts one by one
        return type(container)(*parts)
    return type(container)(parts)
