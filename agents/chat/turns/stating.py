"""A problem is stated, told differently, or completed by the answer to a question: the modeling agent answers it."""

from collections.abc import Awaitable, Callable

from steepest.agents.chat.events import Answered, Version
from steepest.agents.chat.intents import Problem, Reply, Revise
from steepest.agents.chat.work import Work
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.problems import answer_problem
from steepest.solvers.solution import Solution

__all__ = ["reply", "revise", "state"]


async def state(intent: Problem, work: Work) -> None:
    """Formulate a problem, solve it and answer."""
    await _answered(intent.text, work)


async def reply(intent: Reply, work: Work) -> None:
    """Go on with the problem that the agent asked about, with the person's answer in it."""
    asked = work.conversation.question
    before = asked.problem if asked is not None else ""
    await _answered(f"{before}\n\n{intent.text}".strip(), work)


async def revise(intent: Revise, work: Work) -> None:
    """Formulate the problem anew, with what the person has added."""
    await _answered(f"{work.version.problem}\n\n{intent.text}", work, parent=work.version.number)


async def _answered(problem: str, work: Work, parent: int | None = None) -> None:
    def apart(solve: Callable[[], Solution]) -> Awaitable[Solution]:
        return work.in_thread(solve)

    answer = await answer_problem(
        problem,
        work.model,
        tables=work.tables,
        folder=work.means.folder,
        options=work.means.options,
        max_repairs=work.means.repairs,
        on_progress=work.say,
        control=work.control,
        recaller=work.means.recaller,
        apart=apart,
    )
    work.keep(Answered(version=_version(answer, max(work.conversation.versions, default=0) + 1, parent)))


def _version(answer: Answer, number: int, parent: int | None) -> Version:
    return Version(
        number=number,
        parent=parent,
        problem=answer.problem,
        outcome=answer.outcome,
        formulation=answer.formulation,
        solution=answer.solution,
        explanation=answer.explanation,
        diagnostics=tuple(answer.diagnostics),
        assumptions=tuple(answer.assumptions),
        missing=tuple(answer.missing),
        insights=tuple(answer.insights),
        steps=tuple(answer.steps),
        model=answer.model,
    )
