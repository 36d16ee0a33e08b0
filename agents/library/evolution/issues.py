"""Why a formulation went wrong: its independent root causes, told by a model that sees a right one."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.library.drafts import drafts, first_error, is_none, read_json, spoken
from steepest.agents.library.evolution.diagnoses import Issue
from steepest.agents.library.learning.attempts import TaskAttempt
from steepest.agents.library.learning.extraction import shown, verdict_of
from steepest.agents.library.retrieval.choosing import as_data
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.replies import UnusableReply
from steepest.prompts import OutputForm, load_prompt
from steepest.solvers.formulation import Formulation

__all__ = ["find_issues"]

_MOST = 4
_MAX_TOKENS: Mapping[OutputForm, int] = {"text": 400, "json": 4_000}
_LONGEST = 600
"""Characters of an issue, and of its evidence; what is longer tells a story."""
_FIELDS = ("issue", "evidence")


class _Issue(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    issue: str = Field(min_length=5, max_length=_LONGEST)
    evidence: str = Field(default="", max_length=_LONGEST)


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    issues: list[_Issue]


async def find_issues(
    failed: TaskAttempt, right: Formulation | str, model: ChatModel, *, sample: int = 0
) -> tuple[tuple[Issue, ...], tuple[str, ...]]:
    """Ask why an attempt went wrong.

    Args:
        failed: The attempt.
        right: A formulation or program that is right.
        model: Whom to ask.
        sample: Tells repeated questions apart.

    Returns:
        The issues, the gravest first, and why replies could not be used.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    form = form_of(model)
    prompt = load_prompt(f"diagnose_{form}").render(
        problem=as_data(failed.task.text),
        failed=as_data(shown(failed.formulation)),
        verdict=as_data(verdict_of(failed)),
        right=as_data(shown(right)),
        most=_MOST,
    )
    shown_before = "\n".join(turn.content for turn in prompt.turns)

    def read(text: str) -> _Reply:
        said = read_json(_Reply, text, "issues") if form == "json" else _read_text(text)
        if any(each.issue in shown_before for each in said.issues):
            raise UnusableReply("it repeats what was shown: write what went wrong with the last problem, or none")
        return said

    schema = strict_schema(_Reply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=sample, schema=schema, max_tokens=_MAX_TOKENS[form])
    said = asked.value.issues[:_MOST] if asked.value is not None else []
    refusals = tuple(rejection.reason for rejection in asked.rejections)
    return tuple(Issue(issue=each.issue, evidence=each.evidence) for each in said), refusals


def _read_text(text: str) -> _Reply:
    text = spoken(text)
    found = list(drafts(text, _FIELDS))
    if not found and not is_none(text):
        raise UnusableReply("it is not in the form that was asked for: issue, evidence, a line each")
    try:
        return _Reply.model_validate({"issues": found})
    except ValidationError as error:
        raise UnusableReply(first_error(error)) from error
