"""What a value was when its node was made, for values that can change in place afterwards."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from itertools import islice
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from steepest.traces.previews import preview

_IMMUTABLE = frozenset(
    {int, float, str, bool, type(None), bytes, complex, type, range, FunctionType, BuiltinFunctionType, ModuleType}
)
_LONGEST = 1000
"""Items of a container, and KiB of an array, that are looked at: a change beyond them is not noticed."""
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A value as it was."""

    digest: int
    text: str
    """A preview."""


def snapshot_of(value: Any) -> Snapshot | None:
    """A snapshot of a value that can change in place; None for one that can't, or whose inside can't be seen."""
    if type(value) in _IMMUTABLE:
        return None
    digest = _digest(value)
    return None if digest is None else Snapshot(digest, preview(value))


def is_changed(value: Any, snapshot: Snapshot) -> bool:
    """Whether a value is no longer what it was, as far as its digest sees."""
    return _digest(value) != snapshot.digest


def _digest(value: Any) -> int | None:
    """A checksum of a container's or array's content; None for anything else."""
    if isinstance(value, (list, tuple, set, frozenset, dict, bytearray)) or is_dataclass(value):
        return _of(value, 0)
    buffer = _buffer(value)
    return None if buffer is None else zlib.adler32(buffer)


def _of(value: Any, depth: int) -> int:
    if isinstance(value, (str, bytes, int, float, complex, type(None))):
        return hash(value)
    if depth > _DEEPEST:
        return id(value)
    match value:
        case list() | tuple():
            return _mixed(len(value), (_of(each, depth + 1) for each in islice(value, _LONGEST)))
        case dict():
            pairs = islice(value.items(), _LONGEST)
            return _mixed(len(value), (hash((_of(key, depth + 1), _of(each, depth + 1))) for key, each in pairs))
        case set() | frozenset():  # in no order, so it is summed
            return hash((len(value), sum(_of(each, depth + 1) for each in islice(value, _LONGEST))))
        case bytearray():
            return zlib.adler32(value[: _LONGEST * 1024])
    buffer = _buffer(value)
    if buffer is not None:
        return zlib.adler32(buffer)
    if is_dataclass(value) and not isinstance(value, type):
        return _mixed(0, (_of(getattr(value, each.name, None), depth + 1) for each in fields(value)))
    return id(value)


def _mixed(length: int, digests: Iterable[int]) -> int:
    return hash((length, *digests))


def _buffer(value: Any) -> bytes | None:
    """The first bytes of what gives access to its memory: arrays, tensors on the processor."""
    if not hasattr(value, "__array_interface__"):
        return None
    try:
        flat = value.reshape(-1)[: _LONGEST * 128]
        return bytes(memoryview(flat.copy()).cast("B"))
    except (TypeError, ValueError, AttributeError):
        return None
