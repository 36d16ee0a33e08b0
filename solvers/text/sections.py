"""The sections of a text: which lines belong to the sets, the parameters, the variables and so on.

Sections may come in any order and more than once. Headings are forgiven their case, their number, Markdown around
them and the names that other languages give them; what is neither heading nor element is prose and put aside.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from steepest.solvers.diagnostics import Diagnostics, Place
from steepest.solvers.language.expressions import GLOBAL_CONSTRAINTS, LOGICAL_FUNCTIONS
from steepest.solvers.text.lines import Line, find_outside, masked

Kind = Literal["sets", "parameters", "variables", "let", "minimize", "maximize", "objective", "constraints", "prose"]

SECTION_NAMES = ("sets", "parameters", "variables", "let", "minimize", "maximize", "constraints")

_STRICT: dict[str, Kind] = {
    "sets": "sets", "parameters": "parameters", "variables": "variables", "let": "let", "constraints": "constraints",
    "subject to": "constraints", "s.t.": "constraints", "s.t": "constraints", "such that": "constraints",
    "objective": "objective", "objectives": "objective", "objective function": "objective",
}  # fmt: skip
"""Headings that are known for what they are with something behind the colon, or without a colon."""

_LOOSE: dict[str, Kind] = {
    "set": "sets", "index sets": "sets", "indices": "sets",
    "parameter": "parameters", "params": "parameters", "data": "parameters", "constants": "parameters",
    "given": "parameters", "inputs": "parameters", "parameters and data": "parameters",
    "variable": "variables", "vars": "variables", "var": "variables", "decision variables": "variables",
    "decision variable": "variables", "decisions": "variables",
    "lets": "let", "expressions": "let", "expression": "let", "definitions": "let", "define": "let",
    "named expressions": "let", "report": "let", "reports": "let",
    "constraint": "constraints", "subject to the constraints": "constraints", "restrictions": "constraints",
    "explanation": "prose", "notes": "prose", "note": "prose", "assumptions": "prose", "remarks": "prose",
    "comments": "prose", "interpretation": "prose", "where": "prose", "summary": "prose",
}  # fmt: skip
"""Headings that stand alone on their line."""

_SENSES: dict[str, Kind] = {"min": "minimize", "max": "maximize"}
_OBJECTIVE = re.compile(
    r"(?P<sense>min|max)(?:imi[sz]e)?(?P<rank> ?\[ ?-?\d+ ?\])?"
    r"(?:,? ?weight ?=? ?(?P<weight>-?[\d.]+(?:e[+-]?\d+)?))?(?P<name> [^\W\d]\w*)?\Z",
    re.IGNORECASE,
)
_OBJECTIVE_START = re.compile(r"\s{0,40}(?P<sense>min|max)(?:imi[sz]e)?[ \t]+(?=[^\s=:<>\[])", re.IGNORECASE)
_DOMAIN_START = re.compile(r"\s{0,40}(?:real|integer|binary|semicontinuous|continuous)\b")
_CONDITION_START = re.compile(rf"\s{{0,40}}(?:not|{'|'.join(sorted(LOGICAL_FUNCTIONS | GLOBAL_CONSTRAINTS))})\b")
_MARKDOWN = re.compile(r"(?:#+ ?|> ?|\d{1,3}[.)] |\(\d{1,3}\) |[-*•] )")
_MAX_HEADING = 80


@dataclass(slots=True)
class Section:
    """A heading and the lines under it."""

    kind: Kind
    place: Place
    indent: int
    detail: tuple[int, str] = (0, "")
    """What stands behind the heading on its line, and where in the line it begins."""
    comment: str = ""
    heading: str = ""
    priority: int | None = None
    weight: float | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Division:
    """A text divided into its title and its sections."""

    title: str
    sections: list[Section]


def divide(lines: Sequence[Line], diagnostics: Diagnostics) -> Division:
    """Sort the lines into sections; findings about unknown sections and dropped prose are added."""
    hashes = not any(_heading(line, None, with_hash=False) for line in lines)
    title_at = _title_position(lines)
    sections: list[Section] = []
    before: list[Line] = []
    skipping = False
    for position, line in enumerate(lines):
        current = sections[-1] if sections else None
        section = _heading(line, current, with_hash=hashes and position != title_at)
        if section is not None:
            sections.append(section)
            skipping = False
        elif current is None:
            before.append(line)
        elif _is_unknown_heading(lines, position, current):
            skipping = True
            _tell_unknown(line, diagnostics)
        elif not skipping:
            current.lines.append(line)
    _tell_prose(before, bool(sections), diagnostics)
    return Division(_title(before), sections)


def _title(before: Sequence[Line]) -> str:
    """The first comment lines of the text, as one."""
    found: list[str] = []
    for line in before:
        if line.is_blank and line.comment.strip():
            found.append(line.comment.partition("##")[0])
        elif found:
            break
    return " ".join(" ".join(found).split())


def _title_position(lines: Sequence[Line]) -> int:
    """Where the title stands: a comment on the first line of the text, unless elements follow it at once."""
    filled = [position for position, line in enumerate(lines[:200]) if line.code or line.comment][:2]
    if not filled or not lines[filled[0]].is_blank:
        return -1
    follower = lines[filled[1]] if len(filled) > 1 else None
    is_title = follower is None or follower.is_blank or _heading(follower, None, with_hash=False) is not None
    return filled[0] if is_title else -1


def _tell_prose(before: Sequence[Line], found: bool, diagnostics: Diagnostics) -> None:
    prose = next((line for line in before if not line.is_blank), None)
    if prose is not None and found:
        diagnostics.add("note", "prose", "the text before the first section is not read", place=prose.place)


def _heading(line: Line, current: Section | None, *, with_hash: bool) -> Section | None:
    """The section that the line opens, or none."""
    if line.is_blank:
        return _hash_heading(line, with_hash)
    first = line.code.lstrip()[:1]
    if not (first.isalnum() or first in "*_#>-•("):
        return None
    code = line.code
    colon = find_outside(code[: _MAX_HEADING * 2], ":")
    if colon < 0:
        return _heading_without_colon(line, current)
    words = _words(code[:colon])
    detail = code[colon + 1 :]
    plain_detail = detail.strip("* \t")
    if not plain_detail:
        kind = _STRICT.get(words.lower()) or _LOOSE.get(words.lower())
        if kind is not None:
            return Section(kind, line.place, line.indent, comment=line.comment, heading=words)
    offset = colon + 1 + len(detail) - len(detail.lstrip("* "))
    return _heading_with_detail(line, words, (offset, code[offset:]), current)


def _heading_with_detail(line: Line, words: str, detail: tuple[int, str], current: Section | None) -> Section | None:
    objective = _OBJECTIVE.match(words)
    deeper = current is not None and line.indent > current.indent and current.kind != "objective"
    if objective is None:
        kind = _STRICT.get(words.lower())
        if kind is None or deeper:
            return None
        return Section(kind, line.place, line.indent, detail, line.comment, words)
    if deeper and current is not None and _reads_as_element(detail[1], current.kind):
        return None
    rank, weight = objective["rank"], objective["weight"]
    return Section(
        _SENSES[objective["sense"].lower()],
        line.place,
        line.indent,
        detail,
        line.comment,
        words,
        priority=int(rank.strip(" []")) if rank else None,
        weight=_weight(weight) if weight else None,
    )


def _weight(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _heading_without_colon(line: Line, current: Section | None) -> Section | None:
    """`subject to`, or `maximize 3 x + y`, without a colon."""
    words = _words(line.code) if len(line.code) <= _MAX_HEADING else ""
    kind = _STRICT.get(words.lower())
    if kind is not None and kind != "let":
        return Section(kind, line.place, line.indent, comment=line.comment, heading=words)
    if (objective := _OBJECTIVE.match(words)) is not None and not objective["name"]:
        return _heading_with_detail(line, words, (len(line.code), ""), current)
    start = _OBJECTIVE_START.match(line.code)
    deeper = current is not None and line.indent > current.indent and current.kind != "objective"
    if start is None or deeper:
        return None
    detail = (start.end(), line.code[start.end() :])
    return Section(_SENSES[start["sense"].lower()], line.place, line.indent, detail, line.comment)


def _hash_heading(line: Line, with_hash: bool) -> Section | None:
    """`## Sets`, which Markdown writers mean as a heading; with one `#` only where no other headings are."""
    if not line.comment.strip() or len(line.comment) > _MAX_HEADING:
        return None
    if not line.comment.startswith("#") and not with_hash:
        return None
    words = _words(line.comment.strip("# ").removesuffix(":")).lower()
    kind = _STRICT.get(words) or _LOOSE.get(words)
    if kind is None and (objective := _OBJECTIVE.match(words)) is not None:
        kind = _SENSES[objective["sense"].lower()]
    if kind is None:
        return None
    return Section(kind, Place(line=line.number), 0, heading=words)


def _words(text: str) -> str:
    """A heading's words, without Markdown and numbering around them."""
    words = " ".join(text[:_MAX_HEADING].split())
    numbering = _MARKDOWN.match(words)
    if numbering is not None:
        words = words[numbering.end() :]
    return words.strip("*_ ").removesuffix(":").rstrip("*_ ")


