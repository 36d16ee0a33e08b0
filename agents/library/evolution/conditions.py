"""New conditions for an insight: what tasks say about the present one, and five ways to say it in the condition."""

import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from steepest.agents.library.drafts import is_none, read_json, spoken
from steepest.agents.library.evolution.evidence import Role
from steepest.agents.library.insights import Insight
from steepest.agents.library.retrieval.choosing import as_data
from steepest.agents.library.retrieval.recalled import told
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.replies import UnusableReply
from steepest.prompts import OutputForm, RenderedPrompt, load_prompt

__all__ = ["find_clause", "find_conditions"]

_CLAUSE_TOKENS: Mapping[OutputForm, int] = {"text": 150, "json": 2_000}
_CONDITIONS_TOKENS: Mapping[OutputForm, int] = {"text": 900, "json": 6_000}
_MOST = 5
_SHORTEST, _LONGEST_CLAUSE = 20, 400
"""Characters."""
_FINDINGS: Mapping[Role, str] = {
    "negative": "The insight was found for this problem and misled. Why does it not apply here?",
    "unretrieved": "The insight was not found for this problem, which is solved with it. Why does it apply here?",
    "positive": "The insight was found for this problem and helped. Why does it apply here?",
}
_BEGINNINGS: Mapping[Role, str] = {
    "negative": "Does not apply when",
    "unretrieved": "Also applies when",
    "positive": "Applies when",
}
_NUMBERED = re.compile(r"^[ \t*]*(\d)[ \t*]*[.):][ \t*]*(\S.*)$", re.MULTILINE)


class _Clause(BaseModel):
    model_config = ConfigDict(extra="forbid")

    clause: str


class _Conditions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    conditions: list[str]


async def find_clause(insight: Insight, task: LibraryTask, role: Role, model: ChatModel, *, sample: int = 0) -> str:
    """Ask what the condition of an insight lacks, as one task shows it.

    Args:
        insight: Whose condition it is.
        task: That shows it.
        role: Of the insight for the task.
        model: Whom to ask.
        sample: Tells repeated questions apart.

    Returns:
        One sentence; empty if no reply could be used.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    form = form_of(model)
    prompt = load_prompt(f"clause_{form}").render(
        problem=as_data(task.text),
        insight=as_data(told(insight)),
        finding=_FINDINGS[role],
        begins=_BEGINNINGS[role],
    )

    def read(text: str) -> str:
        said = " ".join((read_json(_Clause, text, "clause").clause if form == "json" else spoken(text)).split())
        if is_none(said) or not _SHORTEST <= len(said) <= _LONGEST_CLAUSE:
            raise UnusableReply(f"one sentence of {_SHORTEST} to {_LONGEST_CLAUSE} characters is wanted")
        return _in_own_words(said, prompt)

    schema = strict_schema(_Clause.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=sample, schema=schema, max_tokens=_CLAUSE_TOKENS[form])
    return asked.value or ""


async def find_conditions(
    insight: Insight, clauses: Sequence[str], longest: int, model: ChatModel, *, sample: int = 0
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ask for conditions in the place of the present one, each by another strategy.

    Args:
        insight: Whose condition it is.
        clauses: What tasks say about it.
        longest: The most characters of a condition; a longer one is refused.
        model: Whom to ask.
        sample: Tells repeated questions apart.

    Returns:
        At most five conditions, and why others, or whole replies, could not be used.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    form = form_of(model)
    prompt = load_prompt(f"conditions_{form}").render(
        condition=as_data(insight.condition),
        teaches=as_data(insight.explanation),
        clauses=[as_data(each) for each in clauses],
        most=longest,
    )
    refusals: list[str] = []

    def read(text: str) -> tuple[str, ...]:
        said = read_json(_Conditions, text, "conditions").conditions if form == "json" else _numbered(spoken(text))
        new = [" ".join(each.split()) for each in dict.fromkeys(said[:_MOST])]
        reasons = [_unusable(each, insight, longest, prompt) for each in new]
        usable = tuple(each for each, reason in zip(new, reasons, strict=True) if not reason)
        if not usable:
            raise UnusableReply(next(filter(None, reasons), "no condition is in it: write five, a line each"))
        refusals.extend(filter(None, reasons))
        return usable

    schema = strict_schema(_Conditions.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=sample, schema=schema, max_tokens=_CONDITIONS_TOKENS[form])
    return asked.value or (), (*(each.reason for each in asked.rejections), *refusals)


def _unusable(condition: str, insight: Insight, longest: int, prompt: RenderedPrompt) -> str:
    """Why a condition can't be used; empty if it can."""
    if len(condition) > longest:
        return f"a condition has {len(condition)} characters, more than {longest}"
    if len(condition) < _SHORTEST:
        return f"{condition!r} is too short to be a condition"
    if condition == " ".join(insight.condition.split()):
        return "a condition is the present one: write another"
    return "a condition repeats what was shown" if condition in _shown_in(prompt) else ""


def _in_own_words(said: str, prompt: RenderedPrompt) -> str:
    """A small model may give back the example of the prompt."""
    if said in _shown_in(prompt):
        raise UnusableReply("it repeats what was shown: write what the last problem says")
    return said


def _shown_in(prompt: RenderedPrompt) -> str:
    return "\n".join(turn.content for turn in prompt.turns)


def _numbered(text: str) -> list[str]:
    return [match[2].strip(" \t*") for match in _NUMBERED.finditer(text)]
