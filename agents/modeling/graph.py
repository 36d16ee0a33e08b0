"""The modeling agent as a LangGraph state graph.

    [recall] -> formulate -> check -> solve -> [test] -> [fork] -> conclude
                              |  ^     |  `-> examine -> solve    if infeasible or unbounded, `max_examinations` times
                              v  |     v
                             repair <--+                          at most `max_repairs` times

Only a task with an experience library begins with `recall`; only an optimal answer is tested and read in other ways,
where the task says so. The steps are plain functions of state and task, each in its own module; here is only which
follows on which, and how a run is kept after each of them.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from steepest.agents.modeling.check import MISSING, blocking, check, doubts
from steepest.agents.modeling.checkpoints.resuming import resumed
from steepest.agents.modeling.conclude import answer_from, conclude
from steepest.agents.modeling.examine import EXAMINED, examine, is_settled
from steepest.agents.modeling.formulate import formulate
from steepest.agents.modeling.readings.comparing import fork, leaves_room
from steepest.agents.modeling.recall import recall
from steepest.agents.modeling.repair import repair
from steepest.agents.modeling.solve import solve
from steepest.agents.modeling.task import State, Task
from steepest.agents.modeling.testing import test

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

Step: TypeAlias = Callable[[State, Task], Awaitable[State]]
Next: TypeAlias = Literal["repair", "solve", "examine", "test", "fork", "conclude"]

_STEPS_BESIDE_REPAIRS = 12
_STEPS_OF_A_REPAIR = 3  # repair, check, solve
_STEPS_OF_AN_EXAMINATION = 2  # examine, solve


async def run(
    task: Task, known: State, saver: "BaseCheckpointSaver[Any] | None" = None, thread: str = "steepest"
) -> None:
    """Run a task to its end; `known` is filled step by step, so it holds what there is should the run be cut short.

    Args:
        task: The task.
        known: What is known.
        saver: Keeps the state after each step, before the next one begins; a run that is there already goes on, and one
            that came to its end only concludes; where the data have changed it is solved again.
        thread: Names the run there.
    """
    steps = _STEPS_OF_A_REPAIR * task.max_repairs + _STEPS_OF_AN_EXAMINATION * task.max_examinations
    settings: Any = {"recursion_limit": _STEPS_BESIDE_REPAIRS + steps, "configurable": {"thread_id": thread}}
    graph = modeling_graph(recalls=task.recaller is not None)
    begin: State | None = State()
    if saver is not None:
        graph = graph.copy(update={"checkpointer": saver})
        how = await resumed(graph, settings, task, known)
        begin, settings, task = how.begin, how.settings, how.task
    shown = len(task.steps)
    if begin is None or not known:
        durable: Any = {} if saver is None else {"durability": "sync"}
        async for state in graph.astream(begin, settings, context=task, stream_mode="values", **durable):
            known.update(state)
            for step in task.steps[shown:]:
                task.on_step(step)
            shown = len(task.steps)
    if known.get("answer") is None:  # answers are not kept: what they are made from is
        known["answer"] = answer_from(known, task)


@cache
def modeling_graph(*, recalls: bool = False) -> "CompiledStateGraph[State, Task, State, State]":
    """The compiled graph, with the step that asks an experience library or without it.

    Importing langgraph takes more than a second, so it waits for the first call.
    """
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(State, context_schema=Task)
    for step in (formulate, check, repair, solve, examine, test, fork, conclude):
        graph.add_node(step.__name__, _node(step))
    if recalls:
        graph.add_node(recall.__name__, _node(recall))
        graph.add_edge("recall", "formulate")
    graph.add_edge(START, "recall" if recalls else "formulate")
    graph.add_edge("formulate", "check")
    graph.add_edge("repair", "check")
    graph.add_conditional_edges("check", _route(after_check), ["repair", "solve", "conclude"])
    graph.add_conditional_edges("solve", _route(after_solve), ["repair", "examine", "test", "fork", "conclude"])
    graph.add_conditional_edges("examine", _route(after_examine), ["solve", "examine", "conclude"])
    graph.add_conditional_edges("test", _route(after_test), ["fork", "conclude"])
    graph.add_edge("fork", "conclude")
    graph.add_edge("conclude", END)
    return graph.compile()


def after_check(state: State, task: Task) -> Next:
    """Repair what is wrong or, once, in doubt, while repairs are left; solve what has all its data."""
    if state["not_a_problem"]:
        return "conclude"
    may_repair = state["repairs"] < task.max_repairs
    if blocking(state["diagnostics"]):
        return "repair" if may_repair else "conclude"
    if doubts(state["diagnostics"]) and state["doubted"] is None and may_repair:
        return "repair"
    if any(item.code == MISSING for item in state["diagnostics"]):
        return "conclude"
    return "solve"


def after_solve(state: State, task: Task) -> Next:
    """Examine a verdict; repair what the compiler or the data refused, but not what was examined; test an answer."""
    solution = state["solution"]
    if state["first"] is not None:
        insists = state["formulation"] == state["first"].formulation
        return "conclude" if insists else _again(state, task)
    if solution is None:
        return "repair" if blocking(state["diagnostics"]) and state["repairs"] < task.max_repairs else "conclude"
    was_stopped = solution.explanation is not None and solution.explanation.is_interrupted
    if solution.status in EXAMINED:
        return "examine" if task.examines and task.max_examinations and not was_stopped else "conclude"
    return _with_an_answer(state, task)


def after_examine(state: State, task: Task) -> Next:
    """Solve a corrected formulation; ask again where the reply could not be used and there is a question left."""
    return "solve" if state["solution"] is None else _again(state, task)


def after_test(state: State, task: Task) -> Next:
    """Look for other readings where the task says so."""
    wanted = task.readings == "always" or (task.readings == "in_doubt" and leaves_room(state, task))
    return "fork" if wanted else "conclude"


def _again(state: State, task: Task) -> Next:
    """After an examination: ask once more, or go on with what came of it."""
    if is_settled(state, task):
        return "conclude" if state.get("confirmed") else _with_an_answer(state, task)
    return "examine" if state["examinations"] < task.max_examinations else "conclude"


def _with_an_answer(state: State, task: Task) -> Next:
    solution = state["solution"]
    if solution is None or not solution.is_solved:
        return "conclude"
    return "test" if task.test is not None else after_test(state, task)


def _node(step: Step) -> Callable[..., Awaitable[State]]:
    """The step as langgraph calls it: the task is the run's context.

    What was done, asked and read becomes part of the state, so that a run that goes on knows all of it.
    """

    async def node(state: State, runtime: Any) -> State:
        task: Task = runtime.context
        steps, calls = len(task.steps), len(task.calls)
        learned = await step(state, task)
        taken, asked = task.steps[steps:], task.calls.records[calls:]
        return State(**{
            **learned,
            "steps": (*state.get("steps", ()), *taken),
            "calls": (*state.get("calls", ()), *asked),
            "sources": dict(task.sources),
        })  # fmt: skip

    return node


def _route(choose: Callable[[State, Task], Next]) -> Callable[..., Next]:
    def route(state: State, runtime: Any) -> Next:
        return choose(state, runtime.context)

    return route
