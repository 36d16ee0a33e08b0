"""States of a run as JSON of types that are named here; nothing else is written, and nothing else is ever read.

LangGraph's own writer looks up the classes that a file names and calls them. Whoever can write to the file could then
have anything called; here a file can name the types of this list and no more, and all of them are plain data.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.llm.chat import ChatMessage
from steepest.agents.llm.transcripts import Record
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.readings.records import Ambiguity
from steepest.agents.modeling.steps import Step
from steepest.agents.modeling.task import Draft
from steepest.errors import SteepestError
from steepest.solvers.battery.report import BatteryReport
from steepest.solvers.diagnostics import Diagnostic, Place
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["StateWriting"]

_NAME = "steepest-json"
_TYPES: Mapping[str, type] = {
    each.__name__: each
    for each in (
        Ambiguity, BatteryReport, ChatMessage, Diagnostic, Recall, Record, Solution, Step,
    )
}  # fmt: skip
_KIND, _VALUE = "kind", "value"
_ELEMENTS = ("sets", "parameters", "variables", "lets", "objectives", "constraints")


class UnwritableStateError(SteepestError):
    """A state holds something that can't be kept, or a kept one something that can't be read."""


class StateWriting:
    """Writes and reads what LangGraph hands to its checkpoints (its `SerializerProtocol`)."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """The name of the form, and the object in it.

        Raises:
            UnwritableStateError: It is, or holds, nothing that is kept.
        """
        return _NAME, json.dumps(_plain(obj), ensure_ascii=False).encode()

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """What was written.

        Raises:
            UnwritableStateError: It was not written here.
        """
        name, content = data
        if name != _NAME:
            raise UnwritableStateError(f"a checkpoint in the form {name!r} is none of steepest's")
        return _restored(json.loads(content))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return _tagged("dict", [[_plain(name), _plain(each)] for name, each in value.items()])
    if isinstance(value, tuple):
        return _tagged("tuple", [_plain(each) for each in value])
    if isinstance(value, frozenset):
        return _tagged("frozenset", [_plain(each) for each in sorted(value)])
    if isinstance(value, Answer):
        return None  # made anew from the rest of the state, which costs nothing
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"  # why a step failed: told to people, never raised again
    if isinstance(value, Formulation):
        return _tagged("Formulation", _plain_formulation(value))
    if isinstance(value, Draft):
        return _tagged("Draft", [_plain(getattr(value, each.name)) for each in fields(Draft)])
    name = type(value).__name__
    if _TYPES.get(name) is type(value):
        return _tagged(name, _adapter(name).dump_python(value, mode="json"))
    raise UnwritableStateError(f"a {name} can't be kept in a checkpoint")


def _plain_formulation(formulation: Formulation) -> list[Any]:
    """Its content, and the places of its elements in the reply, which its JSON leaves out and questions quote."""
    places = {
        name: [each.place.model_dump() if each.place is not None else None for each in getattr(formulation, name)]
        for name in _ELEMENTS
    }
    return [formulation.model_dump(mode="json"), places]


def _restored_formulation(content: list[Any]) -> Formulation:
    written, places = content
    formulation = Formulation.model_validate(written)
    placed = {
        name: [
            each.model_copy(update={"place": Place.model_validate(place)}) if place is not None else each
            for each, place in zip(getattr(formulation, name), places[name], strict=True)
        ]
        for name in _ELEMENTS
    }
    return formulation.model_copy(update=placed)


def _tagged(kind: str, value: Any) -> dict[str, Any]:
    return {_KIND: kind, _VALUE: value}


_MADE: Mapping[str, Callable[[list[Any]], Any]] = {
    "dict": lambda pairs: {_restored(name): _restored(each) for name, each in pairs},
    "tuple": lambda items: tuple(_restored(each) for each in items),
    "frozenset": lambda items: frozenset(_restored(each) for each in items),
    "Formulation": _restored_formulation,
    "Draft": lambda items: Draft(*(_restored(each) for each in items)),
}


def _restored(content: Any) -> Any:
    if isinstance(content, list):
        return [_restored(each) for each in content]
    if not isinstance(content, dict):
        return content
    kind, value = str(content.get(_KIND)), content.get(_VALUE)
    if kind in _MADE and isinstance(value, list):
        return _MADE[kind](value)
    if kind in _TYPES:
        return _adapter(kind).validate_python(value)
    raise UnwritableStateError(f"a checkpoint names the type {kind!r}, which is none of steepest's states")


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_TYPES[name])
