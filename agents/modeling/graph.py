"""The modeling agent as a LangGraph state graph: formulate, check, repair, solve, examine.

    formulate -> check -> solve -> (end)
                   |  ^     |  \\-> examine -> solve, once, if infeasible or unbounded
                   v  |     v
                  repair <--+      at most `max_repairs` times

The steps are plain functions of state and task, each in its own module; here is only which follows on which.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from steepest.agents.modeling.check import MISSING, blocking, check
from steepest.agents.modeling.examine import EXAMINED, examine
from steepest.agents.modeling.formulate import formulate
from steepest.agents.modeling.repair import repair
from steepest.agents.modeling.solve import solve
from steepest.agents.modeling.task import State, Task

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.runtime import Runtime

Next: TypeAlias = Literal["repair", "solve", "examine", "__end__"]

_END: Literal["__end__"] = "__end__"
_STEPS_BESIDE_REPAIRS = 10


async def run(task: Task) -> State:
    """Run a task to its end; what is known on the way stands in `task.state` too, should the run be cut short."""
    steps = _STEPS_BESIDE_REPAIRS + 3 * task.max_repairs
    graph = modeling_graph()
    async for state in graph.astream(State(), {"recursion_limit": steps}, context=task, stream_mode="values"):
        task.state.update(state)
    return task.state


@cache
def modeling_graph() -> "CompiledStateGraph[State, Task, State, State]":
    """The compiled graph; importing langgraph takes more than a second, so it waits for the first call."""
    from langgraph.graph import START, StateGraph

    graph = StateGraph(State, context_schema=Task)
    for step in (formulate, check, repair, solve, examine):
        graph.add_node(step.__name__, _node(step))
    graph.add_edge(START, "formulate")
    graph.add_edge("formulate", "check")
    graph.add_edge("repair", "check")
    graph.add_conditional_edges("check", _node_route(after_check), ["repair", "solve", _END])
    graph.add_conditional_edges("solve", _node_route(after_solve), ["repair", "examine", _END])
    graph.add_conditional_edges("examine", after_examine, ["solve", _END])
    return graph.compile()
