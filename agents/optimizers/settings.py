"""What a strategy is set to, as a text that is the same in every process: a search goes on only with the same."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType
from typing import Any

__all__ = ["settings_of"]

_PLAIN = (str, int, float, bool, type(None))
_DEEPEST = 6


def settings_of(thing: Any, depth: int = 0) -> str:
    """A strategy, or a piece of one, with all that it is made of.

    Objects with a text of their own are told by it. Others are told by their attributes, which at the beginning of a
    search are their settings; functions by their names.
    """
    if isinstance(thing, _PLAIN) or depth > _DEEPEST:
        return repr(thing) if isinstance(thing, _PLAIN) else type(thing).__name__
    if isinstance(thing, FunctionType | type):
        return thing.__qualname__
    if isinstance(thing, Mapping):
        return "{" + ", ".join(f"{key!r}: {settings_of(value, depth + 1)}" for key, value in thing.items()) + "}"
    if isinstance(thing, list | tuple):
        return "(" + ", ".join(settings_of(each, depth + 1) for each in thing) + ")"
    if isinstance(thing, set | frozenset):
        return "{" + ", ".join(sorted(settings_of(each, depth + 1) for each in thing)) + "}"
    own = type(thing).__repr__ is not object.__repr__ and not is_dataclass(thing)
    return repr(thing) if own else _told(thing, depth)


def _told(thing: Any, depth: int) -> str:
    names = [each.name for each in fields(thing) if each.repr] if is_dataclass(thing) else list(_attributes(thing))
    parts = [f"{name.lstrip('_')}={settings_of(getattr(thing, name, None), depth + 1)}" for name in names]
    return f"{type(thing).__name__}({', '.join(parts)})"


def _attributes(thing: Any) -> list[str]:
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    return [*getattr(thing, "__dict__", {}), *(name for name in slots if name != "__weakref__")]
