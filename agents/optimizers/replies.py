"""Reads what a model answers to a request for new values: JSON from models that keep to a schema, tags from the others.

Reading is all or nothing, and never guesses: a reply that is not in its form is told what is wrong with it. What a
value says stays what it is, protocol words, fences and all; the types of values are `fitting`'s matter.
"""

import json
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.optimizers.search.values import Component, Rejection
from steepest.errors import SteepestError

__all__ = [
    "Said",
    "UnusableReply",
    "changes_schema",
    "json_object",
    "read_json_changes",
    "read_text_changes",
    "tagged",
]

LONGEST = 2_000_000
"""Characters of a reply that is read at all."""
_LONGEST_REASONING = 4000
_SHOWN_ERRORS = 5
_MOST_STARTS = 8
"""Braces in prose before the JSON that are tried as its beginning."""

_FENCE = re.compile(r"^[ \t]*```[\w+-]*[ \t]*\n(.*?)(?:\n[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_OPENING = re.compile(r"^<change\s+name\s*=[ \t]*([^\n]+?)[ \t]*>", re.IGNORECASE | re.MULTILINE)
_INDENTED = re.compile(r"^[ \t]*<change\s+name\s*=[ \t]*([^\n]+?)[ \t]*>", re.IGNORECASE | re.MULTILINE)
_CLOSINGS = (
    re.compile(r"^[ \t]*</change>[ \t\r]*$", re.IGNORECASE | re.MULTILINE),
    re.compile(r"</change>[ \t\r]*$", re.IGNORECASE | re.MULTILINE),
    re.compile(r"</change>", re.IGNORECASE),
)
"""What ends a value, the surest first; of each kind the last one, so that a value may hold the tag itself."""
_NO_CHANGE = re.compile(r"^[ \t]*<no_change\s*/?>(?:[ \t]*</no_change>)?[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_PLACEHOLDER = re.compile(r"\s*\(the whole new value of [^()]*\)\s*", re.IGNORECASE)
"""What stands in the place of a value where the form is shown (prompts/changes_text.md)."""
_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_QUOTED = re.compile(r"\A([\"'`])(.*)\1\Z")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class UnusableReply(SteepestError):
    """A reply can't be used; each rejection says what is wrong, so that it can be told to the model.

    Args:
        rejections: One or more; a text for one about the reply as a whole.
    """

    def __init__(self, rejections: str | Sequence[Rejection]) -> None:
        self.rejections = (Rejection(rejections),) if isinstance(rejections, str) else tuple(rejections)
        super().__init__("; ".join(each.reason for each in self.rejections))


@dataclass(frozen=True, slots=True)
class Said:
    """What a reply says, in its own words."""

    reasoning: str = ""
    no_change: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)
    """By component: a text, or what the JSON had."""


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    value: Any


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reasoning: str = ""
    no_change: bool = False
    changes: list[_Change] = Field(default_factory=list)


def changes_schema(components: Sequence[Component]) -> dict[str, Any]:
    """The JSON schema of a reply that changes some of these components, as strict structured outputs take it."""
    value = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}
    name = {"type": "string", "enum": [each.name for each in components]}
    return _closed(
        reasoning={"type": "string"},
        no_change={"type": "boolean"},
        changes={"type": "array", "items": _closed(name=name, value=value)},
    )


def _closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read_json_changes(text: str, components: Sequence[Component]) -> Said:
    """Read a reply of the JSON form; prose or a fence around the object is forgiven.

    Raises:
        UnusableReply: It is not in that form, or about something else than these components.
    """
    content = json_object(text, keys=("changes", "no_change", "reasoning"))
    try:
        read = _Reply.model_validate(content)
    except ValidationError as error:
        raise UnusableReply(_schema_findings(error)) from error
    return _checked(read.reasoning, read.no_change, [(each.name, each.value) for each in read.changes], components)


def read_text_changes(text: str, components: Sequence[Component]) -> Said:
    """Read a reply of the text form: `<reasoning>`, and `<change name="...">` or `<no_change/>`.

    A tag of the form stands at the beginning of a line. A value goes to the last `</change>` before the next opening
    tag.

    Raises:
        UnusableReply: It is not in that form, or about something else than these components.
    """
    text = _readable(text)
    openings = list(_OPENING.finditer(text)) or list(_INDENTED.finditer(text))
    ends = [each.start() for each in openings[1:]] + [len(text)]
    before = text[: openings[0].start()] if openings else text
    changes, after = [], ""
    for opening, end in zip(openings, ends, strict=False):
        name = _QUOTED.sub(r"\2", opening[1].strip())
        value, after = _enclosed(name, text[opening.end() : end], has_next=end < len(text))
        if not _NO_CHANGE.fullmatch(value):  # "this one stays", said in the place of its value
            changes.append((name, value))
    reasoning = tagged(before, "reasoning") or tagged(after, "reasoning")
    outside = _without(before, "reasoning") + "\n" + _without(after, "reasoning")
    no_change = _NO_CHANGE.search(outside) is not None or len(changes) < len(openings)
    if not changes and not no_change:
        names = ", ".join(each.name for each in components)
        raise UnusableReply(
            'there is no change in the reply: write <change name="..."> on a line of its own, the new value, and '
            f"</change> on a line of its own, for one or more of {names}; or the line <no_change/>"
        )
    is_contrary = bool(_NO_CHANGE.search(outside)) and bool(changes)
    return _checked(reasoning or before, is_contrary or not changes, changes, components)


