"""What the sheets of a workbook share: where each of them is, their texts, and the formats of their cells."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from zipfile import ZipFile

from steepest.solvers.data.cell_formats import CellFormats, format_of
from steepest.solvers.data.markup import Events, TooLarge, scan

_MOST_TEXTS = 2_000_000
_ESCAPED = re.compile(r"_x((?!d[89a-f])[0-9a-f]{4})_", re.IGNORECASE)
"""A character that XML can't hold, or an underscore that would begin one; half of a surrogate pair is none."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of cells."""

    title: str
    part: str
    """Where in the packed file it is."""
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """What one has to know of a workbook to read a sheet of it."""

    sheets: tuple[Sheet, ...]
    texts: list[str]
    """Those that cells name by their place here."""
    formats: CellFormats
    awaits_values: bool
    """Whether a spreadsheet program is to compute all formulas: then what is stored as a value may be none."""


def read_shared(packed: ZipFile) -> Shared:
    """Read all of a workbook but its sheets.

    Raises:
        ValueError: It is damaged, or no workbook.
    """
    start = next((part for kind, part in _related(packed, "").values() if kind == "officeDocument"), None)
    if start is None:
        raise ValueError("it has no workbook in it")
    book = _Book()
    scan_part(packed, start, book)
    related = _related(packed, start)
    texts, styles = _Texts(), _Styles()
    for of_kind, events in (("sharedStrings", texts), ("styles", styles)):
        parts = [part for kind, part in related.values() if kind == of_kind]
        if len(parts) > 1:  # one part that is named a thousand times would be read as often
            raise ValueError(f"it has {len(parts)} parts that are {of_kind}")
        for part in parts:
            scan_part(packed, part, events)
    formats = styles.formats(begins_1904=book.begins_1904)
    return Shared(tuple(_sheets(book, related)), texts.found, formats, book.awaits_values)


def scan_part(packed: ZipFile, part: str, events: Events) -> None:
    """Hand over what stands in a part of a packed file.

    Raises:
        ValueError: There is no such part, or it can't be read.
    """
    if part not in packed.NameToInfo:
        raise ValueError(f"its part {part[:100]} is missing")
    with packed.open(part) as file:
        scan(file, events)


def unescaped(text: str) -> str:
    """A text with the characters that XML can't hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def is_true(text: str | None) -> bool:
    """Whether an attribute or a cell says yes."""
    return text in ("1", "true")


def _sheets(book: "_Book", related: Mapping[str, tuple[str, str]]) -> Iterator[Sheet]:
    """The sheets of cells; those of charts are left out."""
    seen: set[str] = set()
    for title, key, is_hidden in book.sheets:
        if key not in related:
            raise ValueError(f"its sheet {title} is nowhere")
        kind, part = related[key]
        if not seen.isdisjoint((f"title {title}", f"part {part}")):
            raise ValueError(f"its sheet {title} is there twice")
        seen.update((f"title {title}", f"part {part}"))
        if kind == "worksheet":
            yield Sheet(title, part, is_hidden)


def _related(packed: ZipFile, part: str) -> Mapping[str, tuple[str, str]]:
    """The kinds and places of the parts that a part relates to, by what it calls them."""
    path = PurePosixPath(part)
    relations = _Relations()
    scan_part(packed, str(path.parent / "_rels" / f"{path.name}.rels"), relations)
    return {key: (kind, _joined(path.parent, target)) for key, kind, target in relations.found}


def _joined(folder: PurePosixPath, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


class _Relations:
    tags = ("Relationship",)
    most = 100_000

    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []
        """What a relation is called, its kind, and the part."""

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        if attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Book:
    tags = ("sheet", "workbookPr", "calcPr")
    most = 500_000

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        """The title of a sheet, what its relation is called, and whether it is hidden."""
        self.begins_1904 = False
        self.awaits_values = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            self.begins_1904 = is_true(attributes.get("date1904"))
        elif tag == "calcPr":
            self.awaits_values = is_true(attributes.get("fullCalcOnLoad"))
        else:
            key = next((value for name, value in attributes.items() if name.endswith(" id")), "")
            self.sheets.append((attributes.get("name", ""), key, attributes.get("state", "visible") != "visible"))

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Texts:
    tags = ("si", "t", "rPh")
    most = 4 * _MOST_TEXTS

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._is_told = False
        self._is_phonetic = False

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        if tag == "rPh":
            self._is_phonetic = True
        self._is_told = tag == "t" and not self._is_phonetic

    def end(self, tag: str) -> None:
        self._is_told = False
        if tag == "rPh":
            self._is_phonetic = False
        elif tag == "si":
            if len(self.found) >= _MOST_TEXTS:
                raise TooLarge(f"more than {_MOST_TEXTS:,} texts")
            self.found.append(unescaped("".join(self._pieces)))
            self._pieces.clear()

    def text(self, text: str) -> None:
        if self._is_told:
            self._pieces.append(text)


@dataclass(slots=True)
class _Styles:
    """The formats of a workbook; the same elements stand in other places, too, where they are none of cells."""

    tags = ("numFmts", "numFmt", "cellXfs", "xf")
    most = 1_000_000
    _within: str = ""
    _codes: dict[str, str] = field(default_factory=dict)
    _styles: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in ("numFmts", "cellXfs"):
            self._within = tag
        elif tag == "numFmt" and self._within == "numFmts":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "xf" and self._within == "cellXfs":
            self._styles.append(attributes.get("numFmtId", "0"))

    def end(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""

    def text(self, text: str) -> None: ...

    def formats(self, *, begins_1904: bool) -> CellFormats:
        shown = {key: format_of(int(key), self._codes.get(key, "")) for key in set(self._styles)}
        return CellFormats(
            dates=frozenset(self._numbers(key for key, (is_date, _) in shown.items() if is_date)),
            durations=frozenset(self._numbers(key for key, (_, is_span) in shown.items() if is_span)),
            begins_1904=begins_1904,
        )

    def _numbers(self, formats: Iterator[str]) -> Iterator[str]:
        wanted = set(formats)
        return (str(number) for number, key in enumerate(self._styles) if key in wanted)
