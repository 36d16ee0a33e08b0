"""The lines of a text: code and comment apart, with what stands around a fenced reply put aside."""

import re
from dataclasses import dataclass

from steepest.solvers.diagnostics import Diagnostics, Place, problem

MAX_CHARACTERS = 2 * 1024 * 1024
"""Length of the longest text that is read: what is longer is data, and belongs in files."""

_FENCE = re.compile(r"\s{0,8}(?:```|~~~)")
_QUOTE_SIGN = re.compile("[\"']")
_CLOSING = {'"': re.compile(r'(?:[^"\\]|\\.)*"'), "'": re.compile(r"(?:[^'\\]|\\.)*'")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text."""

    number: int
    code: str
    """What stands before the comment, indentation kept."""
    comment: str
    """What stands behind `#`."""

    @property
    def indent(self) -> int:
        """How far the code stands to the right; a tab goes to the next multiple of four."""
        stripped = self.code.lstrip()
        return len(self.code[: len(self.code) - len(stripped)].expandtabs(4))

    @property
    def is_blank(self) -> bool:
        """Whether there is no code on the line."""
        return not self.code or self.code.isspace()

    @property
    def place(self) -> Place:
        """Where its code begins."""
        return Place(line=self.number, column=len(self.code) - len(self.code.lstrip()) + 1)


def read_lines(text: str, diagnostics: Diagnostics) -> list[Line]:
    """The lines of a text; of a reply with fenced blocks, the lines in the blocks.

    Raises:
        FormulationError: The text is no text, or too long.
    """
    _check(text)
    raw = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = _inside_fences(raw, diagnostics)
    return [Line(number, *split_comment(straight_quotes(raw[number - 1]))) for number in kept]


def _check(text: str) -> None:
    if not text.strip("\ufeff \t\r\n"):
        raise problem("empty-text", "the text is empty", repair="write at least an objective and its variables")
    if len(text) > MAX_CHARACTERS:
        raise problem(
            "too-long",
            f"a text of {len(text):,} characters; at most {MAX_CHARACTERS:,} are read",
            repair='data belong in tables: `table demand[Store] from "demand.csv" (store, units)`',
        )
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        raise problem("not-text", "a NUL byte: this is no text", place=Place(line=line), repair="give a text in UTF-8")


def _inside_fences(raw: list[str], diagnostics: Diagnostics) -> list[int]:
    """The numbers of the lines to read: all, or those in fenced blocks if there are any."""
    inside, found, kept = False, False, []
    for number, line in enumerate(raw, start=1):
        if _FENCE.match(line):
            inside, found = not inside, True
        elif inside:
            kept.append(number)
    if not found:
        return list(range(1, len(raw) + 1))
    place = Place(line=kept[0]) if kept else None
    diagnostics.add("note", "fence", "only what stands between the ``` fences is read", place=place)
    return kept


def straight_quotes(text: str) -> str:
    """Typographic quotation marks made straight, in a line that has no straight ones."""
    if "“" not in text and "”" not in text:
        return text
    return text if '"' in text else text.replace("“", '"').replace("”", '"')


def split_comment(text: str) -> tuple[str, str]:
    """The code of a line and its comment; a `#` between quotation marks starts none."""
    if "#" not in text:
        return text.rstrip(), ""
    start = masked(text).find("#")
    return (text[:start].rstrip(), text[start + 1 :]) if start >= 0 else (text.rstrip(), "")


def masked(code: str) -> str:
    """The code, as long as before, with `_` for all that stands between quotation marks.

    Apostrophes within words and quotation marks that nothing closes are left as they are.
    """
    if '"' not in code and "'" not in code:
        return code
    pieces, position, unclosed = [], 0, ""
    for_next = 0
    while (match := _QUOTE_SIGN.search(code, for_next)) is not None:
        sign, start = match.group(), match.start()
        for_next = match.end()
        if sign in unclosed or (sign == "'" and start and (code[start - 1].isalnum() or code[start - 1] == "_")):
            continue
        closing = _CLOSING[sign].match(code, start + 1)
        if closing is None:
            unclosed += sign
            continue
        pieces.append(code[position : start + 1] + "_" * (closing.end() - start - 2))
        position = closing.end() - 1
        for_next = closing.end()
    return "".join(pieces) + code[position:]


_OPENING_BRACKETS, _CLOSING_BRACKETS = frozenset("([{"), frozenset(")]}")
_BRACKETS = re.compile(r"[(\[{)\]}]")


def depth_after(code: str, depth: int = 0) -> int:
    """How many brackets are open behind the code."""
    for match in _BRACKETS.finditer(masked(code)):
        depth += 1 if match.group() in _OPENING_BRACKETS else -1
    return depth


def find_outside(code: str, signs: str, start: int = 0) -> int:
    """Where the first of some characters stands outside of brackets and quotation marks, or -1."""
    depth = 0
    plain = masked(code)
    for position in range(start, len(plain)):
        character = plain[position]
        if character in _OPENING_BRACKETS:
            depth += 1
        elif character in _CLOSING_BRACKETS:
            depth -= 1
        elif depth == 0 and character in signs:
            return position
    return -1


def closing_bracket(code: str, start: int) -> int:
    """Where the bracket that opens at `start` closes, or -1."""
    depth = 0
    for match in _BRACKETS.finditer(masked(code), start):
        depth += 1 if match.group() in _OPENING_BRACKETS else -1
        if depth == 0:
            return match.start()
    return -1


def split_outside(code: str, sign: str = ",") -> list[tuple[int, str]]:
    """The pieces between separators outside of brackets and quotation marks, each with where it begins."""
    pieces, begin, depth = [], 0, 0
    plain = masked(code)
    for match in re.finditer(rf"[(\[{{)\]}}{re.escape(sign)}]", plain):
        character = match.group()
        if character in _OPENING_BRACKETS:
            depth += 1
        elif character in _CLOSING_BRACKETS:
            depth -= 1
        elif depth == 0:
            pieces.append((begin, code[begin : match.start()]))
            begin = match.end()
    return [*pieces, (begin, code[begin:])]
