"""Objects that travel to workers: pickled once, and when one can't travel, what in it can't and what to do.

What is read by `arrived` was written by `packed` in a process of ours; files and replies are never unpickled.
"""

import io
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType
from typing import Any

from steepest.errors import InputError

__all__ = ["Replace", "arrived", "keep", "packed"]

Replace = Callable[[Any], Any]
"""Gives what travels in an object's place, as `__reduce__` says it; NotImplemented for the object itself."""

_DEPTH = 12


def keep(thing: Any) -> Any:
    """Replace nothing."""
    return NotImplemented


def packed(thing: Any, name: str, replace: Replace = keep, *, pickler: type[pickle.Pickler] = pickle.Pickler) -> bytes:
    """An object as bytes for a worker.

    Args:
        thing: What travels.
        name: What it is called in messages.
        replace: What travels in the place of some of its parts.
        pickler: Who writes it: another one may know how lambdas travel.

    Raises:
        InputError: Something in it can't travel; the message says what, and what to do.
    """

    def pickled(part: Any) -> bytes:
        file = io.BytesIO()
        _replacing(pickler, replace)(file, protocol=pickle.HIGHEST_PROTOCOL).dump(part)
        return file.getvalue()

    try:
        return pickled(thing)
    except Exception as error:  # whatever a class raises whose objects can't be pickled
        place, part = _culprit(name, thing, pickled)
        raise InputError(
            f"{name} can't be sent to other processes: {place} is {_told(part)} ({_reason(error)}). {_advice(part)}"
        ) from error


def arrived(data: bytes) -> Any:
    """What `packed` gave, in the worker."""
    return pickle.loads(data)  # noqa: S301  # written by `packed`, in a process of ours


def _replacing(pickler: type[pickle.Pickler], replace: Replace) -> type[pickle.Pickler]:
    class Replacing(pickler):  # type: ignore[misc, valid-type]  # one of two, chosen when it runs
        def reducer_override(self, thing: Any) -> Any:
            """Asked by `pickle` for every object."""
            replaced = replace(thing)
            if replaced is not NotImplemented or pickler is pickle.Pickler:
                return replaced
            return super().reducer_override(thing)

    return Replacing


def _culprit(name: str, thing: Any, pickled: Callable[[Any], bytes]) -> tuple[str, Any]:
    """The innermost part that can't be pickled, and where it is."""
    place, part = name, thing
    for _ in range(_DEPTH):
        inner = next(((at, each) for at, each in _parts(part) if not _can_travel(each, pickled)), None)
        if inner is None:
            break
        place, part = place + inner[0], inner[1]
    return place, part


def _parts(thing: Any) -> Iterator[tuple[str, Any]]:
    """What an object is made of, with how one gets there."""
    if isinstance(thing, Mapping):
        yield from ((f"[{key!r}]", each) for key, each in thing.items())
    elif isinstance(thing, (list, tuple, set, frozenset)):
        yield from ((f"[{place}]", each) for place, each in enumerate(thing))
    elif is_dataclass(thing) and not isinstance(thing, type):
        yield from ((f".{each.name}", getattr(thing, each.name)) for each in fields(thing))
    elif isinstance(getattr(thing, "__self__", None), object) and hasattr(thing, "__func__"):
        yield ".__self__", thing.__self__
    elif not isinstance(thing, (type, FunctionType)):
        state = _state(thing)
        yield from ((f".{key}", each) for key, each in state.items())


def _state(thing: Any) -> Mapping[str, Any]:
    try:
        state = thing.__getstate__()
    except Exception:  # it says no: its fields say why
        state = None
    if isinstance(state, tuple) and len(state) == 2:
        state = {**(state[0] or {}), **(state[1] or {})}
    return state if isinstance(state, Mapping) else getattr(thing, "__dict__", {})


def _can_travel(thing: Any, pickled: Callable[[Any], bytes]) -> bool:
    try:
        pickled(thing)
    except Exception:  # as in `packed`
        return False
    return True


def _told(part: Any) -> str:
    if isinstance(part, FunctionType):
        kind = "a lambda" if part.__name__ == "<lambda>" else f"the function {part.__qualname__}"
        return f"{kind} of {part.__module__}"
    return f"a {type(part).__module__}.{type(part).__qualname__}"


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def _advice(part: Any) -> str:
    if isinstance(part, FunctionType):
        return "Write it as a function at the top level of a module, or run in threads."
    return "Open it where it is used (lazily, or in __setstate__), leave it out in __getstate__, or run in threads."
