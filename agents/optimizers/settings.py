"""What a strategy is set to, in words that are the same in every process, for the description of a search."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType
from typing import Any

from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.redaction import redact
from steepest.agents.optimizers.identities import attributes_of, digest_of_program, digest_of_text, is_ours

__all__ = ["settings_of"]

_PLAIN = (int, float, bool, type(None))
_DEEPEST = 6
_LONGEST = 200


def settings_of(thing: Any) -> str:
    """A strategy, or a piece of one, with all that it is made of.

    Strategies and pieces of steepest are told with their settings. Of anybody else's objects and functions there is
    only the name, with a digest of all that they are made of: what they hold is nobody's to write down.
    """
    return _told(thing, 0)


def _told(thing: Any, depth: int) -> str:
    if isinstance(thing, str):
        return _text(thing)
    if type(thing) in _PLAIN:
        return repr(thing)
    if depth > _DEEPEST:
        return _named(thing)
    if type(thing) is dict or (isinstance(thing, Mapping) and is_ours(type(thing))):
        return (
            "{" + ", ".join(f"{_told(key, depth + 1)}: {_told(part, depth + 1)}" for key, part in thing.items()) + "}"
        )
    if type(thing) in (list, tuple):
        return "(" + ", ".join(_told(each, depth + 1) for each in thing) + ")"
    if type(thing) in (set, frozenset):
        return "{" + ", ".join(sorted(_told(each, depth + 1) for each in thing)) + "}"
    if isinstance(thing, type | FunctionType) and is_ours(thing):
        return thing.__qualname__
    if isinstance(thing, ChatModel):
        return _text(thing.name)
    return _object(thing, depth) if is_ours(type(thing)) else _named(thing)


def _object(thing: Any, depth: int) -> str:
    held = attributes_of(thing)
    names = [each.name for each in fields(thing) if each.repr] if is_dataclass(thing) else list(held)
    parts = [f"{name.lstrip('_')}={_told(held.get(name), depth + 1)}" for name in names]
    return f"{type(thing).__name__}({', '.join(parts)})"


def _named(thing: Any) -> str:
    """What somebody else's thing is called; a method or a partial by its function."""
    inner = thing
    while hasattr(inner, "func") or hasattr(inner, "__func__"):
        inner = inner.func if hasattr(inner, "func") else inner.__func__
    name = getattr(inner, "__qualname__", None) or type(inner).__qualname__
    return f"{name}[{digest_of_program(thing)}]"


def _text(text: str) -> str:
    """A text that may be written down; one of which something is left out has a digest."""
    shown = redact(text)
    if len(shown) > _LONGEST:
        shown = shown[:_LONGEST] + "..."
    return repr(shown) if shown == text else f"{shown!r}[{digest_of_text(text)}]"
