"""The statements of a section: an element with all the lines that belong to it.

A statement goes on where brackets are open, where a line begins or ends with an operator, and over the rows of a
table. It never swallows the next declaration, so that one bad line doesn't hide the ones behind it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import dropwhile

from steepest.solvers.diagnostics import Diagnostics, Place
from steepest.solvers.text.lines import Line, closing_bracket, depth_after, find_outside, masked
from steepest.solvers.text.sections import Section

_NAME = re.compile(r"[^\W\d]\w*")
_NUMBERING = re.compile(r"\s{0,80}(?:•|\d{1,4}[.)]|\(\d{1,4}\))[ \t]{1,20}(?=[^\W\d]|[\"'`*∀])")
_BULLET = re.compile(r"\s{0,80}[-*•][ \t]{1,20}(?=[^\W\d]|[\"'`*])")
_BULLETED_DECLARATION = re.compile(
    r"\s{0,400}[-*•][ \t]{1,20}(?=(?:\*\*|`)?(?:table\b|[^\W\d][\w ]{0,40}(?:\[[^\]]{0,400}\]\s{0,9})?(?::|=(?!=))))"
)
_BOLD = re.compile(r"(?P<lead>\s{0,80})(?P<sign>\*\*|`)(?P<name>[^*`]{1,80})(?P=sign)")
_TABLE = re.compile(r"\s*table\b(?!\s*(?:\[[^\]]*\]\s*)?=)")
_GRID = re.compile(r"(?:=|\bis) ?(?:symmetric )?(?:matrix|tables?)?:?\Z")
_DECLARATION = re.compile(r"\s{0,200}(?:table\b|[^\W\d]\w*\s{0,20}(?:\[[^\]]*\]\s{0,20})?=(?!=))")
_CONSTRAINT = re.compile(r"\s{0,200}[^\W\d]\w*\s{0,20}(?:\[[^\]]*\]\s{0,20})?:")
_GOES_ON = re.compile(r"\s{0,400}(?:<=|>=|==|=<|=>|<|>|≤|≥|=|\+|/|and\b|or\b|if\b|else\b|in\b)")
_GOES_ON_BY_INDENT = re.compile(r"\s{0,400}(?:[-−*]|for\b|∀)")
"""What may begin an element as well: a bullet, a quantifier."""
_UNFINISHED = ("+", "-", "*", "/", "=", "<", ">", "≤", "≥", "(", "[", "{", " and", " or", " for", " in", " if", " else")
_PROSE = re.compile(r"[A-Z`*(\"'][^\[\]{}=<>|≤≥#]*[.:!?)*]\Z|[A-Z](?:[\w'’,;-]+ ){4}[^\[\]{}=<>|≤≥#]*\Z")


@dataclass(frozen=True, slots=True)
class Statement:
    """One element's text."""

    code: str
    """From its first character on; line breaks and comments cut out of its lines are kept as they were."""
    place: Place
    comment: str = ""
    rows: tuple[Line, ...] = ()
    """The lines of its table."""

    def place_at(self, offset: int) -> Place:
        """Where a character of its code stands in the text."""
        before = self.code[:offset]
        breaks = before.count("\n")
        column = offset - before.rfind("\n") if breaks else self.place.column + offset
        return Place(line=self.place.line + breaks, column=column)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A statement's parts: the name, the text between its brackets, and what stands behind."""

    name: str
    head: tuple[int, str] | None
    """The head's text and where it begins."""
    rest: tuple[int, str]


def declaration(statement: Statement) -> Declaration | None:
    """The name and the head that a statement begins with, or none if it begins otherwise."""
    code = statement.code
    match = _NAME.match(code)
    if match is None:
        return None
    end = match.end()
    opening = end + len(code[end:]) - len(code[end:].lstrip())
    if code[opening : opening + 1] != "[":
        return Declaration(match.group(), None, (end, code[end:]))
    closing = closing_bracket(code, opening)
    if closing < 0:
        return None
    return Declaration(match.group(), (opening + 1, code[opening + 1 : closing]), (closing + 1, code[closing + 1 :]))


def statements(section: Section, diagnostics: Diagnostics) -> Iterator[Statement]:
    """The statements of a section, in order."""
    return _Lines(section, diagnostics).statements()


def whole(section: Section) -> Statement:
    """A section whose lines are one expression, as objectives are."""
    begin, detail = section.detail
    lines = [Line(section.place.line, " " * begin + detail, section.comment), *section.lines]
    kept: list[Line] = []
    has_begun = False
    for line in dropwhile(lambda line: line.is_blank and not line.comment.strip(), lines):
        if has_begun and _is_prose(line, section.indent):
            break
        has_begun = has_begun or not line.is_blank
        kept.append(line)
    return _joined(kept)


def _joined(lines: list[Line], rows: tuple[Line, ...] = (), above: str = "") -> Statement:
    first = next((position for position, line in enumerate(lines) if not line.is_blank), 0)
    comments = [line.comment.strip() for line in lines if line.comment.strip() and not line.comment.startswith("#")]
    if not comments and above:
        comments = [above]
    if not lines:
        return Statement("", Place(line=1))
    code = "\n".join(line.code for line in lines[first:])
    return Statement(code.strip(), lines[first].place, " ".join(comments), rows)


def _is_prose(line: Line, indent: int) -> bool:
    """Whether a line is a sentence rather than an element."""
    return not line.is_blank and line.indent <= indent and _PROSE.match(line.code.strip()[:500]) is not None


