"""What a model says about a source: that it should stay, edits of it, or another one in its place."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.optimizers.code.edits import Edit, EditError, apply_edits, has_edits, read_edits, with_newlines
from steepest.agents.optimizers.code.evolve_blocks import require_inside
from steepest.agents.optimizers.code.rewrites import read_rewrite
from steepest.agents.optimizers.replies import UnusableReply, json_object, tagged
from steepest.prompts import OutputForm

__all__ = ["Answer", "answer_schema", "changed_source", "read_answer"]

_NO_CHANGE = re.compile(r"^[ \t]*<no_change\s*/?>(?:[ \t]*</no_change>)?[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_REASONING = re.compile(r"\s*<reasoning>.*?</reasoning>", re.DOTALL | re.IGNORECASE)
_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
_LONGEST_REASONING = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, read and not yet judged."""

    reasoning: str = ""
    no_change: bool = False
    edits: tuple[Edit, ...] = ()
    source: str | None = None
    """A whole source; None if there are edits."""


class _JsonEdit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    search: str
    replace: str


class _JsonAnswer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reasoning: str = ""
    no_change: bool = False
    edits: list[_JsonEdit] = []
    code: str = ""


def answer_schema(*, whole: bool) -> dict[str, Any]:
    """The JSON schema of a reply with edits, or with a whole source."""
    text = {"type": "string"}
    if whole:
        return _closed(reasoning=text, no_change={"type": "boolean"}, code=text)
    edits = {"type": "array", "items": _closed(search=text, replace=text)}
    return _closed(reasoning=text, no_change={"type": "boolean"}, edits=edits)


def read_answer(reply: str, form: OutputForm) -> Answer:
    """Read a reply. One that has edits where a whole source was asked for, or the other way round, is taken as it is.

    Raises:
        SteepestError: It is none; the message says what is missing.
    """
    return _READERS[form](reply)


def changed_source(present: str, answer: Answer) -> str:
    """The source that an answer makes of the present one.

    Raises:
        SteepestError: It does not fit the present one, changes what may not change, or changes nothing.
    """
    if answer.source is None:
        made = apply_edits(present, answer.edits)
    else:
        made = with_newlines(answer.source.strip("\r\n") + present[len(present.rstrip("\r\n")) :], present)
    if made == present:
        raise EditError("that is the present code: change something, or say that nothing should change")
    require_inside(present, made)
    return made


def _read_text(reply: str) -> Answer:
    reply = _THOUGHTS.sub("", reply, count=1)
    reasoning = tagged(reply, "reasoning")[:_LONGEST_REASONING]
    rest = _REASONING.sub("", reply, count=1)
    if has_edits(rest):
        return Answer(reasoning, edits=read_edits(rest))
    if _NO_CHANGE.search(rest) and "```" not in rest:
        return Answer(reasoning, no_change=True)
    try:
        return Answer(reasoning, source=read_rewrite(rest))
    except EditError as error:
        if "```" in rest:
            raise
        raise EditError(
            "there are neither edits nor a whole program nor <no_change/> in the reply: answer in the form asked for"
        ) from error


def _read_json(reply: str) -> Answer:
    content = json_object(reply, keys=("edits", "code", "no_change", "reasoning"))
    try:
        said = _JsonAnswer.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5])
        raise UnusableReply(f"the JSON object is not as asked for: {wrong}") from error
    reasoning = said.reasoning[:_LONGEST_REASONING]
    if said.no_change and not said.edits and not said.code:
        return Answer(reasoning, no_change=True)
    if said.no_change:
        raise UnusableReply("`no_change` is true and there is a change, too: say one of them")
    if said.edits and said.code.strip():
        raise UnusableReply("there are both edits and a whole program: give one of them")
    if not said.edits and not said.code.strip():
        raise UnusableReply("there is no change in the object, and `no_change` is not true: give one of them")
    if said.code.strip():
        return Answer(reasoning, source=read_rewrite(said.code) if "```" in said.code else said.code)
    return Answer(reasoning, edits=tuple(Edit(_lines(each.search), _lines(each.replace)) for each in said.edits))


def _lines(text: str) -> tuple[str, ...]:
    """The lines of a section; a newline at its end ends the last one and does not begin another."""
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    return () if lines == [""] and not text else tuple(lines)


def _closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_READERS: dict[OutputForm, Callable[[str], Answer]] = {"text": _read_text, "json": _read_json}
