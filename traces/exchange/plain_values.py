"""Values without nodes in them: what a graph's functions, reducers and checkpoints are to see.

A graph of LangGraph carries more than containers: messages and states that are pydantic models, commands and sends.
"""

import copy
from collections.abc import Callable, Iterable
from typing import Any

from langgraph.types import Send
from pydantic import BaseModel

from steepest.traces.containers import field_values, is_record
from steepest.traces.graph import Node

_Inner = Callable[[Any], Any]


def plain(value: Any, found: list[Node[Any]]) -> Any:
    """A value with the values of nodes in their places, at any depth.

    Args:
        value: Any value; never changed.
        found: Gets the nodes.

    Returns:
        The value itself if there is no node in it.
    """
    return _plain(value, found, set())


def _plain(value: Any, found: list[Node[Any]], above: set[int]) -> Any:
    if isinstance(value, Node):
        found.append(value)
        return _plain(value._value, found, above)  # nodes may have been put into it
    if id(value) in above:  # it holds itself
        return value
    above.add(id(value))
    made = _looked_through(value, lambda part: _plain(part, found, above))
    above.discard(id(value))
    return made


def _looked_through(value: Any, inner: _Inner) -> Any:
    if isinstance(value, dict):
        return _of_dict(value, inner)
    if isinstance(value, (list, tuple, set, frozenset)):
        parts = [inner(part) for part in value]
        if all(part is other for part, other in zip(parts, value, strict=True)):
            return value
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, BaseModel):
        changed = _changed({**vars(value), **(value.__pydantic_extra__ or {})}.items(), inner)
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, Send):
        return _with(value, _changed([("arg", value.arg)], inner))
    return _with(value, _changed(field_values(value), inner)) if is_record(value) else value


def _of_dict(value: dict[Any, Any], inner: _Inner) -> dict[Any, Any]:
    pairs = [(inner(key), inner(part)) for key, part in value.items()]
    if all(key is k and part is p for (key, part), (k, p) in zip(pairs, value.items(), strict=True)):
        return value
    made = copy.copy(value)  # keeps a subclass's own state
    made.clear()
    made.update(pairs)
    return made


def _changed(fields: Iterable[tuple[str, Any]], inner: _Inner) -> dict[str, Any]:
    made = ((name, value, inner(value)) for name, value in fields)
    return {name: part for name, value, part in made if part is not value}


def _with(value: Any, changed: dict[str, Any]) -> Any:
    if not changed:
        return value
    made = copy.copy(value)
    for name, part in changed.items():
        object.__setattr__(made, name, part)  # frozen ones, too
    return made
