"""A problem is stated, told differently, or completed by the answer to a question: the modeling agent answers it."""

from steepest.agents.chat.events import Answered, Asked, StepTaken, Version
from steepest.agents.chat.intents import Change, Problem, Reply, Revise
from steepest.agents.chat.turns.changing import change
from steepest.agents.chat.understanding import chosen
from steepest.agents.chat.work import Work
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.checkpoints.places import Checkpoints
from steepest.agents.modeling.problems import answer_problem
from steepest.agents.modeling.readings.questions import question_of
from steepest.errors import InputError

__all__ = ["reply", "revise", "state"]


async def state(intent: Problem, work: Work) -> None:
    """Formulate a problem, solve it and answer."""
    await _answered(intent.text, work)


async def reply(intent: Reply, work: Work) -> None:
    """Go on with what the person answered: an option's changes, or else the problem with the answer in it."""
    asked = work.conversation.answering
    if asked is None:
        raise InputError("nothing was asked.")
    at = chosen(intent.text, asked)
    if at is None or not asked.changes:
        words = asked.options[at] if at is not None else intent.text
        await _answered("\n\n".join(filter(None, [asked.problem, f"{asked.question} {words}"])), work)
    elif asked.changes[at]:
        await change(Change(changes=asked.changes[at]), work)
    else:
        work.tell(f"Then the answer stands: {asked.options[at]}.", "answer")


async def revise(intent: Revise, work: Work) -> None:
    """Formulate the problem anew, with what the person has added."""
    await _answered(f"{work.version.problem}\n\n{intent.text}", work, parent=work.version.number)


async def _answered(problem: str, work: Work, parent: int | None = None) -> None:
    means = work.means
    answer = await answer_problem(
        problem,
        work.model,
        tables=work.tables,
        folder=means.folder,
        options=means.options,
        max_repairs=means.repairs,
        on_progress=work.say,
        control=work.control,
        recaller=means.recaller,
        apart=work.in_thread,
        readings=means.readings,
        checkpoints=_checkpoints(work),
        on_step=lambda step: work.signal(StepTaken(step=step)),
        samples=means.samples,
        sure_at=means.sure_at,
    )
    if _says_nothing(answer) and work.conversation.has_formulation:
        work.tell(f"{answer.explanation}\n\nThe problem that was told before stays.", "trouble")
        return
    work.keep(Answered(version=_version(answer, max(work.conversation.versions, default=0) + 1, parent)))
    question = question_of(answer)
    if question is not None:
        work.keep(Asked(question=question.text, options=question.options, changes=question.changes, problem=problem))


def _checkpoints(work: Work) -> Checkpoints | None:
    """Where the work is kept: with what the conversation is deleted with."""
    place = work.means.checkpoints
    return Checkpoints(place, work.run, group=work.session) if place is not None else None


def _says_nothing(answer: Answer) -> bool:
    """Whether there is nothing that could be talked about: the text is no problem, or nothing was made of it."""
    return answer.outcome == "not_a_problem" or answer.formulation is None


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
        reading=answer.reading,
        insights=tuple(answer.insights),
        agreement=answer.agreement,
        steps=tuple(answer.steps),
        model=answer.model,
    )
