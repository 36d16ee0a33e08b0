"""XML of files from elsewhere, read as events.

No tree is built of it: a few packed kilobytes may make one that is larger than the memory.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol
from xml.parsers import expat

_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""Of what a workbook is made of; the last is that of the kind that is called Strict."""
_CHUNK = 256 * 1024
_DEEPEST = 64
_MOST_SPACES = 1000


class TooLarge(ValueError):
    """A part of a file is larger than can be read in seconds."""


class Events(Protocol):
    """What takes the events of a part."""

    @property
    def tags(self) -> Collection[str]:
        """The elements that it wants; of the others it takes the text only."""

    @property
    def most(self) -> int:
        """How many elements of any kind there may be; with more of them, the part is refused."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Characters between two tags, or some of them."""


class Packed(Protocol):
    """A file that is unpacked while it is read."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""


def scan(part: Packed, events: Events) -> None:
    """Hand over what stands in an XML part, in one pass.

    Raises:
        TooLarge: There are too many elements.
        ValueError: It is XML that only an attack needs.
        ExpatError: It is no XML.
    """
    parser = _parser(events)
    while chunk := part.read(_CHUNK):
        if len(chunk) == _CHUNK and b">" not in chunk:  # the parser would read it anew with every chunk that follows
            raise ValueError("a tag or a text is too long")
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _parser(events: Events) -> Any:
    names = {f"{space} {tag}": tag for space in _SPACES for tag in events.tags}
    most = events.most
    count = depth = spaces = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count, depth
        count += 1
        depth += 1
        if count > most:
            raise TooLarge(f"more than {most:,} elements of XML")
        if depth > _DEEPEST:
            raise ValueError("elements are nested too deep")
        if name in names:
            events.start(names[name], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if name in names:
            events.end(names[name])

    def declare(_prefix: str | None, _space: str) -> None:
        nonlocal spaces
        spaces += 1
        if spaces > _MOST_SPACES:  # the parser keeps them all
            raise ValueError("it declares too many namespaces")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartNamespaceDeclHandler = declare
    parser.CharacterDataHandler = events.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    """No workbook has one, and what it declares can grow without end."""
    raise ValueError("it declares a document type")
