"""Nodes that are put into a node's value: `messages.append(reply)`, `table["x"] = reply`.

A container of Python's own keeps the node itself, so that whoever takes it out again, or is given the whole, depends
on it. The change is marked in the snapshot of that node and of the nodes whose part it is. Sets keep only nodes of
texts, which are found by their text; other nodes are kept by value, as they would not be found. So do parameters, whose
values are plain, arrays, classes made from containers, and everything while nothing is recorded.
"""

from dataclasses import is_dataclass
from typing import Any

from steepest.traces.holders import HOLDERS, ITEMS, holds_nodes, unwrapped
from steepest.traces.operators import Operators
from steepest.traces.scope import is_tracing

_KEYED = frozenset({"setdefault", "insert", "__setitem__"})
"""Those whose first argument says where."""
_SEVERAL = frozenset({"extend", "extendleft", "update"})
"""Those whose argument is a container of what to put in."""


def kept_arguments(node: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...] | None:
    """The arguments of a method that puts nodes into a node's value, and marks that it does.

    Args:
        node: Whose value is changed.
        name: The method.
        args: As they were given.
        kwargs: Likewise.

    Returns:
        The arguments as they are to be kept, nodes included; None if the method gets plain values.
    """
    value = node._value
    if type(value) not in HOLDERS or not is_tracing() or _is_of_parameter(node):
        return None
    if name in _SEVERAL:
        try:
            args = tuple(_items(each, is_table=isinstance(value, dict)) for each in args)
        except (TypeError, ValueError):  # the method itself says what is wrong with it
            return None
    if not holds_nodes([*args, kwargs]):
        return args if name in _SEVERAL else None
    if isinstance(value, set):
        args = tuple(_for_set(each, name) for each in args)
        if not holds_nodes(list(args)):
            return args
    elif name in _KEYED:
        args = (unwrapped(args[0], []), *args[1:])
    _mark(node)
    return args


def _items(container: Any, *, is_table: bool) -> Any:
    """What is put in from a container, each item by itself; an iterator is read once."""
    if not is_table:
        return list(container)
    if isinstance(container, Operators) and isinstance(container._value, dict):
        return {key: container[key] for key in container._value}
    return {unwrapped(key, []): part for key, part in dict(container).items()}


def _for_set(argument: Any, name: str) -> Any:
    if name in _SEVERAL:
        return [_for_set(each, "add") for each in argument]
    return argument if isinstance(argument, str) else unwrapped(argument, [])


def _above(node: Any) -> list[Any]:
    """The node, those that it is an item of, one in the other, and those that have the same value under other names."""
    found, known = [node], {id(node)}
    for each in found:  # which grows meanwhile
        if each.operation is None:
            continue
        is_item = each.operation.name in ITEMS
        for place, source in enumerate(each.inputs):
            if (source._value is each._value or (is_item and place == 0)) and id(source) not in known:
                known.add(id(source))
                found.append(source)
    return found


def _is_of_parameter(node: Any) -> bool:
    return any(each.trainable is not None for each in _above(node))


def _mark(node: Any) -> None:
    for each in _above(node):
        if each.snapshot is not None and (type(each._value) in HOLDERS or is_dataclass(each._value)):
            each.snapshot.is_filled = True
