"""The formulation is changed: what changes is shown, it is solved again, and compared with the version before."""

from steepest.agents.chat.applying import changed, scenario_of, waits_for_data
from steepest.agents.chat.events import Answered, Asked, Compared, StepTaken, Version
from steepest.agents.chat.intents import Change
from steepest.agents.chat.turns.sources import changed_by_person, reading_after, without_old_words
from steepest.agents.chat.work import Work
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.conclude import outcome_of
from steepest.agents.modeling.explain import explain
from steepest.agents.modeling.reading.coverage import Reading
from steepest.agents.modeling.steps import Step, timed
from steepest.agents.modeling.task import solver_for
from steepest.solvers.changes.scenarios import Scenario
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.display import assumptions_of, with_unit
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["change", "show_next", "solved_version"]

_UNNAMED = "magic-number"
"""Code of a number without a name: what a person changes by hand needs none."""


async def change(intent: Change, work: Work) -> None:
    """Apply changes, solve, compare; changes to what is there already make no version."""
    whole = await work.whole()
    scenario, now = await work.means.read(lambda: _after(intent.changes, whole))
    if now is None:
        work.tell(f"{scenario.name} is how it is already: nothing changes", "help")
    else:
        await show_next(now, work, changes=tuple(map(str, scenario.changes)))


def _after(changes: str, whole: Formulation) -> tuple[Scenario, Formulation | None]:
    """What changes are, and the formulation with them; None where they change nothing."""
    scenario = scenario_of(changes, whole)
    raw = changed(scenario, whole)
    return scenario, without_old_words(whole, raw, scenario.changes) if raw != whole else None


async def show_next(formulation: Formulation, work: Work, changes: tuple[str, ...]) -> None:
    """Go on to the next version, compare it with the one before, and ask for data that it still waits for.

    Args:
        formulation: The formulation, with its data in it.
        work: The turn.
        changes: What makes it differ from the current version, if there is one.
    """
    before = work.conversation.current
    version = await solved_version(formulation, work, changes)
    work.keep(Answered(version=version))
    if before is not None and before.solution is not None and version.solution is not None:
        work.keep(Compared(numbers=(before.number, version.number)))
    if version.missing:
        work.keep(Asked(question=f"{version.missing[0]} is not known yet. What is it?", problem=version.problem))


async def solved_version(formulation: Formulation, work: Work, changes: tuple[str, ...]) -> Version:
    """The next version: a formulation that no model was asked for, solved and explained.

    Args:
        formulation: The formulation, with its data in it.
        work: The turn.
        changes: What makes it differ from the current version, if there is one.
    """
    before, steps = work.conversation.current, list[Step]()
    solution = await _solved(formulation, work, steps)
    answer = await work.in_thread(lambda: _answer(before, formulation, solution, work, changes))
    return Version(
        number=max(work.conversation.versions, default=0) + 1,
        parent=before.number if before is not None else None,
        problem=answer.problem,
        changes=changes,
        outcome=answer.outcome,
        formulation=formulation,
        solution=answer.solution,
        explanation=answer.explanation,
        diagnostics=tuple(answer.diagnostics),
        assumptions=tuple(answer.assumptions),
        missing=tuple(answer.missing),
        reading=answer.reading,
        steps=tuple(steps),
        model=answer.model,
    )


async def _solved(formulation: Formulation, work: Work, steps: list[Step]) -> Solution | None:
    """The solution; None where data are missing."""
    last = work.conversation.current
    start = last.solution if last is not None and last.solution is not None and last.solution.variables else None
    solve = solver_for({}, work.means.folder, work.means.options, work.say, work.control, start)
    work.say("Solving")
    with timed(steps, "solve") as step:
        try:
            solution = await work.in_thread(lambda: solve(formulation))
        except FormulationError as error:
            if not waits_for_data(error):
                raise
            return None
        step.finding = solution.status
    work.signal(StepTaken(step=step))
    return solution


def _missing(formulation: Formulation) -> list[str]:
    """The parameters without data, each with its unit and what it means."""
    missing = [each for each in formulation.parameters if each.missing]
    return [": ".join(filter(None, [with_unit(each.name, each.unit), each.note])) for each in missing]


def _reading(before: Version | None, formulation: Formulation, work: Work) -> Reading:
    if before is None or not before.model:  # the formulation was given, and no words that it was made from
        return Reading()
    return reading_after(before, formulation, work.own_tables)


def _answer(
    before: Version | None,
    formulation: Formulation,
    solution: Solution | None,
    work: Work,
    changes: tuple[str, ...],
) -> Answer:
    answer = Answer(
        problem=before.problem if before is not None else formulation.title,
        outcome=outcome_of(solution) if solution is not None else "missing_data",
        formulation=formulation,
        solution=solution,
        assumptions=assumptions_of(formulation),
        missing=_missing(formulation) if solution is None else [],
        reading=_reading(before, formulation, work),
        diagnostics=[each for each in check_formulation(formulation) if each.code != _UNNAMED],
        model=before.model if before is not None else "",
    )
    answer.explanation = explain(
        answer,
        solution.message if solution is not None else "",
        is_grounded=False,
        changed=changed_by_person(changes, before, work.conversation),
    )
    return answer
