r"""A library, or a part of it, as Markdown that a person edits and puts back.

An insight is a heading `# id: title`, a list of what it is, and the sections Condition, Explanation and Example. Its
`version` is a hash of what was written out: when the library has another text by then, the file is stale and the
insight is refused by name. A line of text that begins with `#` is written with a `\` before it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from pydantic import ValidationError

from steepest.agents.library.exchange.parcels import Brought
from steepest.agents.library.insights import Insight, Provenance, insight_id
from steepest.agents.library.labels import Label
from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import ConflictError
from steepest.errors import InputError

__all__ = ["Page", "Section", "markdown", "put_back", "read_markdown"]

HINT = """\
<!-- Insights of a library, to be edited and put back with `steepest library import`. Begin a new one with
     a heading `# new: its title`; leave `version` as it is. What is deleted here stays in the library
     unless the import is told `--delete`. -->
"""
_HEADING = re.compile(r"# +([A-Za-z0-9][A-Za-z0-9_.-]{0,63}) *(?::(.*))?")
_PART = re.compile(r"## +(Condition|Explanation|Example) *", re.IGNORECASE)
_FIELD = re.compile(r"- +(version|status|labels) *:(.*)", re.IGNORECASE)
_ITEM = re.compile(r"\s+- +(.*)")
_ESCAPED = re.compile(r"\\*#")
_FENCE = re.compile(r"(`{3,})\S*\s*")
_EXPORTED = re.compile(r"<!-- exported: (.*) -->")
_NEW = "new"


@dataclass
class Section:
    """One insight as it stands in a file."""

    id: str
    title: str
    line: int
    """Of its heading, from 1."""
    fields: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """What a file says: its insights, and which versions it was written from."""

    name: str
    sections: tuple[Section, ...]
    exported: Mapping[str, str]
    """Versions by id of all insights that were written out, those that were deleted since too."""


def markdown(insights: Iterable[Insight]) -> str:
    """Insights as Markdown."""
    listed = list(insights)
    exported = " ".join(f"{each.id}@{_version(each)}" for each in listed)
    blocks = (_block(each, f"- version: {_version(each)}\n") for each in listed)
    return "\n".join([f"{HINT}<!-- exported: {exported} -->\n", *blocks])


def read_markdown(text: str, name: str) -> Page:
    """Read such a file.

    Args:
        text: What is in it.
        name: The file, for messages.

    Raises:
        InputError: It has another form, and the message names the line; or there is no insight in it.
    """
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    lines = text.split("\n")
    above = takewhile(lambda line: not _HEADING.fullmatch(line), lines)  # the insights, where a text may hold anything
    match = next(filter(None, map(_EXPORTED.fullmatch, above)), None)
    exported = dict(part.rpartition("@")[::2] for part in match[1].split()) if match else {}
    sections = tuple(_sections(lines, name))
    if not sections and match is None:  # an export of which all was deleted, or of nothing, still says what it was
        raise InputError(f"{name}: there is no insight in it; {_FORM}")
    return Page(name, sections, exported)


def put_back(library: Library, page: Page, reason: str = "", *, deletes: bool = False) -> Brought:
    """Put the edits of a file into the library, all of them or none.

    Args:
        library: Where the file was written from.
        page: The file as it is now.
        reason: Why, for the record.
        deletes: Whether insights that were deleted in the file go from the library.

    Raises:
        ConflictError: An insight was changed in the library since the file was written.
        InputError: An insight of the file can't be one; the message names the line.
    """
    with library.store.alone():
        wanted = [each.id for each in page.sections]
        there = {each.insight.id: each for each in library.store.entries([*wanted, *page.exported])}
        after: dict[str, Insight | None] = {}
        for section in page.sections:
            known = there.get(section.id)
            read = _insight(section, known.insight if known else None, page.name)
            if read.id in after:
                raise InputError(f"{page.name}, line {section.line}: the file has {read.id} twice.")
            if known is None or not _is_same(read, known.insight):  # an edit that is there already does no harm
                _require_fresh(section, known.insight if known else None, page.name, library)
            after[read.id] = read
        gone = [name for name in page.exported if name not in after and name in there] if deletes else []
        for name in gone:
            if _version(there[name].insight) != page.exported[name]:
                raise ConflictError(f"{page.name}: {name} was changed in the library since; {_AGAIN}")
        same = tuple(name for name, each in after.items() if name in there and _is_same(each, there[name].insight))
        after = {name: each for name, each in after.items() if name not in set(same)} | dict.fromkeys(gone)
        if not after:
            return Brought(same=same)
        expected = {name: there[name].version if name in there else 0 for name in after}
        event = library.put(after, expected, reason, kind="edit")
    added = tuple(name for name in after if name not in there)
    changed = tuple(name for name, each in after.items() if name in there and each is not None)
    return Brought(added=added, changed=changed, removed=tuple(gone), same=same, event=event)


_FORM = "each begins with a heading `# id: title`, or `# new: title` for one that the library does not have yet."
_AGAIN = "export it again and repeat the edit there."


def _block(insight: Insight, version: str = "") -> str:
    title = " ".join(insight.title.split())
    lines = [f"# {insight.id}: {title}".rstrip(), "", f"{version}- status: {insight.status}", "- labels:"]
    lines += [f"  - {label}" for label in insight.labels]
    for part in ("condition", "explanation"):
        lines += ["", f"## {part.capitalize()}", "", _escaped(getattr(insight, part))]
    if insight.example:
        fence = fence_around(insight.example)
        lines += ["", "## Example", "", fence, insight.example, fence]
    return "\n".join(lines) + "\n"


def _version(insight: Insight) -> str:
    return hashlib.sha256(_block(insight).encode()).hexdigest()[:8]


def _is_same(read: Insight | None, there: Insight) -> bool:
    """Whether a person changed nothing that the file shows."""
    return read is not None and _block(read) == _block(there)


def _require_fresh(section: Section, known: Insight | None, name: str, library: Library) -> None:
    version = section.fields.get("version")
    where = f"{name}, line {section.line}: {section.id}"
    if known is None and version is not None and library.history(section.id):  # another library's is a new one here
        raise ConflictError(f"{where} is not in the library any more; without its line `- version:` it is a new one.")
    if known is not None and version is None:
        raise ConflictError(f"{where} is in the library already; {_AGAIN}")
    if known is not None and version != _version(known):
        raise ConflictError(f"{where} was changed in the library since the file was written; {_AGAIN}")


def _insight(section: Section, known: Insight | None, name: str) -> Insight:
    """What a section says, on top of what the library knows besides."""
    texts = {part: _text(section, part) for part in ("condition", "explanation")}
    try:
        given = {
            "title": section.title,
            "status": section.fields.get("status", "active"),
            "labels": tuple(Label.parse(label) for label in section.labels),
            "example": _example(section, name),
            **texts,
        }
        if known is not None:
            return Insight.model_validate({**known.model_dump(), **given})
        new = insight_id(texts["condition"], texts["explanation"]) if section.id == _NEW else section.id
        return Insight.model_validate({"id": new, "provenance": Provenance(source="written by hand"), **given})
    except ValidationError as error:
        first = error.errors()[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise InputError(f"{name}, line {section.line}: {section.id}: {said}.") from error
    except InputError as error:
        raise InputError(f"{name}, line {section.line}: {section.id}: {error}") from error


def _text(section: Section, part: str) -> str:
    lines = section.parts.get(part, [])
    return "\n".join(line[1:] if line.startswith("\\") and _ESCAPED.match(line) else line for line in lines).strip()


def _example(section: Section, name: str) -> str:
    """What is between the fences; without them all of the section."""
    lines = section.parts.get("example", [])
    marks = [place for place, line in enumerate(lines) if _FENCE.fullmatch(line)]
    if not marks:
        return _text(section, "example")
    fence = re.escape(_fence_of(lines[marks[0]]))
    end = next((place for place in marks[1:] if re.fullmatch(rf"{fence}\s*", lines[place])), None)
    if end is None:
        raise InputError("its example begins with a fence that is never closed.")
    return "\n".join(lines[marks[0] + 1 : end])


def _sections(lines: list[str], name: str) -> Iterator[Section]:
    """The insights of a file, one after another."""
    section: Section | None = None
    part: str | None = None
    fence = ""
    for number, line in enumerate(lines, start=1):
        if fence:
            fence = "" if line.strip() == fence else fence
        elif heading := _HEADING.fullmatch(line):
            if section is not None:
                yield section
            section, part = Section(heading[1], (heading[2] or "").strip(), number), None
            continue
        elif section is not None and (found := _PART.fullmatch(line)):
            part = found[1].lower()
            if part in section.parts:
                raise InputError(f"{name}, line {number}: {section.id} has two sections {found[1]}.")
            section.parts[part] = []
            continue
        elif line.startswith("#"):
            raise InputError(f"{name}, line {number}: {line[:40]!r} is no heading here; {_ESCAPE}")
        elif part == "example" and (opened := _FENCE.fullmatch(line)):
            fence = opened[1]
        if section is not None and part is not None:
            section.parts[part].append(line)
        elif section is not None:
            _read_field(section, line, f"{name}, line {number}")
    if section is not None:
        yield section


_ESCAPE = "headings are `# id: title`, `## Condition`, `## Explanation` and `## Example`, and a text's own # is \\#."


def _read_field(section: Section, line: str, where: str) -> None:
    """A line between an insight's heading and its first section."""
    if not line.strip():
        return
    if item := _ITEM.fullmatch(line):
        section.labels.append(item[1])
    elif found := _FIELD.fullmatch(line):
        section.fields[found[1].lower()] = found[2].strip()
        if found[1].lower() == "labels" and found[2].strip():
            section.labels.append(found[2].strip())
    else:
        raise InputError(f"{where}: {line[:40]!r} is none of `- version:`, `- status:`, `- labels:` and `  - a label`.")


def _escaped(text: str) -> str:
    return "\n".join(f"\\{line}" if _ESCAPED.match(line) else line for line in text.split("\n"))


def fence_around(text: str) -> str:
    """A fence that is nowhere in a text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _fence_of(line: str) -> str:
    match = _FENCE.fullmatch(line)
    return match[1] if match else ""
