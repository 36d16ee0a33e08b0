"""From a group of insights to a skill, written by a model; which groups still lack one."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.library.drafts import drafts, first_error, says_something, spoken
from steepest.agents.library.insights import Insight
from steepest.agents.library.retrieval.choosing import as_data
from steepest.agents.library.retrieval.recalled import told
from steepest.agents.library.skills.skill import LONGEST_NAME, MOST_LINES, Skill, sources_of
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.prompts import OutputForm, RenderedPrompt, load_prompt

__all__ = ["Distilled", "Group", "distill", "grouped"]

_MAX_TOKENS: Mapping[OutputForm, int] = {"text": 900, "json": 8_000}
_LONGEST_LINE = 600
_FIELDS = ("name", "when", "workflow", "pitfall")
_LISTS = {"workflow": "workflow", "pitfall": "pitfalls"}
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]+")
_NO_LETTER = re.compile(r"[^a-z0-9]+")


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=2, max_length=200)
    when: str = Field(min_length=20, max_length=1_000)
    workflow: list[str] = Field(min_length=1, max_length=MOST_LINES)
    pitfalls: list[str] = Field(default_factory=list, max_length=MOST_LINES)


@dataclass(frozen=True)
class Group:
    """Insights that belong together, and the skill that was made of them before."""

    insights: tuple[Insight, ...]
    skill: Skill | None = None

    @property
    def is_current(self) -> bool:
        """Whether the skill is of just these insights as they are."""
        return self.skill is not None and self.skill.insights == sources_of(self.insights)


@dataclass(frozen=True)
class Distilled:
    """What a model wrote."""

    skill: Skill | None = None
    refusals: tuple[str, ...] = ()
    """Why replies could not be used."""


def grouped(clusters: Sequence[Sequence[Insight]], skills: Sequence[Skill]) -> list[Group]:
    """Each cluster with the skill that has the most insights of it, each skill once."""
    shared = [
        (-len(skill.insights.keys() & {each.id for each in cluster}), place, skill.name, skill)
        for place, cluster in enumerate(clusters)
        for skill in skills
    ]
    found: dict[int, Skill] = {}
    for count, place, _, skill in sorted(shared, key=lambda each: each[:3]):
        if count and place not in found and skill not in found.values():
            found[place] = skill
    return [Group(tuple(cluster), found.get(place)) for place, cluster in enumerate(clusters)]


async def distill(group: Group, model: ChatModel, *, taken: Collection[str] = (), sample: int = 0) -> Distilled:
    """Ask for a skill.

    Args:
        group: What it is to say; a skill that there is keeps its name.
        model: Whom to ask.
        taken: Names of other skills.
        sample: Tells repeated questions apart.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    form = form_of(model)
    listed = "\n\n".join(as_data(told(each)) for each in group.insights)
    prompt = load_prompt(f"skill_{form}").render(insights=listed)

    def read(text: str) -> Skill:
        said = _read_json(text) if form == "json" else _read_text(text)
        _require_own_words(said, prompt)
        return _skill(said, group, model, prompt, taken)

    schema = strict_schema(_Reply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=sample, schema=schema, max_tokens=_MAX_TOKENS[form])
    return Distilled(asked.value, tuple(rejection.reason for rejection in asked.rejections))


def _skill(said: _Reply, group: Group, model: ChatModel, prompt: RenderedPrompt, taken: Collection[str]) -> Skill:
    labels = {label.key: label for each in group.insights for label in each.labels}
    return Skill(
        name=group.skill.name if group.skill is not None else _free_name(said.name, taken),
        when=said.when,
        workflow=tuple(said.workflow),
        pitfalls=tuple(said.pitfalls),
        labels=tuple(labels.values()),
        insights=sources_of(group.insights),
        model=model.name,
        prompt=f"{prompt.name}@{prompt.version}",
    )


def _free_name(said: str, taken: Collection[str]) -> str:
    """A name for a folder that no other skill has.

    Raises:
        UnusableReply: There is no letter in it.
    """
    name = _NO_LETTER.sub("-", said.casefold())[: LONGEST_NAME - 4].strip("-")
    if not name:
        raise UnusableReply("name: write two to five small words joined by hyphens, such as shares-of-totals")
    numbers = range(2, len(taken) + 3)
    return next(each for each in (name, *(f"{name}-{number}" for number in numbers)) if each not in taken)


def _require_own_words(said: _Reply, prompt: RenderedPrompt) -> None:
    """A small model may give back the example of the prompt."""
    examples = "\n".join(turn.content for turn in prompt.turns[:-1])
    if said.when in examples:
        raise UnusableReply("it repeats the example: write a guide for the last list")


def _read_json(text: str) -> _Reply:
    try:
        return _checked(_Reply.model_validate(json_object(text, ("workflow",))))
    except ValidationError as error:
        raise UnusableReply(first_error(error)) from error


def _read_text(text: str) -> _Reply:
    found = next(drafts(spoken(text), _FIELDS), None)
    if found is None:
        raise UnusableReply("it is not in the form that was asked for: name, when, workflow, pitfalls")
    said: dict[str, str | list[str]] = {word: found[word] for word in ("name", "when") if word in found}
    said |= {word: _lines(found[field]) for field, word in _LISTS.items() if field in found}
    try:
        return _checked(_Reply.model_validate(said))
    except ValidationError as error:
        raise UnusableReply(first_error(error)) from error


def _checked(said: _Reply) -> _Reply:
    """What was said, if all of it says something and no line is too long.

    Raises:
        UnusableReply: One does not, or is.
    """
    if not says_something(said.when):
        raise UnusableReply("when: it is empty, write when to use the guide")
    for line in (*said.workflow, *said.pitfalls):
        if not says_something(line) or len(line) > _LONGEST_LINE:
            raise UnusableReply(f"workflow, pitfalls: each is a sentence or two, at most {_LONGEST_LINE} characters")
    return said


def _lines(content: str) -> list[str]:
    """The items of a list; a line without a mark goes on with the item before it."""
    items: list[str] = []
    for line in content.splitlines():
        text = _LIST_MARK.sub("", line).strip()
        if text and (_LIST_MARK.match(line) or not items):
            items.append(text)
        elif text:
            items[-1] = f"{items[-1]} {text}"
    return items
