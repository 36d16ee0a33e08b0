"""What a model proposes to merge: groups of insights that say the same, and one text in the place of each.

In AlphaOPT's released code a merge takes away all insights that were looked at, and stores a text without labels. Here
a group takes away exactly the ids that it names, and what it takes over from them is not the model's to say.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.library.drafts import drafts, first_error, is_none, says_something, spoken
from steepest.agents.library.insights import Insight, Provenance, insight_id
from steepest.agents.library.retrieval.choosing import as_data
from steepest.agents.library.retrieval.recalled import told
from steepest.agents.library.revisions import united
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.prompts import OutputForm, RenderedPrompt, load_prompt

__all__ = ["Proposal", "Proposed", "propose"]

_MAX_TOKENS: Mapping[OutputForm, int] = {"text": 900, "json": 8_000}
_LONGEST_CONDITION, _LONGEST_EXPLANATION, _LONGEST_EXAMPLE = 900, 1_400, 900
"""Characters; a little more than those of an insight that was learned."""
_FIELDS = {"id": "ids", "title": "title", "when": "condition", "what": "explanation", "example": "example"}
"""By what the text form calls them."""
_WORDS = {field: word for word, field in _FIELDS.items()}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    ids: list[str] = Field(min_length=2)
    title: str = Field(max_length=200)
    condition: str = Field(min_length=20, max_length=_LONGEST_CONDITION)
    explanation: str = Field(min_length=20, max_length=_LONGEST_EXPLANATION)
    example: str = Field(default="", max_length=_LONGEST_EXAMPLE)


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    groups: list[_Group]


@dataclass(frozen=True)
class Proposal:
    """One insight in the place of several."""

    parts: tuple[Insight, ...]
    merged: Insight
    """With the labels, tasks and features of all parts."""


@dataclass(frozen=True)
class Proposed:
    """What a model proposes."""

    proposals: tuple[Proposal, ...] = ()
    refusals: tuple[str, ...] = ()
    """Why replies could not be used."""
    is_answered: bool = True
    """Whether one could be used, if only to say that no two say the same."""


async def propose(insights: Sequence[Insight], model: ChatModel, *, sample: int = 0) -> Proposed:
    """Ask which insights say the same.

    Args:
        insights: Two or more that may.
        model: Whom to ask.
        sample: Tells repeated questions apart.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    form = form_of(model)
    prompt = load_prompt(f"merge_{form}").render(insights="\n\n".join(as_data(told(each)) for each in insights))
    known = {each.id: each for each in insights}

    def read(text: str) -> _Reply:
        said = _read_json(text) if form == "json" else _read_text(text)
        _require_groups(said, known)
        _require_own_words(said, prompt)
        return said

    schema = strict_schema(_Reply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=sample, schema=schema, max_tokens=_MAX_TOKENS[form])
    origin = Provenance(model=model.name, prompt=f"{prompt.name}@{prompt.version}")
    groups = asked.value.groups if asked.value is not None else []
    proposals = tuple(_proposal(group, [known[name] for name in group.ids], origin) for group in groups)
    refusals = tuple(rejection.reason for rejection in asked.rejections)
    return Proposed(proposals, refusals, is_answered=asked.value is not None)


def _proposal(group: _Group, parts: Sequence[Insight], origin: Provenance) -> Proposal:
    merged = Insight(
        id=insight_id(group.condition, group.explanation),
        title=group.title,
        labels=parts[0].labels,
        condition=group.condition,
        explanation=group.explanation,
        example=group.example,
        status="active",
        provenance=origin,
    )
    return Proposal(tuple(parts), united(merged, parts))


def _require_groups(said: _Reply, known: Mapping[str, Insight]) -> None:
    """Groups of ids that were shown, each in one group, with words.

    Raises:
        UnusableReply: They are not that.
    """
    seen: set[str] = set()
    for group in said.groups:
        unknown = [name for name in group.ids if name not in known]
        if unknown:
            raise UnusableReply(f"there is no {unknown[0]} in the list: copy the ids in brackets, such as {min(known)}")
        if len(set(group.ids)) < 2 or len(set(group.ids)) < len(group.ids):
            raise UnusableReply("a group names two or more different ids, each once")
        if not seen.isdisjoint(group.ids):
            raise UnusableReply("an id is in two groups: put it into one, or unite them")
        if not (says_something(group.condition) and says_something(group.explanation)):
            raise UnusableReply("a group without words: write when it applies, and what to do")
        seen.update(group.ids)


def _require_own_words(said: _Reply, prompt: RenderedPrompt) -> None:
    """A small model may give back the example of the prompt."""
    examples = "\n".join(turn.content for turn in prompt.turns[:-1])
    if any(group.explanation in examples for group in said.groups):
        raise UnusableReply("it repeats the example: answer for the last list, or none")


def _read_json(text: str) -> _Reply:
    try:
        return _Reply.model_validate(json_object(text, ("groups",)))
    except ValidationError as error:
        raise UnusableReply(first_error(error)) from error


def _read_text(text: str) -> _Reply:
    text = spoken(text)
    found = [{_FIELDS[word]: content for word, content in draft.items()} for draft in drafts(text, tuple(_FIELDS))]
    if not found and is_none(text):
        return _Reply(groups=[])
    if not found:
        raise UnusableReply("it is not in the form that was asked for: ids, title, when, what, example, a line each")
    try:
        return _Reply.model_validate({"groups": [{**each, "ids": _ids(each.get("ids", ""))} for each in found]})
    except ValidationError as error:
        raise UnusableReply(first_error(error, _WORDS)) from error


def _ids(content: str) -> list[str]:
    words = (word.strip(".-") for word in _ID.findall(content))
    return [word for word in words if word and word.lower() != "and"]
