"""From a model's reply to a formulation, or to diagnostics that tell the model what is wrong with its reply."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.llm.chat import ChatReply, StopReason
from steepest.solvers.checks.symbols import declared_elements
from steepest.solvers.diagnostics import Diagnostic, Diagnostics
from steepest.solvers.formulation import Formulation
from steepest.solvers.text.constraint_names import with_names_of_their_own
from steepest.solvers.text.reader import read_formulation

MAX_FINDINGS = 20
"""Schema errors that are told at once: the first ones are the ones that explain the others."""

_NOT_A_PROBLEM = re.compile(r"^\W*NOT AN OPTIMI[SZ]ATION PROBLEM\b[\s:.,*-]*(.*)$", re.IGNORECASE | re.MULTILINE)
_CONFIRMED = re.compile(r"^\W*REALLY\b[\s:.,*-]*(.*)$", re.MULTILINE)
_CITED = re.compile(r"^[ \t]*#[ \t]*insights[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_INSIGHT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_FENCE = re.compile(r"```\w*[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)
_MAX_STARTS = 8  # braces in prose before the JSON that are tried as its beginning

_STOPPED: dict[StopReason, tuple[str, str, str]] = {
    "refusal": ("model-refused", "the model refused to answer", "put the problem in other words, or ask another model"),
    "length": ("reply-cut-off", "the reply was cut off before its end", "answer with the formulation alone, shorter"),
    "context": ("reply-cut-off", "the model's context window was full before the reply's end", "shorten the problem"),
    "other": ("reply-cut-off", "the reply ended early for a reason of the provider's", "try again"),
}


class FormulationReply(BaseModel):
    """The JSON that a model answers with to a problem told in words."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["formulation", "not_a_problem"]
    reason: str = Field(default="", description="for not_a_problem: why")
    formulation: Formulation | None = None


class ExperiencedReply(FormulationReply):
    """The same, from a model that was given insights."""

    insights: list[str] = Field(default_factory=list, description="ids of the insights that were used")


class ExaminedReply(BaseModel):
    """The JSON that a model answers with when asked whether its formulation misreads the problem."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["formulation", "confirmed"]
    reason: str = Field(default="", description="what was misread, or why the problem itself has no answer")
    formulation: Formulation | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a reply proposes: a formulation, or a statement in its place, or neither, and then errors say why."""

    formulation: Formulation | None = None
    statement: str | None = None
    """Why there is no formulation: the text is no problem, or, on examination, the verdict stands."""
    diagnostics: tuple[Diagnostic, ...] = ()
    cited: tuple[str, ...] = ()
    """Ids of the insights that it says it used."""


def read_reply(reply: ChatReply, *, structured: bool, examined: bool = False) -> Proposal:
    """Read a reply.

    Args:
        reply: The reply.
        structured: Whether JSON was asked for rather than the five-element text.
        examined: Whether the model was asked about a verdict (it may confirm it) rather than to formulate.
    """
    if reply.stop != "end":
        code, message, repair = _STOPPED[reply.stop]
        return _failed(code, message, repair)
    if not reply.text.strip():
        return _failed("empty-reply", "the reply is empty", "answer with the whole formulation")
    if structured:
        return _read_json(reply.text, ExaminedReply if examined else FormulationReply)
    cited = tuple(name for line in _CITED.findall(reply.text) for name in _INSIGHT.findall(line))
    text = _CITED.sub("", reply.text) if cited else reply.text  # an empty line: places of findings stay right
    return replace(_read_text(text, _CONFIRMED if examined else _NOT_A_PROBLEM), cited=cited)


def _failed(code: str, message: str, repair: str) -> Proposal:
    return Proposal(diagnostics=(Diagnostic(code=code, severity="error", message=message, repair=repair),))


def _read_text(text: str, statement: re.Pattern[str]) -> Proposal:
    said = statement.search(text)
    if said is not None and not text[: said.start()].strip():
        return Proposal(statement=said[1].strip() or "no reason was given")
    reading = read_formulation(text)
    diagnostics = tuple(reading.diagnostics)
    if reading.formulation is None and said is not None:
        return Proposal(statement=said[1].strip() or "no reason was given")
    if reading.formulation is None and not any(item.severity == "error" for item in diagnostics):
        return _failed("no-formulation", "there is no formulation in the reply", "answer with the formulation alone")
    return Proposal(formulation=reading.formulation, diagnostics=diagnostics)


def _read_json(text: str, answer: type[FormulationReply] | type[ExaminedReply]) -> Proposal:
    try:
        content = json_in(text)
    except ValueError as error:
        return _failed("not-json", f"the reply is no JSON: {error}", "answer with one JSON object and nothing else")
    cited = content.pop("insights", None)  # a model that was given insights names those it used in repairs, too
    try:
        read = answer.model_validate(content)
    except ValidationError as error:
        return Proposal(diagnostics=_schema_findings(error, content))
    if read.kind != "formulation":
        return Proposal(statement=read.reason.strip() or "no reason was given")
    if read.formulation is None:
        return _failed("no-formulation", 'kind is "formulation", but there is none', "put it in `formulation`")
    notes = Diagnostics()
    taken = frozenset(element.name for element in declared_elements(read.formulation))
    constraints = with_names_of_their_own(read.formulation.constraints, taken, notes)
    formulation = read.formulation.model_copy(update={"constraints": constraints})
    used = tuple(name for name in cited if isinstance(name, str)) if isinstance(cited, list) else ()
    return Proposal(formulation=formulation, diagnostics=tuple(notes), cited=used)


def json_in(text: str) -> dict[str, Any]:
    """The JSON object in a reply, past a fence and prose.

    Raises:
        ValueError: There is none; told is why the whole text is none.
    """
    fenced = _FENCE.search(text)
    candidates = [fenced[1], text] if fenced else [text]
    for candidate in candidates:
        starts = [match.start() for match in re.finditer(r"\{", candidate)][:_MAX_STARTS]
        for start in starts:
            try:
                content, _ = json.JSONDecoder().raw_decode(candidate, start)
            except (ValueError, RecursionError):
                continue
            if isinstance(content, dict) and ("kind" in content or start == starts[0]):
                return content
    try:
        json.loads(text[text.find("{") :] if "{" in text else text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    raise ValueError("there is no JSON object in it")


def _schema_findings(error: ValidationError, content: dict[str, Any]) -> tuple[Diagnostic, ...]:
    details = error.errors(include_url=False, include_context=False)
    findings = [
        Diagnostic(
            code="reply-schema",
            severity="error",
            message=_message(detail["msg"]),
            element=_element_path(detail["loc"], content),
        )
        for detail in details[:MAX_FINDINGS]
    ]
    if len(details) > MAX_FINDINGS:
        more = f"and {len(details) - MAX_FINDINGS} more of this kind"
        findings.append(Diagnostic(code="reply-schema", severity="error", message=more))
    return tuple(findings)


def _message(text: str) -> str:
    text = text.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _element_path(location: Sequence[str | int], content: Any) -> str | None:
    """Where in the reply, with the names of elements beside their numbers: `parameters[2] (flour).unit`."""
    path = ""
    for part in location:
        if isinstance(part, str):
            path += f".{part}" if path else part
            content = content.get(part) if isinstance(content, dict) else None
            continue
        content = content[part] if isinstance(content, list) and part < len(content) else None
        name = content.get("name") if isinstance(content, dict) else None
        path += f"[{part}]" + (f" ({name})" if isinstance(name, str) else "")
    return path.removeprefix("formulation.") or None
