"""What a value was when its node was made, for values that can change in place afterwards.

A snapshot is a shallow copy as far as it goes: references for what can't change, structure for containers and
dataclasses, a checksum for memory. It looks at a bounded part of a value, so it costs no more for a large one.
"""

import zlib
from collections import deque
from dataclasses import fields, is_dataclass
from itertools import islice
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

from steepest.traces.previews import Words, preview

_ATOMS = frozenset({int, float, str, bool, type(None), bytes, complex})
IMMUTABLE = _ATOMS | {type, range, FunctionType, BuiltinFunctionType, MethodType, ModuleType}
"""Types of values that need no snapshot."""
_MOST_ITEMS = 1000
"""Of all containers of a value together: a change beyond them is not noticed."""
_MOST_BYTES = 16 * 1024
"""Of an array, half of them at its end: a change between them is not noticed."""
_DEEPEST = 8


class Snapshot:
    """A value as it was."""

    __slots__ = ("content", "is_filled")

    def __init__(self, content: Any) -> None:
        self.content = content
        self.is_filled = False
        """Whether nodes were written into the value since (`writes`), or came with what was taken out of such a one."""

    @property
    def text(self) -> str:
        """A preview of what the value was."""
        return preview(_thawed(self.content))

    @property
    def digest(self) -> str:
        """A checksum of what the value was, as far as the snapshot goes; the same in every process."""
        from hashlib import blake2b

        return blake2b(_words(self.content).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class _Items(NamedTuple):
    """A container: what it is, how long, and its first items; of a mapping, its keys and its values."""

    kind: type
    length: int
    types: tuple[type, ...]
    items: Any


class _Memory(NamedTuple):
    """An array: a checksum of its first and last bytes, or the number that counts its changes."""

    name: str
    shape: tuple[int, ...]
    version: int


class _Fields(NamedTuple):
    """A dataclass: the values of its fields, and the names of those that its repr shows, else None."""

    kind: type
    names: tuple[str | None, ...]
    items: tuple[Any, ...]


class _Object(NamedTuple):
    """Anything else, by identity."""

    kind: str
    identity: int


class _Room:
    """How many items may still be looked at, and how deep."""

    __slots__ = ("items", "levels")

    def __init__(self) -> None:
        self.items = _MOST_ITEMS
        self.levels = _DEEPEST


def snapshot_of(value: Any) -> Snapshot | None:
    """A snapshot of a value that can change in place; None for one that can't, or whose inside can't be seen."""
    if type(value) in IMMUTABLE:
        return None
    content = _frozen(value, _Room())
    return Snapshot(content) if isinstance(content, (_Items, _Memory, _Fields)) else None


def is_changed(value: Any, snapshot: Snapshot) -> bool:
    """Whether a value is no longer what it was, as far as its snapshot sees."""
    return bool(_frozen(value, _Room()) != snapshot.content)


def _frozen(value: Any, room: _Room) -> Any:
    """A value in a form that can't change and compares by content."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if not room.levels or room.items <= 0:
        return _Object(kind.__name__, id(value))
    if isinstance(value, (list, tuple, set, frozenset, deque)):
        return _frozen_items(value, list(islice(value, room.items)), room)
    if isinstance(value, dict):
        keys, values = list(islice(value, room.items)), list(islice(value.values(), room.items))
        return _Items(kind, len(value), (), (_frozen_items(keys, keys, room), _frozen_items(values, values, room)))
    if isinstance(value, bytearray):
        return _Memory("bytearray", (len(value),), zlib.crc32(value[:_MOST_BYTES]))
    if is_dataclass(kind):
        return _frozen_fields(value, room)
    return _frozen_memory(value) or _Object(kind.__name__, id(value))


def _frozen_items(value: Any, items: list[Any], room: _Room) -> _Items:
    types = tuple(map(type, items))
    room.items -= len(items)
    if not _ATOMS.issuperset(types):
        room.levels -= 1
        items = [_frozen(each, room) for each in items]
        room.levels += 1
    is_unordered = isinstance(value, (set, frozenset)) and len(items) == len(value)
    if is_unordered:
        return _Items(type(value), len(value), (), frozenset(zip(types, items, strict=True)))
    return _Items(type(value), len(value), types, tuple(items))


def _frozen_fields(value: Any, room: _Room) -> _Fields:
    shown = fields(value)
    room.items -= len(shown)
    room.levels -= 1
    items = tuple([_frozen(getattr(value, each.name, None), room) for each in shown])
    room.levels += 1
    return _Fields(type(value), tuple(each.name if each.repr else None for each in shown), items)


def _frozen_memory(value: Any) -> _Memory | None:
    """Of arrays, which give access to their memory, and of tensors, which count their changes."""
    kind = type(value)
    try:
        if kind.__module__ == "torch":
            return _Memory(kind.__name__, tuple(value.shape), value._version)
        if not (hasattr(kind, "__array_interface__") and hasattr(kind, "__setitem__")):  # numpy's scalars can't change
            return None
        return _Memory(f"{kind.__name__} of {value.dtype}", value.shape, zlib.crc32(_ends_of(value)))
    except (TypeError, ValueError, AttributeError, RuntimeError):  # a tensor of inference mode, an array of somebody's
        return None


def _ends_of(array: Any) -> bytes:
    most = _MOST_BYTES // (array.itemsize or 1) // 2
    if array.size <= 2 * most:
        return bytes(array.tobytes())
    return bytes(array.flat[:most].tobytes() + array.flat[array.size - most :].tobytes())


def _thawed(content: Any) -> Any:
    """What shows as the frozen value did."""
    match content:
        case _Items(kind, length, _, items):
            return _thawed_items(kind, length, items)
        case _Memory(name, shape):
            return Words(f"<{name}, {' x '.join(map(str, shape))}>")
        case _Fields(kind, names, items):
            shown = [f"{name}={preview(_thawed(each))}" for name, each in zip(names, items, strict=True) if name]
            return Words(f"{kind.__qualname__.rpartition('.')[2]}({', '.join(shown)})")
        case _Object(kind):
            return Words(f"<{kind} object>")
    return content


def _thawed_items(kind: type, length: int, items: Any) -> Any:
    if issubclass(kind, dict):
        keys, values = items
        return dict(zip(map(_thawed, keys.items), map(_thawed, values.items), strict=False))  # room may end between
    if issubclass(kind, (set, frozenset)):
        parts = [_thawed(each[1] if isinstance(items, frozenset) else each) for each in items]
        return (set if issubclass(kind, set) else frozenset)(parts)
    parts = [_thawed(each) for each in items]
    if issubclass(kind, deque):
        return deque(parts)
    return tuple(parts) if issubclass(kind, tuple) else parts


def _words(content: Any) -> str:
    """A frozen value as a text that is the same in every process."""
    match content:
        case _Items(kind, length, _, items):
            parts = [_words(each) for each in items]
            texts = sorted(parts) if isinstance(items, frozenset) else parts
            return f"{kind.__name__}:{length}[{','.join(texts)}]"
        case _Fields(kind, _, items):
            return f"{kind.__name__}[{','.join(map(_words, items))}]"
        case _Object(kind):
            return kind
        case (type() as kind, item):  # of a set
            return f"{kind.__name__}:{_words(item)}"
    return repr(content)