def _reads_as_element(detail: str, kind: Kind) -> bool:
    """Whether `minimize: ...` within a section declares an element of that name."""
    if kind == "variables":
        return _DOMAIN_START.match(detail) is not None
    is_condition = find_outside(detail, "<>=≤≥") >= 0 or _CONDITION_START.match(detail) is not None
    return kind == "constraints" and is_condition


def _is_unknown_heading(lines: Sequence[Line], position: int, current: Section) -> bool:
    """Whether a line such as `goals:` opens a section that the language doesn't have."""
    line = lines[position]
    if not line.code.rstrip(" *_").endswith(":") or line.indent > current.indent:
        return False
    plain = masked(line.code)
    words = _words(line.code)
    if len(plain) > _MAX_HEADING or any(sign in plain for sign in "[](){}=<>|,") or not words[:1].isalpha():
        return False
    if words.split()[0] == "table":
        return False
    if current.kind != "constraints":
        return True
    body = next((each for each in lines[position + 1 : position + 5] if not each.is_blank), None)
    starts_body = body is not None and body.indent > line.indent and find_outside(body.code, ":") < 0
    return not (starts_body and body is not None and find_outside(body.code, "<>=≤≥") >= 0)


def _tell_unknown(line: Line, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        "error",
        "unknown-section",
        f"`{_words(line.code)}:` is no section of the language",
        place=line.place,
        repair="the sections are " + ", ".join(f"`{name}:`" for name in SECTION_NAMES),
    )
