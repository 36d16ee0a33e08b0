"""Where a kept run goes on: at the step before which it was cut short or, with other data, where it first solved."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from steepest.agents.modeling.checkpoints.answered import Answered, answered_in
from steepest.agents.modeling.checkpoints.sources import have_changed
from steepest.agents.modeling.task import State, Task

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    Graph = CompiledStateGraph[State, Task, State, State]

__all__ = ["Resumed", "resumed"]


@dataclass(frozen=True, slots=True)
class Resumed:
    """How to go on with a run."""

    begin: State | None
    """None to go on where it was cut short, and a state to begin it."""
    settings: Any
    """Name the run, and the state in it to go on from."""
    task: Task


async def resumed(graph: "Graph", settings: Any, task: Task, known: State) -> Resumed:
    """How to go on with a kept run; the task and what is known get what it did before.

    A run that was solved with other data than those of now is solved again: what the model answered before is not asked
    again, and nothing of the old answer is left.

    Args:
        graph: With what keeps the run.
        settings: Name the run.
        task: The task.
        known: Filled with what is kept.
    """
    kept = await graph.aget_state(settings)
    if await _is_outdated(cast(State, kept.values), task):
        task.say("Solving again: the kept answer is not known to be that of the data as they are now")
        settings = await _before_the_first_solve(graph, settings, kept)
        kept = await graph.aget_state(settings)
    elif kept.tasks and kept.values:
        where = f"before: {kept.next[0]}" if kept.next else f"after: {kept.tasks[0].name}"
        task.say(f"Going on where the run was cut short, {where}")
    state = cast(State, kept.values)
    known.update(state)
    task.steps.extend(state.get("steps", ()))
    task.sources.update(state.get("sources", {}))
    calls = state.get("calls", ())
    for transcript in (task.calls, task.transcript):
        transcript.extend(calls)
    if state.get("answered"):
        task = replace(task, model=Answered(task.model, state["answered"], calls))
    # Not `next`: killed after a step has said its last and before that is a state, a run has nothing next and goes on.
    return Resumed(None if state and kept.tasks else State(), settings, task)


async def _is_outdated(state: State, task: Task) -> bool:
    """Whether the run was solved with data that are not known to be those of now."""
    if not any(step.name == "solve" for step in state.get("steps", ())):
        return False
    return "sources" not in state or await have_changed(state["sources"], task)


async def _before_the_first_solve(graph: "Graph", settings: Any, kept: "StateSnapshot") -> Any:
    """Have the run go on with the check before its first solve, with the answers to all that it ever asked.

    What is returned names that state itself, and not the newest one of the run: where several machines share a
    database, their clocks decide which one that is.
    """
    history = [each async for each in graph.aget_state_history(settings)]
    history.reverse()  # the oldest first
    first = next(place for place, each in enumerate(history) if "solve" in each.next)
    check = next(each for each in reversed(history[:first]) if "check" in each.next)
    answered = answered_in(cast(State, each.values) for each in [*history, kept])
    # As if said by a step on which a check follows: LangGraph notes with it what comes next.
    forked = await graph.aupdate_state(check.config, State(answered=answered), as_node="formulate")
    return {**settings, **forked}
