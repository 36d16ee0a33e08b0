"""Texts from values, made fit to be looked at: nothing invisible in them, no wider than their place."""

import re
from collections.abc import Iterator
from unicodedata import combining, east_asian_width

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_FORMULA_SIGNS = tuple("=+-@＝＋－＠\t\r")
"""With what a spreadsheet's formula begins, also in the wide forms that some programs take for the same."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def visible(text: str, *, multiline: bool = False) -> str:
    r"""A text with every character that is not seen as itself escaped: control characters, bidi and zero-width marks.

    Args:
        text: Any text, from anybody.
        multiline: Whether its lines stay lines; otherwise a line's end is written `\n`.
    """
    if multiline:
        text = text.replace("\r\n", "\n").expandtabs(4)
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or (multiline and each == "\n") else _escaped(each) for each in text)


def without_addresses(text: str) -> str:
    """A text without the addresses of objects, which differ from run to run."""
    return _ADDRESS.sub("", text)


def not_a_formula(text: str) -> str:
    """A text for a CSV file: with a `'` before it where a spreadsheet would compute it, as OWASP says; numbers stay."""
    is_formula = text.startswith(_FORMULA_SIGNS) or text.lstrip().startswith(_FORMULA_SIGNS)
    return f"'{text}" if is_formula and not _NUMBER.fullmatch(text) else text


def width_of(text: str) -> int:
    """Columns that a visible text takes in a terminal."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def fitted(text: str, width: int) -> str:
    """A text cut to a number of columns, with a sign that it was."""
    if width_of(text) <= width:
        return text
    kept: list[str] = []
    left = width - 1
    for each in text:
        left -= _columns(each)
        if left < 0:
            break
        kept.append(each)
    return "".join(kept).rstrip() + "…" if width > 0 else ""


def wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text, each cut into pieces of at most so many columns, at spaces where there are any."""
    for line in text.split("\n"):
        rest = line
        while width_of(rest) > width:
            piece = fitted(rest, width + 1)[:-1] or rest[0]
            space = piece.rfind(" ", width // 2)
            piece = piece[: space + 1] if space > 0 else piece
            yield piece.rstrip()
            rest = rest[len(piece) :].lstrip()
        yield rest


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _columns(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
