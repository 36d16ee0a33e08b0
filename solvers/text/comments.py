"""The structured comment behind an element: `# [unit] "quote" "quote" prose`.

The unit comes first, then passages of the user's text in quotation marks (where the element came from), then prose.
Reading forgives the units that people and models write without brackets (`# kg`, `# $/item: "a profit of $3"`).
"""

import re
from dataclasses import dataclass

_BARE_UNIT = re.compile(r"(?:[$€£¥₹%]|[^\W\d_][\w$^]*|1)(?: ?[/*·^] ?(?:[$€£¥₹]|\w+\^?\w*)){0,6}\Z")
_MAX_UNIT = 40
_NO_UNITS = frozenset(
    {"assumed", "assumption", "assume", "derived", "free", "given", "label", "labels", "note", "optional", "ordered"}
    | {"see", "cyclic", "missing", "unknown", "goal", "position", "mixed", "data", "input"}
    | {"binary", "integer", "real", "continuous"}
)
"""Single words that say something else than a unit."""


@dataclass(frozen=True, slots=True)
class Comment:
    """The parts of a comment."""

    unit: str | None = None
    quotes: tuple[str, ...] = ()
    note: str = ""
    has_bare_unit: bool = False
    """The unit stood without brackets."""


def read_comment(text: str) -> Comment:
    """The parts of a comment's text, which comes without its `#`."""
    rest = text.strip()
    unit, bare = None, False
    if rest.startswith("[") and "]" in rest:
        inside, _, rest = rest[1:].partition("]")
        unit = " ".join(inside.split()) or None
    else:
        unit, rest = _bare_unit(rest)
        bare = unit is not None
    quotes, rest = _quotes(rest)
    return Comment(unit, quotes, _prose(rest), bare)


def write_comment(unit: str | None, quotes: list[str], note: str, *, with_unit: bool = True) -> str:
    """The comment with its `#`, or nothing if there is nothing to say.

    Args:
        unit: The unit, without brackets.
        quotes: Passages of the user's text.
        note: Prose.
        with_unit: Whether this kind of element has a unit; if so, prose that would be taken for one is set apart.
    """
    parts = [f"[{unit}]"] if unit else []
    parts += [f'"{quote}"' for quote in quotes]
    if note:
        parts.append(note)
    text = " ".join(parts)
    if with_unit and note and not unit and not quotes and read_comment(text).note != note:
        text = f"[] {note}"
    return f"# {text}" if text else ""


def _bare_unit(text: str) -> tuple[str | None, str]:
    """The unit in front of `: "quote"` or alone in the comment, and what stands behind it."""
    if text.startswith(":"):
        return None, text[1:]
    prose = _prose(text)
    if prose and _looks_like_unit(prose):
        return prose, ""
    head, separator, _ = text[: _MAX_UNIT + 1].partition('"')
    before = head.rstrip()
    if separator and before.endswith((":", ",")) and _looks_like_unit(before[:-1].rstrip(), words=True):
        return before[:-1].rstrip(), text[len(head) :]
    if separator and before and _looks_like_unit(before):
        return before, text[len(head) :]
    return None, text


def _looks_like_unit(text: str, *, words: bool = False) -> bool:
    if len(text) > _MAX_UNIT or text.lower() in _NO_UNITS:
        return False
    if words:
        text = text.replace(" ", "_")
    return _BARE_UNIT.match(text) is not None


def _quotes(text: str) -> tuple[tuple[str, ...], str]:
    """The leading quotes of a text, and the rest."""
    found: list[str] = []
    rest = text.lstrip(" ,;:")
    while rest[:1] in ('"', "“"):
        quote, closing, after = rest[1:].partition("”" if rest[0] == "“" else '"')
        if not closing:
            break
        found.append(" ".join(quote.split()))
        rest = after.lstrip(" ,;:")
    return tuple(found), rest


def _prose(text: str) -> str:
    """What is said to people; what stands behind `##` is a writer's remark about the notation."""
    before, remark, _ = text.partition("##")
    prose = before if remark or not text.startswith("#") else ""
    return " ".join(prose.split()).replace('"', "'").lstrip("#,;: ")
