"""What each insight in a prompt did to a formulation that went wrong, as a model judges it."""

import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from steepest.agents.library.drafts import read_json, spoken
from steepest.agents.library.evolution.diagnoses import Issue, Judged, Verdict
from steepest.agents.library.learning.attempts import TaskAttempt
from steepest.agents.library.learning.extraction import shown
from steepest.agents.library.retrieval.choosing import as_data
from steepest.agents.library.retrieval.recalled import told
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.replies import UnusableReply
from steepest.prompts import OutputForm, load_prompt

__all__ = ["judge_insights"]

_MAX_TOKENS: Mapping[OutputForm, int] = {"text": 400, "json": 4_000}
_LINE = re.compile(
    r"^[ \t*`\[-]*([A-Za-z0-9][A-Za-z0-9_.-]{0,63})[\]*`]*[ \t]*[:–—-][ \t*]*"
    r"(positive|invalid|negative|irrelevant)\b[ \t*:,.–—-]*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)


_UNSAID = Judged(verdict="irrelevant", reason="the model says nothing of it")


class _JudgedInsight(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    verdict: Verdict
    reason: str


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    judged: list[_JudgedInsight]


async def judge_insights(
    failed: TaskAttempt, issues: Sequence[Issue], model: ChatModel, *, sample: int = 0
) -> dict[str, Judged]:
    """Ask what the insights did that were in the prompt of an attempt.

    Args:
        failed: The attempt.
        issues: Why it went wrong.
        model: Whom to ask.
        sample: Tells repeated questions apart.

    Returns:
        What is said of each; what the model leaves out is irrelevant to it. Empty if no reply could be used.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    form = form_of(model)
    prompt = load_prompt(f"judge_insights_{form}").render(
        problem=as_data(failed.task.text),
        failed=as_data(shown(failed.formulation)),
        issues=[as_data(" ".join(each.issue.split())) for each in issues],
        insights=as_data("\n\n".join(told(each) for each in failed.entries)),
    )

    def read(text: str) -> dict[str, Judged]:
        said = _read_json(text) if form == "json" else _read_text(text)
        if said.keys().isdisjoint(failed.used):
            raise UnusableReply(f"it judges none of the insights: answer for {', '.join(failed.used)}")
        return {name: said.get(name, _UNSAID) for name in failed.used}

    schema = strict_schema(_Reply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=sample, schema=schema, max_tokens=_MAX_TOKENS[form])
    return asked.value or {}


def _read_json(text: str) -> dict[str, Judged]:
    said = read_json(_Reply, text, "judged").judged
    return {each.id: Judged(verdict=each.verdict, reason=each.reason) for each in said}


def _read_text(text: str) -> dict[str, Judged]:
    found = _LINE.finditer(spoken(text))
    return {each[1]: Judged.model_validate({"verdict": each[2].lower(), "reason": each[3].strip()}) for each in found}
