"""Stretches of the problem's text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ELLIPSIS = re.compile(r"\.{3,}|…|\[[.…]*\]")
_WORD = re.compile(r"\w+|[^\w\s]")
_ALIKE = {"'": "['‘’“”\"]", '"': "['‘’“”\"]", "-": "[-–—‑]"}
_ALIKE.update({sign: _ALIKE["'"] for sign in "‘’“”"} | {sign: _ALIKE["-"] for sign in "–—‑"})
_TRIMMED = " .,;:'\"“”‘’"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters of a text, counted from 0 as Python counts them; `end` is one past the last."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]

    def holds(self, other: "Span") -> bool:
        """Whether all of the other lies in this one."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: "Span") -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


def passages(quote: str, text: str) -> Iterator[Span]:
    """Where a text has the words of a quote, whatever their case, white space and typographic signs.

    A quote with an ellipsis is looked up part by part.
    """
    for part in _ELLIPSIS.split(quote):
        words = _WORD.findall(part.strip(_TRIMMED))
        if words:
            pattern = r"\s*".join(_ALIKE.get(word, re.escape(word)) for word in words)
            edges = (r"(?<!\w)" if words[0][0].isalnum() else "", r"(?!\w)" if words[-1][-1].isalnum() else "")
            for match in re.finditer(pattern.join(edges), text, re.IGNORECASE):
                yield Span(match.start(), match.end())