def json_object(text: str, keys: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON object in a reply, past a fence and prose.

    Args:
        text: The reply.
        keys: The object is one that has one of these, if any are given.

    Raises:
        UnusableReply: There is none.
    """
    text = _readable(text)
    fenced = _FENCE.search(text)
    for candidate in [text, fenced[1]] if fenced else [text]:
        for start in [match.start() for match in re.finditer(r"\{", candidate)][:_MOST_STARTS]:
            try:
                content, _ = _DECODER.raw_decode(candidate, start)
            except (ValueError, RecursionError):
                continue
            if isinstance(content, dict) and (not keys or any(key in content for key in keys)):
                return content
    raise UnusableReply(f"the reply is no JSON that can be used: {_why_not_json(text)}: {_ONE_OBJECT}")


_ONE_OBJECT = "answer with one JSON object and nothing else"


def tagged(text: str, tag: str) -> str:
    """What stands in the first `<tag>` of a reply, without white space around it; empty if there is none, and to the
    end if it is not closed.
    """
    found = re.search(rf"<{tag}>(.*?)(?:</{tag}>|\Z)", text, re.DOTALL | re.IGNORECASE)
    return found[1].strip() if found else ""


def _without(text: str, tag: str) -> str:
    return re.sub(rf"<{tag}>.*?(?:</{tag}>|\Z)", "", text, flags=re.DOTALL | re.IGNORECASE)


def _not_a_number(word: str) -> float:
    raise ValueError(f"JSON has no {word}")


_DECODER = json.JSONDecoder(parse_constant=_not_a_number)


def _why_not_json(text: str) -> str:
    start = text.find("{")
    if start < 0:
        return "there is no object in it"
    try:
        content, _ = _DECODER.raw_decode(text, start)
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return f"from its first brace on, {error}"
    return f"its object has the keys {', '.join(content) or 'of nothing'}"


def _readable(text: str) -> str:
    """A reply without the thoughts before it.

    Raises:
        UnusableReply: It is empty, or too long.
    """
    if len(text) > LONGEST:
        raise UnusableReply(f"the reply has {len(text):,} characters: write at most {LONGEST:,}, and no repetitions")
    text = _THOUGHTS.sub("", text, count=1)
    if not text.strip():
        raise UnusableReply("the reply is empty: answer in the form that was asked for")
    return text


def _enclosed(name: str, rest: str, *, has_next: bool) -> tuple[str, str]:
    """The value that a change opens, and what comes after it.

    Raises:
        UnusableReply: It does not end.
    """
    for closing in _CLOSINGS:
        found = deque(closing.finditer(rest), maxlen=1)
        if found:
            return _body(rest[: found[0].start()]), rest[found[0].end() :]
    if has_next:
        reason = (
            f'the change of {name!r} has no </change> before the next <change name="...">: close each one; if a value '
            "holds such a line itself, begin that line with a space"
        )
    else:
        reason = f"the change of {name!r} has no </change>, so the reply was cut off: write the whole value, shorter"
    raise UnusableReply([Rejection(reason, name)])


def _body(text: str) -> str:
    """A value without the line breaks behind its opening and before its closing tag."""
    text = text.replace("\r\n", "\n")
    return text.removeprefix("\n").removesuffix("\n")


def _checked(
    reasoning: str, no_change: bool, changes: Sequence[tuple[str, Any]], components: Sequence[Component]
) -> Said:
    """What was said, if it makes sense as a whole.

    Raises:
        UnusableReply: It does not.
    """
    known = [each.name for each in components]
    findings: list[Rejection] = []
    seen: dict[str, Any] = {}
    for name, value in changes:
        if name not in known:
            findings.append(Rejection(f"there is no {name!r} to change: there is {', '.join(known)}", name))
        elif isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
            findings.append(Rejection("write the new value itself where the form says (the whole new value ...)", name))
        elif name in seen:
            findings.append(Rejection(f"{name} is changed twice: give its new value once", name))
        seen[name] = value
    if no_change and changes:
        findings.append(Rejection("it says that nothing should change, and changes something: do one or the other"))
    if not no_change and not changes:
        findings.append(Rejection("it changes nothing: give a change, or say so by no_change"))
    if any(_HALF_CHARACTER.search(each) for each in (reasoning, *seen.values()) if isinstance(each, str)):
        findings.append(Rejection("it holds half of a character (a lone surrogate): write whole characters"))
    if findings:
        raise UnusableReply(findings)
    return Said(reasoning.strip()[:_LONGEST_REASONING], no_change, seen)


def _schema_findings(error: ValidationError) -> list[Rejection]:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    found = [
        f"{'.'.join(map(str, detail['loc'])) or 'the answer'}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
        for detail in details[:_SHOWN_ERRORS]
    ]
    more = [f"and {len(details) - _SHOWN_ERRORS:,} more of this kind"] if len(details) > _SHOWN_ERRORS else []
    return [Rejection(each) for each in [*found, *more]]
