"""Values as JSON: whole where it can be restored and is not too large, else as a preview that can't go back.

What JSON has no word for is encoded as the parameters of modules are when they are saved. Of a dataclass the class does
not go along: what is read is a record with the same name and fields.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import make_dataclass
from functools import lru_cache
from typing import Any

from steepest.errors import InputError
from steepest.traces.containers import field_values, is_record
from steepest.traces.modules.encoding import decoded, encoded
from steepest.traces.previews import Unrestored, preview

LONGEST = 100_000
"""Characters, keys and items together, of a value that is kept whole."""
DEEPEST = 60
"""Levels of a value that is kept whole."""
_BITS = 4096
"""Of a whole number; Python reads no more than 4,300 digits."""
_LONGEST_PREVIEW = 4000

_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_CONTAINERS: dict[str, Callable[[Any], Any]] = {"tuple": tuple, "set": set, "frozenset": frozenset, "list": list}


class _NoJsonError(Exception):
    """JSON can't say all of the value, or it is too large."""


def as_json(value: Any) -> dict[str, Any]:
    """A value for a document: `{"json": ...}` or `{"encoded": ...}` if it can be read back, else `{"type", "preview",
    "digest"}`.

    A tuple or set at the top, and a float that is not finite, are JSON with their type beside it.
    """
    kind = type(value)
    if isinstance(value, Unrestored):
        return {"type": kind.__name__, "preview": value.preview, "digest": value.digest}
    if kind is float and not math.isfinite(value):
        return {"json": repr(value), "type": "float"}
    try:
        if kind in (tuple, set, frozenset):
            items = list(value) if kind is tuple else sorted(value, key=lambda each: (type(each).__name__, repr(each)))
            return {"json": _Copy().of(items), "type": kind.__name__}
        return {"json": _Copy().of(value)}
    except _NoJsonError:
        tree = _encoded(value)
        if tree is not None:
            return {"encoded": tree, "type": kind.__name__}
        text = preview(value, _LONGEST_PREVIEW)
        return {"type": kind.__name__, "preview": text, "digest": _digest(value, text)}


def from_json(stored: Mapping[str, Any]) -> Any:
    """The value of a document's entry; a stand-in with the same preview for one that was not kept.

    Raises:
        InputError: It is nothing that `as_json` gives.
    """
    kind = stored.get("type") or ""
    if "encoded" in stored:
        return _decoded(stored["encoded"])
    if "json" not in stored:
        return _stand_in(kind or "object")(stored.get("preview") or "", stored.get("digest") or "")
    try:
        value = _Copy().of(stored["json"])
    except _NoJsonError as error:
        raise InputError(f"it is no value that a trace keeps whole: {error}") from error
    if not kind:
        return value
    if kind == "float" and isinstance(value, str) and value in _NOT_FINITE:
        return _NOT_FINITE[value]
    if kind in _CONTAINERS and isinstance(value, list):
        try:
            return _CONTAINERS[kind](value)
        except TypeError as error:
            raise InputError(f"a {kind} can't hold a list or an object") from error
    raise InputError(f'{preview(value, 40)} is no {kind}: with "json", the type is tuple, set, frozenset or float')


class _Copy:
    """Copies plain JSON, which nothing changes afterwards; counts as it goes."""

    def __init__(self) -> None:
        self.left = LONGEST

    def of(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return self._paid(value, 5)
        if kind is int and value.bit_length() <= _BITS:
            return self._paid(value, 1 + value.bit_length() // 3)
        if kind is float and math.isfinite(value):
            return self._paid(value, 20)
        if isinstance(value, str) and kind.__name__ in ("str", "_TextNode"):
            return self._paid(_plain_text(value), len(value) + 2)
        if depth >= DEEPEST:
            raise _NoJsonError("it is nested too deeply")
        if kind is list:
            self._paid(None, len(value))
            return [self.of(each, depth + 1) for each in value]
        if kind is dict and all(type(key) is str for key in value):
            self._paid(None, sum(len(key) + 4 for key in value))
            return {_plain_text(key): self.of(each, depth + 1) for key, each in value.items()}
        raise _NoJsonError(f"{kind.__name__} is not JSON")

    def _paid(self, value: Any, characters: int) -> Any:
        self.left -= characters
        if self.left < 0:
            raise _NoJsonError("it is too long")
        return value


def _plain_text(text: str) -> str:
    """The text, if it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _NoJsonError("it holds half of a surrogate pair") from error
    return text


def _encoded(value: Any) -> Any:
    """What `_decoded` restores so that it shows as the value does; None if nothing does."""
    if not _is_small(value):
        return None
    try:
        tree = _Copy().of(encoded(value))
        restored = _decoded(tree)
    except (_NoJsonError, InputError):
        return None
    return tree if preview(restored, _LONGEST_PREVIEW) == preview(value, _LONGEST_PREVIEW) else None


def _decoded(tree: Any) -> Any:
    try:
        return decoded(_Copy().of(tree), _record_types(tree))
    except _NoJsonError as error:
        raise InputError(f"it is no value that a trace keeps whole: {error}") from error


def _is_small(value: Any) -> bool:
    """Whether a value is worth a try: neither large nor deep nor one that holds itself."""
    left = LONGEST
    level = [value]
    for _ in range(DEEPEST):
        left -= sum(map(_size, level))
        if left < 0:
            return False
        level = [part for each in level for part in _parts(each)]
        if not level:
            return True
    return False


def _size(value: Any) -> int:
    if isinstance(value, (str, bytes, list, tuple, dict, set, frozenset)):
        return len(value) + 2
    return int(getattr(value, "nbytes", 5))


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    return [part for _, part in field_values(value)] if is_record(value) else []


def _record_types(tree: Any) -> dict[str, type]:
    """Dataclasses with the names and fields of the records in encoded data."""
    found: dict[str, type] = {}
    parts = [tree]
    while parts:
        part = parts.pop()
        if isinstance(part, list):
            parts += part
        elif isinstance(part, dict):
            parts += part.values()
            match part.get("$record"):
                case [str(name), dict(fields)]:
                    found[name] = _record_type(name, tuple(fields))
    return found


@lru_cache(maxsize=256)
def _record_type(name: str, fields: tuple[str, ...]) -> type:
    short = name.rpartition(".")[2]
    if not short.isidentifier() or any(each.startswith("__") for each in fields):
        raise InputError(f"{preview(name, 40)} is no record of a dataclass")
    try:
        made = make_dataclass(short, [(each, Any) for each in fields], frozen=True)
    except (TypeError, ValueError) as error:
        raise InputError(f"{preview(name, 40)} is no record of a dataclass: {error}") from error
    made.__qualname__ = name
    return made


def _digest(value: Any, text: str) -> str:
    """SHA-256 of what an array or bytes hold; of the preview where nothing more can be seen."""
    if hasattr(value, "__array_interface__") or isinstance(value, (bytes, bytearray)):
        data = value.tobytes() if hasattr(value, "tobytes") else bytes(value)
        return f"sha256:{hashlib.sha256(data).hexdigest()}"
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'backslashreplace')).hexdigest()}"


@lru_cache(maxsize=256)
def _stand_in(kind: str) -> type[Unrestored]:
    """A class of that name, because names and renderings show the type."""
    return type(kind, (Unrestored,), {})
