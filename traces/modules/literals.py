"""Values as Python source that a person can read: long texts line by line, large containers an item a line."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

from steepest.traces.containers import is_record
from steepest.traces.failures import TraceError
from steepest.traces.previews import preview

WIDTH = 100
"""Characters of a line, its indentation included."""
_INDENT = "    "
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}


def literal(value: Any, indent: str = "", names: Mapping[type, str] | None = None) -> str:
    """A value as an expression that gives an equal one of the same type.

    Args:
        value: None, a boolean, a number, a text, bytes, or lists, tuples, sets and dicts of them; an enumeration or a
            dataclass if its class has a name.
        indent: What the line starts with on which the expression stands, for the lines that follow.
        names: How classes are called there.

    Raises:
        TraceError: It, or a part of it, can't be written so; the message says which.
    """
    names = names or {}
    if isinstance(value, str) and type(value) is str:
        return _text(value, indent)
    line = _on_a_line(value, names)
    if len(indent) + len(line) <= WIDTH and not _has_long_text(value):
        return line
    inner = indent + _INDENT
    if type(value) is dict:
        pairs = (f"{_on_a_line(key, names)}: {literal(part, inner, names)}" for key, part in value.items())
        return _spread("{", pairs, "}", indent)
    if type(value) in _BRACKETS and value:
        opening, closing = _BRACKETS[type(value)]
        return _spread(opening, (literal(part, inner, names) for part in _ordered(value)), closing, indent)
    return line


def quoted(text: str) -> str:
    """A text in double quotes, unless it has some itself."""
    written = repr(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in text else written


def _text(text: str, indent: str) -> str:
    """On a line if it fits; else in parentheses, each line of the text on one of its own and cut between words."""
    whole = quoted(text)
    if "\n" not in text.rstrip("\n") and len(indent) + len(whole) <= WIDTH:
        return whole
    room = max(WIDTH - len(indent) - len(_INDENT) - 2, 40)
    parts = [part for line in text.splitlines(keepends=True) for part in _cut(line, room)]
    return _spread("(", (quoted(part) for part in parts), ")", indent, separator="")


def _cut(line: str, room: int) -> Iterable[str]:
    while len(line) > room:
        end = line.rfind(" ", 1, room) + 1 or room
        yield line[:end]
        line = line[end:]
    if line:
        yield line


def _spread(opening: str, parts: Iterable[str], closing: str, indent: str, *, separator: str = ",") -> str:
    lines = "".join(f"{indent}{_INDENT}{part}{separator}\n" for part in parts)
    return f"{opening}\n{lines}{indent}{closing}"


def _on_a_line(value: Any, names: Mapping[type, str]) -> str:
    if value is None or type(value) in (bool, int, bytes):
        return repr(value)
    if type(value) is str:
        return quoted(value)
    if type(value) is float:
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if type(value) is complex:
        return f"complex({_on_a_line(value.real, names)}, {_on_a_line(value.imag, names)})"
    if type(value) is dict:
        return f"{{{', '.join(f'{_on_a_line(key, names)}: {_on_a_line(part, names)}' for key, part in value.items())}}}"
    if type(value) in _BRACKETS:
        return _container(value, names)
    return _named(value, names)


def _container(value: Any, names: Mapping[type, str]) -> str:
    if not value and not isinstance(value, (list, tuple)):
        return f"{type(value).__name__}()"
    opening, closing = _BRACKETS[type(value)]
    parts = ", ".join(_on_a_line(part, names) for part in _ordered(value))
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return f"{opening}{parts}{comma}{closing}"


def _named(value: Any, names: Mapping[type, str]) -> str:
    """An instance of a class that has a name."""
    name = names.get(type(value))
    if name and isinstance(value, Enum):
        return f"{name}.{value.name}"
    if name and is_record(value) and all(each.init for each in fields(value)):
        arguments = (f"{each.name}={_on_a_line(getattr(value, each.name), names)}" for each in fields(value))
        return f"{name}({', '.join(arguments)})"
    raise TraceError(f"{preview(value, 80)} is of type {type(value).__name__}, which can't be written as a literal")


def _ordered(value: Any) -> list[Any]:
    """The parts of a container; those of a set in an order that does not depend on the process."""
    return sorted(value, key=repr) if isinstance(value, (set, frozenset)) else list(value)


def _has_long_text(value: Any) -> bool:
    """Whether a text in a list, tuple or dict has several lines, which are to be seen as such."""
    if isinstance(value, str):
        return "\n" in value.rstrip("\n")
    if isinstance(value, dict):
        return any(_has_long_text(part) for part in value.values())
    return isinstance(value, (list, tuple)) and any(_has_long_text(part) for part in value)
