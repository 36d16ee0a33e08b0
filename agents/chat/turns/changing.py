"""The formulation is changed: what changes is shown, it is solved again, and compared with the version before."""

from steepest.agents.chat.events import Answered, Compared, Version
from steepest.agents.chat.intents import Change
from steepest.agents.chat.work import Work
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.conclude import outcome_of
from steepest.agents.modeling.explain import explain
from steepest.agents.modeling.task import solver_for
from steepest.solvers.changes.scenarios import as_scenario, changed_by
from steepest.solvers.display import assumptions_of
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["change", "solved_version"]


async def change(intent: Change, work: Work) -> None:
    """Apply changes, solve, compare."""
    before = work.version
    scenario = as_scenario(intent.changes)
    whole = await work.whole()
    changed = changed_by(scenario, whole)
    version = await solved_version(changed, work, changes=tuple(map(str, scenario.changes)))
    work.keep(Answered(version=version))
    work.keep(Compared(numbers=(before.number, version.number)))


async def solved_version(formulation: Formulation, work: Work, changes: tuple[str, ...]) -> Version:
    """The next version: a formulation that no model was asked for, solved and explained.

    Args:
        formulation: The formulation, with its data in it.
        work: The turn.
        changes: What makes it differ from the current version.
    """
    before = work.version
    start = before.solution if before.solution is not None and before.solution.variables else None
    solve = solver_for({}, work.means.folder, work.means.options, work.say, work.control, start)
    work.say("Solving")
    solution = await work.in_thread(lambda: solve(formulation))
    answer = _answer(before, formulation, solution)
    return Version(
        number=max(work.conversation.versions) + 1,
        parent=before.number,
        problem=before.problem,
        changes=changes,
        outcome=answer.outcome,
        formulation=formulation,
        solution=answer.solution,
        explanation=answer.explanation,
        assumptions=tuple(answer.assumptions),
        model=before.model,
    )


def _answer(before: Version, formulation: Formulation, solution: Solution) -> Answer:
    answer = Answer(
        problem=before.problem,
        outcome=outcome_of(solution),
        formulation=formulation,
        solution=solution,
        assumptions=assumptions_of(formulation),
        model=before.model,
    )
    answer.explanation = explain(answer, solution.message)
    return answer
