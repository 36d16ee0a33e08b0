"""What a module is made of: its nodes, bundles and inner modules, each with the path that leads to it.

Attributes of the instance come first, then slots, then what its classes hold, with Python's own rules of which one
counts. The walk goes level by level, so the shortest path names a thing, and everything is met once, cycles or not.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from types import FunctionType, MemberDescriptorType, MethodType
from typing import Any

from steepest.traces.bundle import BoundBundle, Bundle
from steepest.traces.containers import field_values, is_record
from steepest.traces.graph import Node
from steepest.traces.pending import CODE

_KINDS = (Node, Bundle, BoundBundle, list, tuple, dict, set, frozenset, deque)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A part of a module."""

    path: str
    """From where the walk started: `planner.steps[0].prompt`."""
    value: Any
    """A node, a bundle or a module."""
    owner: Any
    """The module that holds it, directly or in containers; None if there is none."""
    place: str
    """Its path from the owner."""


def members_of(root: object) -> Iterator[Member]:
    """The nodes, bundles and modules that can be reached from a value, each once, level by level.

    Args:
        root: A module, a node, a bundle, or containers and dataclasses that hold them; anything else has none.
    """
    waiting = deque([Member("", root, None, "")])
    met: dict[int, object] = {}  # by identity; the objects are kept so that no other one gets the same id meanwhile
    while waiting:
        member = waiting.popleft()
        if id(member.value) in met:
            continue
        met[id(member.value)] = member.value
        if isinstance(member.value, (Node, Bundle, BoundBundle)) or is_module(member.value):
            yield member
        waiting.extend(_parts(member))


def named_parameters(root: object) -> dict[str, Node[Any]]:
    """The parameters that can be reached from a value, each once by its path, ascending by creation.

    A parameter without a name that is found in a module gets that of its place there: `prompt`, `steps[0]`.

    Args:
        root: As for `members_of`. The path of a parameter that is the root itself is its label.
    """
    found: dict[int, tuple[str, Node[Any]]] = {}
    for member in members_of(root):
        for path, parameter in _parameters(member):
            found.setdefault(id(parameter), (path, parameter))
            if parameter.label is None and member.owner is not None:
                parameter.label = member.place
    return dict(sorted(found.values(), key=lambda each: each[1].order))


def parameters_of(root: object) -> list[Node[Any]]:
    """The parameters that can be reached from a value, each once, ascending by creation."""
    return list(named_parameters(root).values())


def is_module(value: object) -> bool:
    """Whether a value is an instance of a `Module` or of a class that `model` has decorated."""
    from steepest.traces.modules.module import Module

    return isinstance(value, Module)


def shared_attributes(module: object) -> Iterator[tuple[str, Any]]:
    """The attributes that a module's classes hold for all their instances, as far as they can hold parameters."""
    own = getattr(module, "__dict__", {})
    hidden = set(own)
    for kind in type(module).__mro__:
        for name, value in vars(kind).items():
            if name not in hidden and not name.startswith("__") and _may_hold(value):
                yield name, value
            hidden.add(name)


def name_attributes(module: object) -> None:
    """Name the parameters without a name that stand in a module's own attributes after these."""
    for name, value in getattr(module, "__dict__", {}).items():
        if isinstance(value, Node) and value.trainable is not None and value.label is None:
            value.label = name


def _parameters(member: Member) -> Iterator[tuple[str, Node[Any]]]:
    if isinstance(member.value, Node):
        if member.value.trainable is not None:
            yield member.path or member.value.label or "parameter", member.value
    elif isinstance(member.value, (Bundle, BoundBundle)):
        for parameter in member.value.parameters:
            yield _attribute(member.path, CODE), parameter


def _parts(member: Member) -> Iterator[Member]:
    """What a module or a container holds."""
    value = member.value
    if is_module(value):
        for name, part in _attributes(value):
            if _may_hold(part):
                yield Member(_attribute(member.path, name), undecorated(part), value, name)
        return
    for step, part in _items(value):
        if _may_hold(part):
            yield Member(member.path + step, undecorated(part), member.owner, member.place + step)


def _attributes(module: object) -> Iterator[tuple[str, Any]]:
    yield from getattr(module, "__dict__", {}).items()
    for kind in type(module).__mro__:
        for name, slot in vars(kind).items():
            if isinstance(slot, MemberDescriptorType) and hasattr(module, name):
                yield name, getattr(module, name)
    for name, value in shared_attributes(module):
        yield name, undecorated(getattr(module, name)) if _binds(value) else value


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case Node() | Bundle() | BoundBundle():
            return
        case list() | tuple() | deque():
            yield from ((f"[{place}]", part) for place, part in enumerate(value))
        case dict():
            for place, (key, part) in enumerate(value.items()):
                yield f"[{_key(key, place)}]", part
                yield f".keys()[{place}]", key
        case set() | frozenset():
            yield from ((f"{{{place}}}", part) for place, part in enumerate(_in_order(value)))
        case _ if is_record(value):
            yield from ((f".{name}", part) for name, part in field_values(value))


def _in_order(parts: Iterable[Any]) -> list[Any]:
    """What a set holds, by the creation of the first parameter in it: a set's own order is another in each process."""
    ranked: list[tuple[int, int, Any]] = []
    for part in parts:
        if _may_hold(part):
            orders = [parameter.order for parameter in parameters_of(part)]
            ranked.append((min(orders, default=0), len(ranked), part))
    return [part for _, _, part in sorted(ranked, key=lambda each: each[:2])]


def _key(key: Any, place: int) -> str:
    """A key as it is written, if it is always written the same; else its place."""
    if isinstance(key, Node):
        key = key.value
    if isinstance(key, Enum):
        return str(key)
    return repr(key) if _is_plain(key) else f"#{place}"


def _is_plain(key: Any) -> bool:
    if isinstance(key, tuple):
        return all(_is_plain(part) for part in key)
    return isinstance(key, (str, int, float, bytes, type(None)))


def _attribute(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _may_hold(value: object) -> bool:
    if isinstance(value, FunctionType):
        return isinstance(undecorated(value), Bundle)
    return isinstance(value, (*_KINDS, staticmethod, classmethod)) or is_module(value) or is_record(value)


def undecorated(value: Any) -> Any:
    """What a function, or the function of a class method, is a decoration of; a bundle if there is one."""
    value = value.__func__ if isinstance(value, classmethod) else value
    if isinstance(value, MethodType) and isinstance(value.__func__, Bundle):
        return value.__func__.__get__(value.__self__)  # from Python 3.13 on a class method binds it like a function
    while isinstance(value, FunctionType) and hasattr(value, "__wrapped__"):
        value = value.__wrapped__
    return value


def _binds(value: object) -> bool:
    """Whether an attribute of a class is another thing on an instance of it."""
    return isinstance(value, (Bundle, staticmethod, classmethod))
