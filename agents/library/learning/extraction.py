"""From a formulation that went wrong and one that is right to insights: what would have prevented the mistake.

AlphaOPT's extractor (arXiv 2510.18428, section 3.2).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.library.drafts import drafts, first_error, is_none, spoken
from steepest.agents.library.fingerprints import fingerprint
from steepest.agents.library.insights import Insight, Provenance, insight_id
from steepest.agents.library.labels import Definition, LabelText, Taxonomy
from steepest.agents.library.learning.attempts import TaskAttempt
from steepest.agents.library.retrieval.choosing import as_data
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.prompts import OutputForm, RenderedPrompt, load_prompt
from steepest.solvers.formulation import Formulation

__all__ = ["Extracted", "extract", "shown", "verdict_of"]

_MOST = 2
"""Insights from one failure: more are seldom independent, and each costs its proof."""
_MAX_TOKENS: Mapping[OutputForm, int] = {"text": 700, "json": 8_000}
_LONGEST_CONDITION, _LONGEST_EXPLANATION, _LONGEST_EXAMPLE = 700, 1200, 900
_SHOWN = 8_000
"""Characters of a formulation or program that are shown."""
_FIELDS = {"title": "title", "label": "labels", "when": "condition", "what": "explanation", "example": "example"}
"""By what the text form calls them."""
_WORDS = {field: word for word, field in _FIELDS.items()}


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: str = Field(max_length=200)
    labels: list[LabelText] = Field(min_length=1, max_length=4)
    condition: str = Field(min_length=20, max_length=_LONGEST_CONDITION)
    explanation: str = Field(min_length=20, max_length=_LONGEST_EXPLANATION)
    example: str = Field(default="", max_length=_LONGEST_EXAMPLE)


class _NewLabel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: LabelText
    definition: str = ""


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    insights: list[_Draft]
    definitions: list[_NewLabel] = Field(default_factory=list)


@dataclass(frozen=True)
class Extracted:
    """What a failure taught."""

    insights: tuple[Insight, ...] = ()
    """Candidates: none is proven."""
    definitions: tuple[Definition, ...] = ()
    """Of labels that are new."""
    refusals: tuple[str, ...] = ()
    """Why replies could not be used."""


async def extract(
    failed: TaskAttempt, right: Formulation | str, taxonomy: Taxonomy, model: ChatModel, *, sample: int = 0
) -> Extracted:
    """Ask what would have prevented a mistake.

    Args:
        failed: The attempt that was not solved.
        right: A formulation or program that is right.
        taxonomy: The labels to choose from.
        model: Whom to ask; best a stronger one than the one that failed.
        sample: Tells repeated questions apart.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    form: OutputForm = "json" if model.structured else "text"
    prompt = load_prompt(f"extract_{form}").render(
        problem=as_data(failed.task.text),
        failed=as_data(shown(failed.formulation)),
        verdict=as_data(verdict_of(failed)),
        right=as_data(shown(right)),
        labels=[as_data(f"{each.label}: {each.definition}".rstrip(": ")) for each in taxonomy.offered],
        most=_MOST,
    )

    def read(text: str) -> _Reply:
        said = _read_json(text) if form == "json" else _read_text(text)
        _require_own_words(said, prompt)
        _require_known_tracks(said, taxonomy)
        return said

    schema = strict_schema(_Reply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=sample, schema=schema, max_tokens=_MAX_TOKENS[form])
    said = asked.value or _Reply(insights=[])
    features = fingerprint(right) if isinstance(right, Formulation) else ()
    origin = Provenance(
        tasks=(failed.task.id,),
        model=model.name,
        prompt=f"{prompt.name}@{prompt.version}",
        source=_source(failed),
    )
    return Extracted(
        tuple(_insight(draft, taxonomy, features, origin) for draft in said.insights[:_MOST]),
        tuple(Definition(label=each.label, definition=each.definition) for each in said.definitions),
        tuple(rejection.reason for rejection in asked.rejections),
    )


def verdict_of(attempt: TaskAttempt) -> str:
    """What came of an attempt, with the right value where it is known."""
    answer = attempt.answer
    if answer.is_solved and answer.solution is not None and answer.solution.objective is not None:
        text = f"it is solved, and its best value is {answer.solution.objective:g}"
    else:
        errors = [item.message for item in answer.diagnostics if item.severity == "error"]
        reason = answer.solution.message if answer.solution is not None else "; ".join(errors[:3])
        text = f"{answer.outcome.replace('_', ' ')}: {reason}".rstrip(": ")
    if attempt.task.answer is None:
        return text
    return f"{text}; the right value is {attempt.task.answer:g}"


def _insight(draft: _Draft, taxonomy: Taxonomy, features: tuple[str, ...], origin: Provenance) -> Insight:
    return Insight(
        id=insight_id(draft.condition, draft.explanation),
        title=draft.title,
        labels=tuple(taxonomy.settled(label) for label in draft.labels),
        condition=draft.condition,
        explanation=draft.explanation,
        example=draft.example,
        fingerprint=features,
        provenance=origin,
    )


def _source(failed: TaskAttempt) -> str:
    task = failed.task
    return f"{task.source} ({task.licence})" if task.source and task.licence else task.source


def shown(model: Formulation | str | None) -> str:
    """A formulation or program as a teacher sees it."""
    if model is None:
        return "(none: no reply could be read as a formulation)"
    return (model.to_text() if isinstance(model, Formulation) else model)[:_SHOWN]


def _require_own_words(said: _Reply, prompt: RenderedPrompt) -> None:
    """A small model may give back the example of the prompt, which says nothing about this problem."""
    asked = "\n".join(turn.content for turn in prompt.turns)
    if any(draft.explanation in asked for draft in said.insights):
        raise UnusableReply("it repeats what was shown: write what the last problem's own mistake teaches, or none")


def _require_known_tracks(said: _Reply, taxonomy: Taxonomy) -> None:
    """A new label stands under a track and a level 1 that there are, so that the dictionary does not scatter."""
    known = {(each.label.track.casefold(), each.label.level1.casefold()) for each in taxonomy.definitions.values()}
    if not known:
        return
    for draft in said.insights:
        for label in draft.labels:
            if taxonomy.find(label) is None and (label.track.casefold(), label.level1.casefold()) not in known:
                raise UnusableReply(f"{label} is under no track and level 1 of the list: use one of the labels there")


def _read_json(text: str) -> _Reply:
    try:
        return _Reply.model_validate(json_object(text, ("insights",)))
    except ValidationError as error:
        raise UnusableReply(first_error(error)) from error


def _read_text(text: str) -> _Reply:
    text = spoken(text)
    found = [_named(draft) for draft in drafts(text, tuple(_FIELDS))]
    if not found and is_none(text):
        return _Reply(insights=[])
    if not found:
        raise UnusableReply("it is not in the form that was asked for: title, label, when, what, example, a line each")
    try:
        return _Reply.model_validate({"insights": found})
    except ValidationError as error:
        raise UnusableReply(first_error(error, _WORDS)) from error


def _named(draft: Mapping[str, str]) -> dict[str, str | list[str]]:
    """A draft under the names of its fields."""
    return {_FIELDS[word]: _labels(content) if word == "label" else content for word, content in draft.items()}


def _labels(content: str) -> list[str]:
    parts = (part.strip(" -*`\t") for part in re.split(r"[\n;]", content))
    return [part.partition(":")[0] for part in parts if part]
