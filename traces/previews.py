"""Values as short texts, for renderings, prompts and records."""

import re
import reprlib
from dataclasses import fields, is_dataclass
from typing import Any

LONGEST = 400
"""Characters of a preview."""
_BITS = 4096


class Unrestored:
    """Stands for a value that a trace was written without; it shows as the value did."""

    __slots__ = ("digest", "preview")

    def __init__(self, preview: str, digest: str) -> None:
        self.preview = preview
        self.digest = digest
        """SHA-256 of what it held, as far as that could be seen."""

    def __repr__(self) -> str:
        return self.preview


class Words:
    """Shows as the words it is made of."""

    __slots__ = ("words",)

    def __init__(self, words: str) -> None:
        self.words = words

    def __repr__(self) -> str:
        return self.words


_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{4,16}\b")


class _Previews(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdeque = self.maxarray = 20
        self.maxdict = 20
        self.maxlevel = 5
        self.maxstring = LONGEST
        self.maxlong = 60
        self.maxother = LONGEST

    def repr_int(self, x: int, level: int) -> str:
        """A whole number; one of more digits than Python writes by its size."""
        return super().repr_int(x, level) if x.bit_length() < _BITS else f"<int of {x.bit_length():,} bits>"

    def repr_instance(self, x: Any, level: int) -> str:
        """An object of a class; a dataclass by its fields, as far as they are for showing and there is room."""
        kind = type(x)
        own = vars(kind).get("__dataclass_params__")  # a class below a dataclass may have a repr of its own
        if not is_dataclass(kind) or own is None or not own.repr:
            return repr(x)
        if level <= 0:
            return f"{kind.__name__}(...)"
        shown = [each.name for each in fields(kind) if each.repr and hasattr(x, each.name)]
        return f"{kind.__name__}({', '.join(f'{name}={self.repr1(getattr(x, name), level - 1)}' for name in shown)})"


_previews = _Previews()


def preview(value: Any, longest: int = LONGEST) -> str:
    """A value as Python would write it, cut in its middle where it is long, without addresses; never raises.

    Args:
        value: Any value; of large containers and texts only a part is looked at.
        longest: Characters.
    """
    try:
        text = value.preview if isinstance(value, Unrestored) else _previews.repr(value)
    except Exception as error:  # somebody's own __repr__
        text = f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
    return cut(_ADDRESS.sub("", text), longest)


def cut(text: str, longest: int) -> str:
    """A text, with a note of how much was left out of its middle if it is too long."""
    if len(text) <= longest:
        return text
    note = f"...({len(text) - longest:,} characters)..."
    half = max((longest - len(note)) // 2, 1)
    return text[:half] + note + text[-half:]
