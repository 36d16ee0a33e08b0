"""Values of parameters as JSON and back, exactly, without running anything that a file says.

Texts, numbers, booleans, None, lists and dicts with texts as keys are themselves. What JSON has no word for is an
object with a single key that starts with `$`: `{"$tuple": [1, 2]}`. Enumerations and dataclasses are written with their
name, and read only as one of the types that the reader passes: a file never decides what is imported.
"""

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

from steepest.errors import InputError
from steepest.traces.containers import field_values, is_record
from steepest.traces.previews import preview

_PLAIN = (str, int, bool, type(None))
_ARRAY_KINDS = "biufcSU"
"""Kinds of numpy arrays that are nothing but memory: booleans, numbers, texts."""


def encoded(value: Any) -> Any:
    """A value as what `json.dumps` takes.

    Raises:
        InputError: It has a part that can't be restored from JSON; the message says which.
    """
    if type(value) in _PLAIN:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"$float": str(value)}
    if type(value) is list:
        return [encoded(part) for part in value]
    if type(value) is dict:
        return _encoded_dict(value)
    for tag, (kind, write, _) in _TAGS.items():
        if type(value) is kind:
            return {tag: write(value)}
    if isinstance(value, Enum):
        return {"$enum": [_type_name(value), value.name]}
    if is_record(value):
        return {"$record": [_type_name(value), {name: encoded(part) for name, part in field_values(value)}]}
    if hasattr(value, "__array_interface__") and hasattr(value, "dtype"):
        return {"$array": _encoded_array(value)}
    raise InputError(f"{preview(value, 80)} is of type {type(value).__name__}, for which JSON has no form")


def decoded(value: Any, types: Mapping[str, type]) -> Any:
    """The value that `encoded` was given.

    Args:
        value: What `json.loads` gave.
        types: Enumerations and dataclasses that may be restored, by `type_names`.

    Raises:
        InputError: It is nothing that `encoded` writes, or of a type that is not among these.
    """
    if isinstance(value, list):
        return [decoded(part, types) for part in value]
    if not isinstance(value, dict):
        return value
    tag = next(iter(value), "")
    if len(value) != 1 or not tag.startswith("$"):
        return {key: decoded(part, types) for key, part in value.items()}
    content = value[tag]
    try:
        if tag == "$enum":
            return _typed(content[0], types, Enum)[content[1]]
        if tag == "$record":
            return _decoded_record(content, types)
        if tag == "$array":
            return _decoded_array(content)
        _, _, read = _TAGS[tag]
        return read(content, types)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, binascii.Error) as error:
        raise InputError(f"{preview(value, 80)} is no value that steepest writes") from error


def types_within(value: Any) -> dict[str, type]:
    """The enumerations and dataclasses of which a value has instances, each by the name that `encoded` writes."""
    found: dict[str, type] = {}
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, Enum):
            found[_type_name(part)] = type(part)
        elif is_record(part):
            found[_type_name(part)] = type(part)
            parts.extend(inner for _, inner in field_values(part))
        elif isinstance(part, (list, tuple, set, frozenset)):
            parts.extend(part)
        elif isinstance(part, dict):
            parts.extend((*part.keys(), *part.values()))
    return found


def _encoded_dict(value: dict[Any, Any]) -> Any:
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {key: encoded(part) for key, part in value.items()}
    return {"$dict": [[encoded(key), encoded(part)] for key, part in value.items()]}


def _encoded_set(value: Any) -> list[Any]:
    """The parts in an order that does not depend on the process."""
    return sorted((encoded(part) for part in value), key=repr)


def _encoded_array(array: Any) -> dict[str, Any]:
    if array.dtype.kind not in _ARRAY_KINDS:
        raise InputError(f"an array of {array.dtype} has no form in JSON")
    little = array.astype(array.dtype.newbyteorder("<"))
    return {"type": little.dtype.str, "shape": list(array.shape), "bytes": _written_bytes(little.tobytes())}


def _decoded_array(content: dict[str, Any]) -> Any:
    import numpy

    kind = numpy.dtype(str(content["type"]))
    if kind.kind not in _ARRAY_KINDS or kind.fields is not None or kind.subdtype is not None:
        raise ValueError("not an array of numbers or texts")
    array = numpy.frombuffer(_read_bytes(content["bytes"], {}), kind).reshape([int(each) for each in content["shape"]])
    return array.copy() if content["shape"] else array[()]  # a scalar is an array without dimensions


def _decoded_record(content: list[Any], types: Mapping[str, type]) -> Any:
    name, parts = content
    kind = _typed(name, types, object)
    values = {each: decoded(part, types) for each, part in parts.items()}
    wanted = {each.name: each.init for each in fields(kind)}
    if values.keys() - wanted.keys():
        raise InputError(f"{name} has no field {', '.join(sorted(values.keys() - wanted.keys()))}")
    made = kind(**{each: value for each, value in values.items() if wanted[each]})
    for each, value in values.items():
        if not wanted[each]:
            object.__setattr__(made, each, value)
    return made


def _typed(name: str, types: Mapping[str, type], kind: type) -> Any:
    if name not in types or not issubclass(types[name], kind):
        raise InputError(f"it holds a {name}, of which the parameter's present value has none")
    return types[name]


def _type_name(value: object) -> str:
    return type(value).__qualname__


def _written_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _read_bytes(content: Any, _: Mapping[str, type]) -> bytes:
    return base64.b64decode(content, validate=True)


def _read_float(content: Any, _: Mapping[str, type]) -> float:
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[content]


def _parts(value: Any) -> list[Any]:
    return [encoded(part) for part in value]


def _read(kind: Callable[[Any], Any]) -> Callable[[Any, Mapping[str, type]], Any]:
    return lambda content, types: kind([decoded(part, types) for part in _a_list(content)])


def _a_list(content: Any) -> list[Any]:
    if not isinstance(content, list):
        raise TypeError("a list is wanted")
    return content


_TAGS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any, Mapping[str, type]], Any]]] = {
    "$float": (type(None), str, _read_float),  # written where floats are
    "$dict": (type(None), list, _read(lambda pairs: dict((key, value) for key, value in pairs))),
    "$tuple": (tuple, _parts, _read(tuple)),
    "$set": (set, _encoded_set, _read(set)),
    "$frozenset": (frozenset, _encoded_set, _read(frozenset)),
    "$bytes": (bytes, _written_bytes, _read_bytes),
    "$complex": (complex, lambda value: [encoded(value.real), encoded(value.imag)], _read(lambda both: complex(*both))),
}
"""Tag, type, how it is written and how it is read."""
