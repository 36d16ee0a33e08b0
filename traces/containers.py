"""Nodes in plain containers: lists, tuples, dicts, sets and dataclasses, nested in any way."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from steepest.traces.graph import Node

_SEQUENCES = (list, tuple)
_SETS = (set, frozenset)


def values_of(container: Any) -> Any:
    """What a container of nodes holds as plain values.

    Args:
        container: A node, or lists, tuples, dicts, sets and dataclasses that hold nodes at any depth, as keys, too.

    Returns:
        The same with the value of each node in its place; a part that holds no node is the part itself.
    """
    return mapped(lambda node: values_of(node.value), container)


def mapped(function: Callable[[Node[Any]], Any], container: Any) -> Any:
    """A container with something else in the place of each of its nodes.

    Args:
        function: Gives what comes in a node's place.
        container: As for `values_of`; never changed.

    Returns:
        A container of the same type, or this one if nothing in it is replaced.
    """
    if isinstance(container, Node):
        return function(container)
    if isinstance(container, dict):
        return _mapped_dict(function, container)
    if isinstance(container, (*_SEQUENCES, *_SETS)):
        parts = [mapped(function, part) for part in container]
        return _rebuilt(container, parts) if _differ(parts, container) else container
    if is_record(container):
        return _mapped_record(function, container)
    return container


def is_record(value: object) -> bool:
    """Whether a value is an instance of a dataclass."""
    return is_dataclass(value) and not isinstance(value, type)


def field_values(record: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of a dataclass's fields, as far as they are set."""
    for each in fields(record):
        if hasattr(record, each.name):
            yield each.name, getattr(record, each.name)


def _mapped_dict(function: Callable[[Node[Any]], Any], container: dict[Any, Any]) -> dict[Any, Any]:
    pairs = [(mapped(function, key), mapped(function, value)) for key, value in container.items()]
    if not _differ((key for key, _ in pairs), container) and not _differ((v for _, v in pairs), container.values()):
        return container
    made = copy.copy(container)  # keeps a subclass's own state, the default factory of a defaultdict
    made.clear()
    made.update(pairs)
    return made


def _mapped_record(function: Callable[[Node[Any]], Any], record: Any) -> Any:
    changed = {}
    for name, value in field_values(record):
        part = mapped(function, value)
        if part is not value:
            changed[name] = part
    if not changed:
        return record
    made = copy.copy(record)
    for name, part in changed.items():
        object.__setattr__(made, name, part)  # frozen ones, too
    return made


def _rebuilt(container: Any, parts: list[Any]) -> Any:
    if hasattr(container, "_fields"):  # a named tuple takes its parts one by one
        return type(container)(*parts)
    return type(container)(parts)


def _differ(parts: Iterable[Any], others: Iterable[Any]) -> bool:
    return any(part is not other for part, other in zip(parts, others, strict=True))
