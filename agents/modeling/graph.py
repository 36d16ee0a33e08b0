"""The modeling agent as a LangGraph state graph.

    [recall] -> formulate -> check -> solve -> conclude
                              |  ^     |  `-> examine -> solve    once, if infeasible or unbounded
                              v  |     v
                             repair <--+                          at most `max_repairs` times

Only a task with an experience library begins with `recall`.
The steps are plain functions of state and task, each in its own module; here is only which follows on which.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from steepest.agents.modeling.check import MISSING, blocking, check, doubts
from steepest.agents.modeling.conclude import conclude
from steepest.agents.modeling.examine import EXAMINED, examine
from steepest.agents.modeling.formulate import formulate
from steepest.agents.modeling.recall import recall
from steepest.agents.modeling.repair import repair
from steepest.agents.modeling.solve import solve
from steepest.agents.modeling.task import State, Task

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

Step: TypeAlias = Callable[[State, Task], Awaitable[State]]
Next: TypeAlias = Literal["repair", "solve", "examine", "conclude"]

_STEPS_BESIDE_REPAIRS = 12
_STEPS_OF_A_REPAIR = 3  # repair, check, solve


async def run(task: Task, known: State) -> None:
    """Run a task to its end; `known` is filled step by step, so it holds what there is should the run be cut short."""
    settings: Any = {"recursion_limit": _STEPS_BESIDE_REPAIRS + _STEPS_OF_A_REPAIR * task.max_repairs}
    async for state in modeling_graph(recalls=task.recaller is not None).astream(
        State(), settings, context=task, stream_mode="values"
    ):
        known.update(state)  # type: ignore[typeddict-item]  # the graph's state is a State


@cache
def modeling_graph(*, recalls: bool = False) -> "CompiledStateGraph[State, Task, State, State]":
    """The compiled graph, with the step that asks an experience library or without it.

    Importing langgraph takes more than a second, so it waits for the first call.
    """
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(State, context_schema=Task)
    for step in (formulate, check, repair, solve, examine, conclude):
        graph.add_node(step.__name__, _node(step))
    if recalls:
        graph.add_node(recall.__name__, _node(recall))
        graph.add_edge("recall", "formulate")
    graph.add_edge(START, "recall" if recalls else "formulate")
    graph.add_edge("formulate", "check")
    graph.add_edge("repair", "check")
    graph.add_conditional_edges("check", _route(after_check), ["repair", "solve", "conclude"])
    graph.add_conditional_edges("solve", _route(after_solve), ["repair", "examine", "conclude"])
    graph.add_conditional_edges("examine", _route(after_examine), ["solve", "conclude"])
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
    """Examine a verdict once; repair what the compiler or the data refused, but not what was examined."""
    solution = state["solution"]
    if state["first"] is not None:
        return "conclude"
    if solution is None:
        return "repair" if blocking(state["diagnostics"]) and state["repairs"] < task.max_repairs else "conclude"
    was_stopped = solution.explanation is not None and solution.explanation.is_interrupted
    return "examine" if task.examines and solution.status in EXAMINED and not was_stopped else "conclude"


def after_examine(state: State, task: Task) -> Next:
    """Solve a corrected formulation."""
    return "solve" if state["solution"] is None else "conclude"


def _node(step: Step) -> Callable[..., Awaitable[State]]:
    """The step as langgraph calls it: the task is the run's context."""

    async def node(state: State, runtime: Any) -> State:
        return await step(state, runtime.context)

    return node


def _route(choose: Callable[[State, Task], Next]) -> Callable[..., Next]:
    def route(state: State, runtime: Any) -> Next:
        return choose(state, runtime.context)

    return route
