"""What changed between two values: texts word by word, code and long lists line by line, anything else as a whole."""

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, unified_diff
from itertools import groupby
from typing import Any, Literal, NamedTuple, TypeAlias

__all__ = ["Change", "Segment", "changes_of", "shown", "unified"]

Sign: TypeAlias = Literal["=", "-", "+"]
_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
"""A word or a sign, with the blanks behind it."""
_MOST_WORDS = 6_000
"""Beyond so many words on both sides together, a text is compared by lines alone."""
_CONTEXT = 3
_LONGEST = 60_000
"""Characters of a value that a report shows."""


class Segment(NamedTuple):
    """A piece that both have (`=`), that is gone (`-`), or that is new (`+`)."""

    sign: Sign
    text: str


class Change(NamedTuple):
    """What became of a component."""

    component: str
    form: Literal["words", "lines", "value"]
    """How `segments` are to be shown: as running text, a line each, or as two values."""
    segments: list[Segment]


def changes_of(component: str, kind: str, before: Any, after: Any) -> Change:
    """The difference of two values of a component.

    Args:
        component: Its name.
        kind: As `Component.kind`; what is no text is told by the values themselves.
        before: The value that was.
        after: The value that is.
    """
    old, new = shown(before), shown(after)
    if kind == "code":
        return Change(component, "lines", list(_by_lines(old, new)))
    if isinstance(after, str) and kind not in ("choice", "integer", "float", "boolean"):
        return Change(component, "words", list(_joined(_by_words(old, new))))
    if "\n" in old or "\n" in new:
        return Change(component, "lines", list(_by_lines(old, new)))
    return Change(component, "value", [Segment("-", old), Segment("+", new)])


def unified(before: str, after: str, name: str, context: int = _CONTEXT) -> str:
    """A unified diff of two texts, empty if they are equal."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lines = unified_diff(old, new, f"a/{name}", f"b/{name}", n=context)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def shown(value: Any) -> str:
    """A value as a report shows it: a text as it is, anything else as JSON, both cut where they are very long."""
    if isinstance(value, str):
        text = value
    else:
        compact = json.dumps(value, ensure_ascii=False, default=str)
        text = compact if len(compact) <= 100 else json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n[cut: {len(text) - _LONGEST:,} more characters]"


def _by_lines(old: str, new: str) -> Iterator[Segment]:
    """A segment a line, without the line's end."""
    for sign, lines in _compared(old.splitlines(), new.splitlines()):
        yield from (Segment(sign, line) for line in lines)


def _by_words(old: str, new: str) -> Iterator[Segment]:
    """First by lines, then by words within what was replaced: texts of many lines are compared in little time."""
    pairs = _blocks(old.splitlines(keepends=True), new.splitlines(keepends=True))
    for same, before, after in pairs:
        if same:
            yield Segment("=", "".join(before))
            continue
        words = _WORDS.findall("".join(before)), _WORDS.findall("".join(after))
        if len(words[0]) + len(words[1]) > _MOST_WORDS:
            yield Segment("-", "".join(before))
            yield Segment("+", "".join(after))
            continue
        yield from (Segment(sign, "".join(part)) for sign, part in _compared(*words))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sign, Sequence[str]]]:
    for same, before, after in _blocks(old, new):
        if same:
            yield "=", before
            continue
        if before:
            yield "-", before
        if after:
            yield "+", after


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Runs that are the same in both, and pairs of runs that are not; what both begin and end with is found at once."""
    start = _same(zip(old, new, strict=False))
    rest = min(len(old), len(new)) - start
    end = min(_same(zip(reversed(old), reversed(new), strict=False)), rest)
    if start:
        yield True, old[:start], new[:start]
    one, other = old[start : len(old) - end], new[start : len(new) - end]
    if one and other:
        for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            yield tag == "equal", one[a:b], other[c:d]
    elif one or other:
        yield False, one, other
    if end:
        yield True, old[len(old) - end :], new[len(new) - end :]


def _same(pairs: Iterator[tuple[str, str]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _joined(segments: Iterator[Segment]) -> Iterator[Segment]:
    for sign, group in groupby(segments, key=lambda each: each.sign):
        yield Segment(sign, "".join(each.text for each in group))