class _Lines:
    """The lines of one section and how far they have been read."""

    def __init__(self, section: Section, diagnostics: Diagnostics) -> None:
        self.section = section
        self.diagnostics = diagnostics
        self.lines = section.lines
        self.position = 0
        self.above = ""

    def statements(self) -> Iterator[Statement]:
        begin, detail = self.section.detail
        if detail.strip():
            self.lines = [
                Line(self.section.place.line, " " * begin + detail, self.section.comment),
                *self.section.lines,
            ]
        while self.position < len(self.lines):
            line = self.lines[self.position]
            if line.is_blank:
                self.comment_line(line)
                self.position += 1
            elif _is_prose(line, self.section.indent):
                self.diagnostics.add("note", "prose", "a sentence among the elements is not read", place=line.place)
                self.position += 1
            else:
                yield self.statement()
                self.above = ""

    def comment_line(self, line: Line) -> None:
        """A comment on its own line belongs to the element under it, if that has none of its own."""
        text = line.comment.strip()
        if text and not line.comment.startswith("#"):
            self.above = f"{self.above} {text}".strip()
        elif not text:
            self.above = ""

    def statement(self) -> Statement:
        first = self.unmarked(self.lines[self.position])
        self.position += 1
        taken = [first]
        if self.opens_table(first):
            return _joined(taken, self.rows(first), self.above)
        depth = depth_after(first.code)
        while self.position < len(self.lines):
            line = self.lines[self.position]
            if not self.continues(taken, line, depth):
                break
            self.position += 1
            taken.append(line)
            depth = depth_after(line.code, depth)
        last = next(line for line in reversed(taken) if not line.is_blank)
        if _GRID.search(" ".join(last.code.split())) and depth == 0:
            return _joined(taken, self.rows(first), self.above)
        return _joined(taken, (), self.above)

    def unmarked(self, line: Line) -> Line:
        """The line without bullet, numbering and emphasis, its columns kept."""
        code = line.code
        in_constraints = self.section.kind == "constraints"  # where a minus may be a sign
        bullet = _NUMBERING.match(code) or (_BULLETED_DECLARATION if in_constraints else _BULLET).match(code)
        if bullet is not None:
            code = " " * bullet.end() + code[bullet.end() :]
        bold = _BOLD.match(code)
        if bold is not None:
            margin = " " * len(bold["sign"])
            code = f"{bold['lead']}{margin}{bold['name']}{margin}{code[bold.end() :]}"
        if code == line.code or code.isspace():  # where there is nothing but marks they are what stands there
            return line
        self.diagnostics.add("note", "markdown", "a bullet, a number or emphasis is not read", place=line.place)
        return replace(line, code=code)

    def opens_table(self, line: Line) -> bool:
        if self.section.kind not in ("sets", "parameters", "let"):
            return False
        if _TABLE.match(line.code) is not None:
            return True
        return _GRID.search(" ".join(line.code[-80:].split())) is not None and depth_after(line.code) == 0

    def rows(self, opening: Line) -> tuple[Line, ...]:
        found: list[Line] = []
        piped = False
        while self.position < len(self.lines):
            line = self.lines[self.position]
            if line.is_blank:
                if not self.row_follows(opening, piped):
                    break
            elif self.is_row(line, opening, piped):
                piped = piped or line.code.lstrip().startswith("|")
                found.append(line)
            else:
                break
            self.position += 1
        return tuple(found)

    def row_follows(self, opening: Line, piped: bool) -> bool:
        follower = next((line for line in self.lines[self.position : self.position + 5] if not line.is_blank), None)
        return follower is not None and self.is_row(follower, opening, piped)

    def is_row(self, line: Line, opening: Line, piped: bool) -> bool:
        if line.code.lstrip().startswith("|"):
            return True
        if piped or _DECLARATION.match(line.code) is not None:
            return False
        plain = masked(line.code)
        return line.indent > opening.indent or ("|" in plain and "=" not in plain)

    def continues(self, taken: list[Line], line: Line, depth: int) -> bool:
        """Whether the next line still belongs to the statement."""
        first = taken[0]
        if line.is_blank:
            return depth > 0
        if depth > 0:
            return not (line.indent <= first.indent and self.declares(line))
        last = next(each.code.rstrip() for each in reversed(taken) if not each.is_blank)
        if last.endswith(_UNFINISHED) or (last.endswith(":") and line.indent > first.indent):
            return True
        if _GOES_ON_BY_INDENT.match(line.code) is not None:
            is_marked = _BULLETED_DECLARATION.match(line.code) or _BOLD.match(line.code)
            return line.indent > first.indent and is_marked is None
        return _GOES_ON.match(line.code) is not None and not self.declares(line)

    def declares(self, line: Line) -> bool:
        if _DECLARATION.match(line.code) is not None:
            return self.section.kind in ("sets", "parameters", "let")
        if self.section.kind in ("sets", "parameters", "let") and "[" not in line.code[: line.code.find(":") + 1]:
            return False
        return _CONSTRAINT.match(line.code) is not None


def strip_end(statement: Statement) -> Statement:
    """The statement without the `;` or `,` that other languages end one with."""
    code = statement.code.rstrip()
    if code.endswith((";", ",")) and find_outside(code, code[-1]) == len(code) - 1:
        return replace(statement, code=code[:-1].rstrip())
    return statement
