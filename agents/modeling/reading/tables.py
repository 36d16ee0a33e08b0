"""Tables that stand in a problem's text: Markdown, HTML, LaTeX, and columns set off by tabs or blanks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from steepest.agents.modeling.reading.spans import Span

Row = tuple[Span, ...]

MOST_TABLES = 200
"""Tables of a text that are read as such; what is in later ones is read as prose."""

_LINE = re.compile(r"[^\n]+")
_RULE = re.compile(r"[\s|:+=-]+\Z")
_GAP = re.compile(r"\t+| {2,}")
_TAG = re.compile(r"<(?P<closes>/?)(?P<name>table|tr|td|th)\b[^<>]*>", re.IGNORECASE)
_TEX = re.compile(r"\\begin\{(?P<name>tabular|array|matrix|[bp]matrix)\}(?:\{[^{}\n]*\})?")
_TEX_ROW = re.compile(r"\\\\")
_TEX_CELL = re.compile(r"(?<!\\)&")
_TEX_RULE = re.compile(r"\\(?:hline|toprule|midrule|bottomrule)\b|\\c(?:line|midrule)\{[^{}]*\}")
_ONLY_NUMBER = re.compile(r"[\s$€£¥\\{}]*[-+]?[\d.,]+\s*\\?[%k$]?[\s$}]*\Z")
_NOTHING = re.compile(r"[\s$\\{}&-]*\Z")
_INTEGER = re.compile(r"\D*(\d+)\D*\Z")


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as it stands in a text; `heads` and `stub` say whether its first row and first column name the rest."""

    span: Span
    rows: tuple[Row, ...]
    """The cells without the white space around them; rows may differ in length."""
    heads: bool
    stub: bool

    def labels(self, row: int, column: int) -> tuple[Span, ...]:
        """The cells that name a cell: the first one of its row and the first one of its column."""
        named = [self.rows[row][0]] if self.stub and column else []
        if self.heads and row and column < len(self.rows[0]):
            named.append(self.rows[0][column])
        return tuple(named)

    def is_label(self, row: int, column: int) -> bool:
        """Whether a cell names others."""
        return (self.heads and row == 0) or (self.stub and column == 0)


def tables_in(text: str) -> list[TextTable]:
    """The tables of a text, in its order; none lies in another."""
    found: list[TextTable] = []
    for rows in (*_html(text), *_tex(text), *_lines_of_cells(text)):
        table = _table(rows, text)
        if table is not None and not any(table.span.meets(other.span) for other in found):
            found.append(table)
        if len(found) == MOST_TABLES:
            break
    return sorted(found, key=lambda table: table.span)


def _table(rows: list[Row], text: str) -> TextTable | None:
    rows = [row for row in rows if row]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return None
    span = Span(min(row[0].start for row in rows), max(row[-1].end for row in rows))
    columns = [row[0] for row in rows[1:]]
    return TextTable(span, tuple(rows), _names(list(rows[0][1:]), text), _names(columns, text))


def _names(cells: list[Span], text: str) -> bool:
    """Whether cells name others: most of them are no numbers, or they count 1, 2, 3."""
    told = [cell.of(text) for cell in cells if not _NOTHING.match(cell.of(text))]
    numbers = sum(_ONLY_NUMBER.match(each) is not None for each in told)
    return 2 * numbers < len(told) or _counts(told)


def _counts(told: list[str]) -> bool:
    ordinals = [int(match[1]) for each in told if (match := _INTEGER.match(each)) and len(match[1]) < 9]
    if len(ordinals) < max(len(told), 2):
        return False
    step = ordinals[1] - ordinals[0]
    return step == 1 and all(later - one == 1 for one, later in pairwise(ordinals))


def _html(text: str) -> Iterator[list[Row]]:
    rows: list[list[Span]] = []
    begin: int | None = None
    for tag in _TAG.finditer(text):
        if begin is not None and rows:
            rows[-1].append(_stripped(text, begin, tag.start()))
        name, begin = tag["name"].lower(), None
        if name in ("td", "th") and not tag["closes"]:
            rows = rows or [[]]
            begin = tag.end()
        elif name == "tr" and not tag["closes"]:
            rows.append([])
        elif name == "table":
            yield [tuple(row) for row in rows]
            rows = []
    yield [tuple(row) for row in rows]


def _tex(text: str) -> Iterator[list[Row]]:
    end = 0
    for begin in _TEX.finditer(text):
        if begin.start() < end:  # a table in a cell
            continue
        end = text.find(rf"\end{{{begin['name']}}}", begin.end())
        if end < 0:
            return
        yield [_tex_row(text, piece) for piece in _pieces(text, Span(begin.end(), end), _TEX_ROW)]


def _tex_row(text: str, row: Span) -> Row:
    rules = [match.end() for match in _TEX_RULE.finditer(text, row.start, row.end)]
    begin = rules[-1] if rules else row.start
    if not text[begin : row.end].strip():
        return ()
    return tuple(_stripped(text, cell.start, cell.end) for cell in _pieces(text, Span(begin, row.end), _TEX_CELL))


def _lines_of_cells(text: str) -> Iterator[list[Row]]:
    """Lines one after another that are cut into cells by the same sign."""
    for cut in (_by_pipes, _by_gaps):
        rows: list[Row] = []
        last = -1
        for line in _LINE.finditer(text):
            cells = cut(text, Span(line.start(), line.end()))
            is_next = line.start() == last + 1
            if rows and (not cells or not is_next):
                yield rows
                rows = []
            if cells:
                last = line.end()
                rows += [] if _RULE.match(line[0]) else [cells]
        yield rows


def _by_pipes(text: str, line: Span) -> Row:
    if "|" not in line.of(text):
        return ()
    pieces = list(_pieces(text, line, re.compile(r"\|")))
    pieces = pieces[1:] if not pieces[0].of(text).strip() else pieces
    pieces = pieces[:-1] if pieces and not pieces[-1].of(text).strip() else pieces
    return tuple(_stripped(text, piece.start, piece.end) for piece in pieces)


def _by_gaps(text: str, line: Span) -> Row:
    """Cells between tabs or runs of blanks; a line of prose has no two of those."""
    inner = _stripped(text, line.start, line.end)
    cells = tuple(_pieces(text, inner, _GAP))
    return cells if len(cells) > 2 or (len(cells) == 2 and "\t" in inner.of(text)) else ()


def _pieces(text: str, span: Span, separator: re.Pattern[str]) -> Iterator[Span]:
    begin = span.start
    for match in separator.finditer(text, span.start, span.end):
        yield Span(begin, match.start())
        begin = match.end()
    yield Span(begin, span.end)


def _stripped(text: str, begin: int, end: int) -> Span:
    inner = text[begin:end]
    begin += len(inner) - len(inner.lstrip())
    return Span(begin, begin + len(inner.strip()))
