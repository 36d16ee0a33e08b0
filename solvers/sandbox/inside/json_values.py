"""The results of functions as JSON, by one small rule.

- None, bool, int, float and str stay what they are; NaN and the infinities too, as Python's JSON writes them. A text
  with half of a surrogate pair is none: nobody could write it as UTF-8.
- Lists, tuples, ranges, deques and numpy arrays become lists; sets become sorted lists.
- Mappings become objects; dataclass instances become objects of their fields. Keys have to be strings: JSON would make
  the key 1 the text "1" in silence, and whoever compares results would look for the mistake in the wrong place.
- numpy's scalars become the Python numbers they stand for.

Anything else is refused with its place in the result, never turned into something that looks like it.
"""

from collections import deque
from collections.abc import Generator, Mapping, Set, ValuesView
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_MOST_DEPTH = 100
_MOST_BITS = 14_000
"""Python reads integers of up to 4300 digits."""

_ADVICE = {
    "complex": "give back [z.real, z.imag]",
    "Decimal": "give back float(x) or str(x)",
    "Fraction": "give back float(x) or str(x)",
    "date": "give back x.isoformat()",
    "datetime": "give back x.isoformat()",
    "datetime64": "give back str(x)",
    "timedelta64": "give back str(x)",
    "timedelta": "give back x.total_seconds()",
    "bytes": "give back a list or a text",
    "DataFrame": 'give back x.to_dict("records")',
    "Series": "give back x.tolist()",
    "Index": "give back x.tolist()",
}


class UnsupportedValueError(TypeError):
    """A result that JSON can't hold; the text names its type and its place."""


def to_json(value: Any, place: str = "result") -> Any:
    """The value as None, bool, int, float, str and lists and dicts of these.

    Args:
        value: What a function returned.
        place: How messages call it.

    Raises:
        UnsupportedValueError: It holds something that JSON does not, holds itself, or is nested more than 100 deep.
    """
    return _converted(value, place, ())


def _converted(value: Any, place: str, around: tuple[int, ...]) -> Any:
    match value:
        case None | bool():
            return value
        case np.generic():
            return _numpy_scalar(value, place)
        case int():
            return _integer(value, place)
        case float():
            return float(value)
        case str():
            return _text(value, place)
    if id(value) in around:
        raise UnsupportedValueError(f"{place} holds itself; JSON has no references")
    if len(around) >= _MOST_DEPTH:
        raise UnsupportedValueError(f"the result is nested more than {_MOST_DEPTH} deep")
    return _container(value, place, (*around, id(value)))


def _container(value: Any, place: str, around: tuple[int, ...]) -> Any:
    match value:
        case list() | tuple() | range() | deque() | ValuesView():
            return [_converted(item, f"{place}[{index}]", around) for index, item in enumerate(value)]
        case Mapping():
            return {_key(key, place): _converted(item, f"{place}[{key!r}]", around) for key, item in value.items()}
        case Set():
            return [_converted(item, f"an item of {place}", around) for item in _in_order(value)]
        case np.ndarray():
            return _converted(value.tolist(), place, around)
        case Generator():
            raise UnsupportedValueError(f"{place} is a generator; give back a list, `list(...)`")
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value)]
        return {name: _converted(getattr(value, name), f"{place}.{name}", around) for name in names}
    raise _unsupported(value, place)


def _key(key: object, place: str) -> str:
    if isinstance(key, str):
        return _text(key, f"the key {key!r} of {place}")
    raise UnsupportedValueError(
        f"{place} has the key {key!r} of type {type(key).__name__}; keys have to be strings: "
        "give back {str(key): value}, or a list of [key, value] pairs"
    )


def _in_order(items: Set[Any]) -> list[Any]:
    try:
        return sorted(items)
    except TypeError:  # of several types: by type, so that the order does not change from run to run
        return sorted(items, key=lambda each: (type(each).__name__, repr(each)))


def _text(value: str, place: str) -> str:
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnsupportedValueError(
            f"{place} holds half of a surrogate pair at {error.start}, which is no text: "
            "give back text.encode(errors='replace').decode()"
        ) from None
    return text


def _integer(value: int, place: str) -> int:
    if value.bit_length() > _MOST_BITS:
        raise UnsupportedValueError(f"{place} is an integer of {value.bit_length():,} bits; {_MOST_BITS:,} are allowed")
    return int(value)


def _numpy_scalar(value: "np.generic[Any]", place: str) -> bool | int | float | str:
    match value:
        case np.bool_():
            return bool(value)
        case np.timedelta64():  # numpy counts it among the integers
            raise _unsupported(value, place)
        case np.integer():
            return int(value)
        case np.floating():
            return float(value)
        case np.str_():
            return _text(value, place)
    raise _unsupported(value, place)


def _unsupported(value: object, place: str) -> UnsupportedValueError:
    name = type(value).__name__
    advice = next((_ADVICE[each.__name__] for each in type(value).__mro__ if each.__name__ in _ADVICE), None)
    article = "an" if name[:1].lower() in "aeiou" else "a"
    way_out = advice or "give back numbers, texts, lists and dicts with string keys"
    return UnsupportedValueError(f"{place} is {article} {name}, which JSON has no form for: {way_out}")
