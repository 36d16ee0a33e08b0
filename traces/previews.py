"""Values as short texts, for renderings, prompts and records."""

import reprlib
from typing import Any

LONGEST = 400
"""Characters of a preview."""


class _Previews(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdeque = self.maxarray = 20
        self.maxdict = 20
        self.maxlevel = 5
        self.maxstring = LONGEST
        self.maxlong = 60
        self.maxother = LONGEST


_previews = _Previews()


def preview(value: Any, longest: int = LONGEST) -> str:
    """A value as Python would write it, cut in its middle where it is long; never raises.

    Args:
        value: Any value; of large containers and texts only a part is looked at.
        longest: Characters.
    """
    try:
        text = _previews.repr(value)
    except Exception as error:  # somebody's own __repr__
        text = f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
    return cut(text, longest)


def cut(text: str, longest: int) -> str:
    """A text, with a note of how much was left out of its middle if it is too long."""
    if len(text) <= longest:
        return text
    note = f"...({len(text) - longest:,} characters)..."
    half = max((longest - len(note)) // 2, 1)
    return text[:half] + note + text[-half:]
