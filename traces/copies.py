"""Copies of values that nobody else can change in place: what a parameter is, and what its history tells."""

from collections import Counter, OrderedDict, defaultdict, deque
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any

_SEQUENCES = frozenset({list, tuple, set, frozenset, deque})
_MAPPINGS = frozenset({dict, OrderedDict, defaultdict, Counter})


def own_copy(value: Any) -> Any:
    """A copy of a value, as deep as it is made of Python's containers, dataclasses and numpy arrays.

    Any other object stands in it as it is: what a copy of it would share and cost, only its author knows. So does a
    value that is nested deeper than Python can follow.
    """
    try:
        return _copied(value, {})
    except RecursionError:
        return value


def _copied(value: Any, made: dict[int, Any]) -> Any:
    if id(value) in made:
        return made[id(value)]
    kind = type(value)
    if kind in _MAPPINGS:
        mapping = made[id(value)] = copy(value)  # keeps the factory of a defaultdict
        mapping.clear()
        mapping.update({_copied(key, made): _copied(part, made) for key, part in value.items()})
        return mapping
    if kind in _SEQUENCES:
        return _copied_sequence(value, made)
    if kind is bytearray or (kind.__module__ == "numpy" and kind.__name__ == "ndarray"):
        return value.copy()
    if is_dataclass(kind):
        record = made[id(value)] = copy(value)
        for each in fields(value):
            if hasattr(value, each.name):
                object.__setattr__(record, each.name, _copied(getattr(value, each.name), made))  # frozen ones, too
        return record
    return value


def _copied_sequence(value: Any, made: dict[int, Any]) -> Any:
    if isinstance(value, (list, deque)):
        sequence = made[id(value)] = copy(value)  # may hold itself
        for place, part in enumerate(value):
            sequence[place] = _copied(part, made)
        return sequence
    parts = [_copied(part, made) for part in value]
    is_same = all(part is other for part, other in zip(parts, value, strict=True))
    return value if is_same and isinstance(value, (tuple, frozenset)) else type(value)(parts)
