"""What a model is asked on the way to insights: which labels fit a problem, and which insights apply to it.

AlphaOPT's "quick match" and "full check" (arXiv 2510.18428, section 3.3). A reply that can't be used is asked for once
more; then there are no labels, and the best candidates are kept (`recall`), never all of them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.library.labels import Label, Taxonomy
from steepest.agents.library.retrieval.candidates import Candidate
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.errors import InputError
from steepest.prompts import OutputForm, load_prompt

__all__ = ["applicable", "fitting_labels"]

_MAX_TOKENS: Mapping[OutputForm, int] = {"text": 400, "json": 4_000}
_REPAIRS = 1
_NONE = re.compile(r"^\W*none\b", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(r"^[\s*`\[-]*([A-Za-z0-9][A-Za-z0-9_.-]{0,63})[\]*`]*[ \t]*(?:[:–—-][ \t]*(.*))?$", re.MULTILINE)
"""An id with its reason, as a list or in bold; some models leave the reason out."""
_TAG = re.compile(
    r"<(?=\s*/?\s*(?:problem|insights?|labels|failed|verdict|right|attempts|issues|condition|teaches|clauses)\b)",
    re.IGNORECASE,
)


Reply = TypeVar("Reply", bound=BaseModel)


class _Applicable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    reason: str


class _ApplicableReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    applicable: list[_Applicable]


class _LabelsReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    labels: list[str]


async def fitting_labels(problem: str, taxonomy: Taxonomy, model: ChatModel) -> tuple[Label, ...]:
    """The labels of the dictionary that fit a problem, as a model says; none if its replies can't be used.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    offered = taxonomy.offered
    if not offered:
        return ()
    form = _form(model)
    lines = [_in_one_line(f"{each.label}: {each.definition or each.condition}").rstrip(": ") for each in offered]
    prompt = load_prompt(f"labels_{form}").render(problem=as_data(problem), labels=[as_data(line) for line in lines])

    def read(text: str) -> tuple[Label, ...]:
        said = _labels_said(text, form)
        found = [taxonomy.find(label) for label in said]
        if said and not any(found):
            raise UnusableReply("none of these labels is in the list: copy them word for word, up to the colon")
        return tuple(dict.fromkeys(each.label for each in found if each is not None))

    schema = strict_schema(_LabelsReply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=0, schema=schema, max_tokens=_MAX_TOKENS[form], repairs=_REPAIRS)
    return asked.value or ()


async def applicable(problem: str, candidates: Sequence[Candidate], model: ChatModel) -> dict[str, str] | None:
    """Which candidates apply to a problem, as a model says: reasons by id, the most important first.

    The model sees what each is about and when it applies, not what it teaches: what helps to choose, and no more.

    Returns:
        None if its replies can't be used.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    form = _form(model)
    lines = [as_data(_described(each)) for each in candidates]
    prompt = load_prompt(f"applies_{form}").render(problem=as_data(problem), insights=lines)
    known = {each.entry.insight.id for each in candidates}

    def read(text: str) -> dict[str, str]:
        said = _reasons_said(text, form)
        found = {name: reason for name, reason in said.items() if name in known}
        if not found and (said if form == "json" else not _NONE.search(text)):
            raise UnusableReply("it names none of the ids in the list: answer with those, or that none applies")
        return found

    schema = strict_schema(_ApplicableReply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=0, schema=schema, max_tokens=_MAX_TOKENS[form], repairs=_REPAIRS)
    return asked.value


def as_data(text: str) -> str:
    """A text that can't end the block it stands in."""
    return _TAG.sub("‹", text)


def _form(model: ChatModel) -> OutputForm:
    return "json" if model.structured else "text"


def _described(candidate: Candidate) -> str:
    insight = candidate.entry.insight
    title = f"{insight.title}: " if insight.title else ""
    return _in_one_line(f"{insight.id}: {title}{insight.condition}")


def _in_one_line(text: str) -> str:
    """So that a text with line ends can't pass for another entry of the list."""
    return " ".join(text.split())


def _labels_said(text: str, form: OutputForm) -> list[Label]:
    if form == "json":
        names = _read(_LabelsReply, text).labels
    else:
        names = [line.strip(" -*\t").partition(":")[0] for line in text.splitlines() if ">" in line]
        if not names and not _NONE.search(text):
            raise UnusableReply("it names no label: copy those that fit word for word, or answer: none")
    found: list[Label] = []
    for name in names:
        try:
            found.append(Label.parse(name))
        except InputError as error:
            raise UnusableReply(str(error)) from error
    return found


def _reasons_said(text: str, form: OutputForm) -> dict[str, str]:
    if form == "json":
        return {each.id: each.reason for each in _read(_ApplicableReply, text).applicable}
    return {match[1]: (match[2] or "").strip() for match in _LINE.finditer(text)}


def _read(kind: type[Reply], text: str) -> Reply:
    try:
        return kind.model_validate(json_object(text))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the reply"
        raise UnusableReply(f"{place}: {first['msg']}") from error
