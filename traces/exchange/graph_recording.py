"""LangGraph graphs, recorded node by node, with their prompts as parameters.

    recorded = record_graph(graph, prompts={"system": SYSTEM})
    state = recorded.invoke({"question": "..."})
    backward(state["answer"], "The answer should be a number.")

The graph that was passed stays as it is; a copy of it runs, in which every node and every conditional edge is recorded.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from langgraph.constants import END

from steepest.errors import InputError
from steepest.traces.exchange.graph_prompts import Prompt, Prompts, wanted
from steepest.traces.exchange.graph_runs import GraphRun, Layout, current_run, entries_of
from steepest.traces.exchange.prompt_claims import ClaimedPrompt, claimed
from steepest.traces.exchange.recorded_nodes import RecordedBranch, RecordedNode
from steepest.traces.graph import Node
from steepest.traces.previews import preview

_REPLACED = ("LastValue", "LastValueAfterFinish", "EphemeralValue", "AnyValue", "UntrackedValue")
"""Channels whose value is the last one that was written."""


class RecordedGraph:
    """A graph whose runs are recorded. Made by `record_graph`."""

    def __init__(self, graph: Any, layout: Layout, prompts: list[ClaimedPrompt]) -> None:
        self.graph = graph
        """The compiled copy, for whatever runs it: inside of `recording()` its runs are recorded."""
        self._layout = layout
        self._prompts = prompts

    @property
    def parameters(self) -> list[Node[str]]:
        """The prompts."""
        return [each.parameter for each in self._prompts]

    @contextmanager
    def recording(self, state: Any = None) -> Iterator[GraphRun]:
        """Record the run of the graph that is made inside, in this thread or task.

        Args:
            state: The graph's input, which may have nodes in it. Without them it is the `input` of what this gives.

        Raises:
            InputError: A prompt can't be put in its place.
        """
        for each in self._prompts:
            each.put()
        run = GraphRun(self._layout)
        if state is not None:
            run.begin(state)
        token = current_run.set(run)
        try:
            yield run
        finally:
            current_run.reset(token)

    def invoke(self, state: Any, config: Any = None, **options: Any) -> dict[str, Node[Any]]:
        """Run the graph.

        Args:
            state: Its input, with nodes at any depth if need be.
            config: As of the graph's own `invoke`.
            **options: Likewise.

        Returns:
            The entries of the final state as nodes.

        Raises:
            ExecutionError: A node raised; the error is of its exception's type, too.
        """
        with self.recording(state) as run:
            final = self.graph.invoke(run.input, config, **options)
            return run.results(entries_of(final), END)

    async def ainvoke(self, state: Any, config: Any = None, **options: Any) -> dict[str, Node[Any]]:
        """`invoke`, awaited."""
        with self.recording(state) as run:
            final = await self.graph.ainvoke(run.input, config, **options)
            return run.results(entries_of(final), END)

    def restore(self) -> None:
        """Put the prompts that the graph had in their places; the parameters keep their values."""
        for each in self._prompts:
            each.restore()


def record_graph(graph: Any, prompts: Prompts = ()) -> RecordedGraph:
    """Make a graph one whose runs are recorded.

    Args:
        graph: A `StateGraph` or what it compiles to.
        prompts: Texts that become parameters. A text is looked for in closures, defaults, attributes, keywords of
            `partial`, messages, globals and code of the nodes' functions and what these name of the same package or of
            LangChain.

    Returns:
        A copy that runs as the graph does. Each place of a prompt has one parameter: a graph that reads the same place
        and is recorded meanwhile has the same parameter, whose value stands there whenever one of them runs.

    Raises:
        InputError: It is no state graph, or a prompt is nowhere to be found.
    """
    builder = getattr(graph, "builder", graph)
    if not hasattr(builder, "nodes") or not hasattr(builder, "branches"):
        raise InputError(f"{preview(graph, 80)} is no graph of LangGraph: pass a StateGraph, or what it compiles to")
    parameters = [claimed(prompt, _description(prompt)) for prompt in wanted(_holders(builder), prompts)]
    copied = copy.copy(builder)
    copied.nodes = {
        name: replace(spec, runnable=RecordedNode(name, spec.runnable, _of(name, parameters)))
        for name, spec in builder.nodes.items()
        if not name.startswith("__default_error_handler")  # compiling makes it anew
    }
    copied.branches = {
        start: {name: _recorded_branch(start, name, branch, parameters) for name, branch in branches.items()}
        for start, branches in builder.branches.items()
    }
    return RecordedGraph(_compiled(copied, graph), _layout(builder), parameters)


def find_prompts(graph: Any) -> dict[str, str]:
    """The texts that look like prompts, by the names that `record_graph` takes: `node.variable`, or a global's name."""
    return {prompt.name: prompt.text for prompt in wanted(_holders(getattr(graph, "builder", graph)), "found")}


def _recorded_branch(start: str, name: str, branch: Any, parameters: list[ClaimedPrompt]) -> Any:
    return branch._replace(path=RecordedBranch(name, branch.path, _of(name, parameters), start, branch.ends))


def _compiled(builder: Any, graph: Any) -> Any:
    if graph is getattr(graph, "builder", graph):
        return builder.compile()
    made = builder.compile(
        checkpointer=graph.checkpointer,
        cache=graph.cache,
        store=graph.store,
        interrupt_before=graph.interrupt_before_nodes,
        interrupt_after=graph.interrupt_after_nodes,
        debug=graph.debug,
        name=graph.name,
    )
    made.step_timeout = graph.step_timeout
    return made.with_config(graph.config) if graph.config else made


def _holders(builder: Any) -> dict[str, Any]:
    """What runs in the graph's nodes and decides on its conditional edges."""
    deciding = {name: branch.path for branches in builder.branches.values() for name, branch in branches.items()}
    return deciding | {name: spec.runnable for name, spec in builder.nodes.items()}


def _layout(builder: Any) -> Layout:
    predecessors: dict[str, set[str]] = {}
    for start, end in builder.edges:
        predecessors.setdefault(end, set()).add(start)
    for starts, end in builder.waiting_edges:
        predecessors.setdefault(end, set()).update(starts)
    merged = {key for key, channel in builder.channels.items() if type(channel).__name__ not in _REPLACED}
    static = {name: frozenset(each) for name, each in predecessors.items()}
    return Layout(frozenset(merged), static, static.get(END, frozenset()))


def _of(name: str, parameters: list[ClaimedPrompt]) -> list[Node[str]]:
    """The parameters that runs of a node depend on."""
    return [each.parameter for each in parameters if not each.prompt.nodes or name in each.prompt.nodes]


def _description(prompt: Prompt) -> str:
    nodes = ", ".join(sorted(prompt.nodes))
    return f"Prompt of the graph's node {nodes}" if nodes else "Prompt of the graph"
