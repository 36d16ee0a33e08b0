"""The step that looks for other readings of a solved problem and solves each of them beside it.

It is taken where the run is told to take it: always, or where something shows that the text leaves room, which is an
assumption, a number or a demand of the text that nothing answers to, or a warning. The answer stays that of the
reading that was taken.
"""

from collections.abc import Iterable
from math import isclose

from steepest.agents.modeling.check import doubts
from steepest.agents.modeling.conversation import ask_again
from steepest.agents.modeling.reading.coverage import read_problem
from steepest.agents.modeling.readings.asking import MOST_READINGS, ReadingsReply, read_readings
from steepest.agents.modeling.readings.records import Ambiguity, OtherReading
from steepest.agents.modeling.solve import solved_whole
from steepest.agents.modeling.steps import timed
from steepest.agents.modeling.task import State, Task, settled
from steepest.errors import SteepestError
from steepest.solvers.changes.apply import apply_changes
from steepest.solvers.changes.reading import FORMS, read_changes
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.display import assumptions_of
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["fork", "leaves_room"]

_SAME = 1e-6
"""Relative difference of two best values below which they are the same: the solvers' own tolerance."""


def leaves_room(state: State, task: Task) -> bool:
    """Whether something shows that the problem could be read in another way."""
    formulation = state["formulation"]
    if formulation is None:
        return False
    if assumptions_of(formulation) or doubts(state["diagnostics"]):
        return True
    reading = read_problem(task.problem, formulation, bound=tuple(task.tables))
    return bool(reading.unused or reading.unread)


async def fork(state: State, task: Task) -> State:
    """Ask how else the problem could be read, and solve each other reading."""
    formulation, solution = state["formulation"], state["solution"]
    if formulation is None or solution is None:
        raise ValueError("only a formulation that was solved has other readings")
    task.say("Asking how else the problem could be read")
    reply = await ask_again(task, state, "readings", ReadingsReply, most=MOST_READINGS, forms=list(FORMS))
    told = read_readings(reply, structured=task.model.structured)
    others = await _others(formulation, solution, told.others, task)
    if not others:
        return State(ambiguity=None)
    return State(ambiguity=Ambiguity(question=told.question, assumed=told.assumed, others=tuple(others)))


async def _others(
    formulation: Formulation, solution: Solution, readings: Iterable[tuple[str, str]], task: Task
) -> list[OtherReading]:
    """Each reading that is one, with its answer."""
    try:
        whole = await settled(task.whole(formulation))
    except SteepestError as error:
        task.say(f"Other readings could not be solved: {error}")
        return []
    others = []
    for words, changes in readings:
        task.say(f"Solving another reading: {words}")
        other = await _other(whole, solution, words, changes, task)
        if other is not None:
            others.append(other)
    return others


async def _other(whole: Formulation, solution: Solution, words: str, changes: str, task: Task) -> OtherReading | None:
    """The reading with its answer; None where its changes are none of this formulation, which has its data in it."""
    try:
        changed = apply_changes(whole, read_changes(changes))
        check_formulation(changed).raise_errors()
        with timed(task.steps, "solve") as step:
            answer = await solved_whole(changed, task)
            step.finding = f"another reading: {answer.status}"
    except SteepestError as error:
        task.say(f"That reading could not be solved: {error}")
        return None
    return OtherReading(
        words=words,
        changes=changes,
        formulation=changed,
        solution=answer,
        is_different=_differs(solution, answer),
    )


def _differs(one: Solution, other: Solution) -> bool:
    """Whether the best values differ; several plans may be as good as each other, so plans are not compared."""
    if one.objective is None or other.objective is None:
        return one.status != other.status
    return not isclose(one.objective, other.objective, rel_tol=_SAME, abs_tol=_SAME)
