"""The step before the first where there is an experience library: what it has for the problem."""

from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recalled import Recall, told
from steepest.agents.llm.transcripts import Transcribed, Transcript
from steepest.agents.modeling.answer import UsedInsight
from steepest.agents.modeling.steps import timed
from steepest.agents.modeling.task import State, Task


async def recall(state: State, task: Task) -> State:
    """Find the insights for the problem."""
    if task.recaller is None:
        raise ValueError("there is no library to ask")
    task.say("Looking for experience with such problems")
    calls = Transcript()
    model = Transcribed(task.asked("recall"), calls, "recall")
    with timed(task.steps, "recall") as step:
        found = await task.recaller.recall(Query(task.problem), model)
        count = len(found.insights)
        step.finding = f"{count or 'no'} insight{'' if count == 1 else 's'}"
        if len(calls):
            totals = calls.totals()
            step.input_tokens, step.output_tokens, step.cost = totals.input_tokens, totals.output_tokens, totals.cost
    return State(recall=found)


def told_insights(found: Recall | None) -> str:
    """The insights as the model reads them; empty where there are none."""
    if found is None or not found.insights:
        return ""
    return "\n\n".join(told(entry.insight) for entry in found.insights)


def used_insights(found: Recall | None, cited: frozenset[str]) -> list[UsedInsight]:
    """The insights that were in the prompt, and which of them the model says that it used."""
    entries = found.insights if found is not None else ()
    reasons = found.reasons if found is not None else {}
    return [
        UsedInsight(
            id=each.insight.id,
            title=each.insight.title or each.insight.condition,
            reason=reasons.get(each.insight.id, ""),
            cited=each.insight.id in cited,
        )
        for each in entries
    ]
