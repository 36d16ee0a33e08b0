"""One run of a LangGraph graph as a trace: which node's run wrote which entry of the state, and who read it.

A step of the graph sees what earlier steps wrote, never what runs beside it, so writes take effect when a later step
begins. Entries that are merged (messages that are added) come from all that was merged. A run that a conditional edge
led to depends on that decision, and so does what runs after it.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from langgraph.types import Command

from steepest.traces.exchange.nodes import recorded
from steepest.traces.exchange.plain_values import plain
from steepest.traces.exchange.state_views import StateView
from steepest.traces.graph import Node
from steepest.traces.operations import Operation, escaped

INPUT_STEP = -2
"""Before every step of the graph."""
_GIVEN = Operation("given", documentation="An entry of the graph's input that had nodes inside of it.")
_SENT = Operation("sent", documentation="What another node sent for this run alone.")
_MERGE = Operation("merge", documentation="An entry of the state put together from what it was and what was written.")
_RESULT = Operation("result", documentation="An entry of the final state; the route decided that the run ends there.")


current_run: "ContextVar[GraphRun | None]" = ContextVar("steepest_graph_run", default=None)
"""The run that is recorded in this thread or task."""


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """An entry of the state that a run of a node wrote."""

    step: int
    path: str
    """Where in the step, so that the order does not depend on who was faster."""
    key: str
    node: Node[Any]


@dataclass(slots=True, eq=False)
class Entry:
    """What is known of a key of the state: a node, or what one is merged from when it is read."""

    node: Node[Any] | None = None
    parts: tuple[Node[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a graph a run has to know."""

    merged: frozenset[str]
    """Keys that have a reducer."""
    predecessors: Mapping[str, frozenset[str]]
    """By static edges."""
    ending: frozenset[str]
    """Nodes with a static edge to the end."""


@dataclass(slots=True, eq=False)
class GraphRun:
    """The state of a run, by the nodes that its entries come from."""

    layout: Layout
    entries: dict[str, Entry] = field(default_factory=dict)
    pending: list[Write] = field(default_factory=list)
    routes: dict[str, list[tuple[int, Node[Any]]]] = field(default_factory=dict)
    """Decisions by the node that they led to, with their step."""
    controls: dict[str, tuple[Node[Any], ...]] = field(default_factory=dict)
    """Decisions that the last run of each node depended on."""
    ran: dict[str, int] = field(default_factory=dict)
    """The step of the last run of each node."""
    sent: dict[int, tuple[Any, Node[Any]]] = field(default_factory=dict)
    """What was sent, by its `id`, and by whom."""
    input: Any = None
    """The graph's input without nodes, for whoever runs the graph."""
    resumed: list[Node[Any]] = field(default_factory=list)
    """What an interrupt is answered with."""
    first: int | None = None
    """The first step."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def begin(self, state: Any) -> None:
        """Take the graph's input: entries, a model of them, or a command; there may be nodes in it at any depth."""
        if isinstance(state, Mapping):
            sources = {key: _source(key, value) for key, value in state.items()}
            self.input = {key: plain(source._value, []) for key, source in sources.items()}
        else:
            update = state.update if isinstance(state, Command) else state
            sources = {key: _source(key, value) for key, value in entries_of(update).items()} if update else {}
            self.input = plain(state, [])
            if isinstance(state, Command):
                plain(state.resume, self.resumed)
        self.pending += [Write(INPUT_STEP, "", key, source) for key, source in sources.items()]

    def resuming(self, step: int) -> list[Node[Any]]:
        """The nodes that an interrupted run goes on with, if a step is its first."""
        with self.lock:
            self.first = step if self.first is None else self.first
        return self.resumed if step == self.first else []

    def advance(self, step: int) -> None:
        """Let everything that was written before a step take effect."""
        with self.lock:
            due = sorted((each for each in self.pending if each.step < step), key=lambda each: (each.step, each.path))
            self.pending = [each for each in self.pending if each.step >= step]
            for write in due:
                self.entries[write.key] = self._written(self.entries.get(write.key), write)

    def node_of(self, key: str, value: Any, own: Iterable[Write] = ()) -> Node[Any]:
        """The node of an entry of the state.

        Args:
            key: Of the state.
            value: What the entry is.
            own: What the reader itself wrote in this step, and sees already.
        """
        with self.lock:
            entry = self.entries.get(key)
            mine = [each for each in own if each.key == key]
            for write in mine:
                entry = self._written(entry, write)
            settled = self._settled(entry, key, value)
            if not mine:
                self.entries[key] = Entry(settled)
        return settled

    def view(self, state: Any, note: Callable[[str, Node[Any]], None], own: Iterable[Write] = ()) -> Any:
        """The state as something that notes what is read of it; what can't is noted as read, all of it.

        Args:
            state: What the graph gives to a node.
            note: Told the key and the node of each entry that is read.
            own: As of `node_of`.
        """
        entries = entries_of(state)
        if type(state) is dict:
            return StateView(state, lambda key: note(key, self.node_of(key, entries[key], own)))
        for key, value in entries.items():
            note(key, self.node_of(key, value, own))
        return state

    def controls_of(self, name: str, step: int) -> tuple[Node[Any], ...]:
        """The decisions that a run of a node depends on: those that led to it, or to the nodes before it."""
        with self.lock:
            due = [route for at, route in self.routes.get(name, ()) if at < step]
            self.routes[name] = [each for each in self.routes.get(name, ()) if each[0] >= step]
            last = self.ran.get(name, INPUT_STEP)
            for each in sorted(self.layout.predecessors.get(name, ())):
                if last <= self.ran.get(each, INPUT_STEP - 1) < step:
                    due += self.controls.get(each, ())
            found = tuple({id(route): route for route in due}.values())
            self.controls[name] = found
            self.ran[name] = step
        return found

    def write(self, write: Write) -> None:
        """Note what takes effect in the next step."""
        with self.lock:
            self.pending.append(write)

    def written_at(self, step: int, path: str) -> list[Write]:
        """What a run of a node has written in a step."""
        with self.lock:
            return [each for each in self.pending if each.step == step and each.path == path]

    def lead(self, targets: Iterable[Any], route: Node[Any], step: int) -> None:
        """Note where a decision leads to: names of nodes, and what is sent to them."""
        with self.lock:
            for target in targets:
                if isinstance(target, str):
                    self.routes.setdefault(target, []).append((step, route))
                else:
                    self.sent[id(target.arg)] = (target.arg, route)

    def received(self, name: str, payload: Any) -> Node[Any]:
        """The node of what was sent to a run; of whoever sent anything, if that is not known."""
        with self.lock:
            known = self.sent.get(id(payload))
            senders = [known[1]] if known is not None else list({id(by): by for _, by in self.sent.values()}.values())
        return recorded(payload, _SENT, tuple(senders), label=f"{name}_input")

    def results(self, state: Mapping[str, Any], end: str) -> dict[str, Node[Any]]:
        """The nodes of the final state's entries."""
        last = max(self.ran.values(), default=INPUT_STEP)
        self.advance(last + 2)
        ending = [each for _, each in self.routes.get(end, ())]
        for name in sorted(self.layout.ending):
            if self.ran.get(name) == last:
                ending += self.controls.get(name, ())
        routes = tuple({id(each): each for each in ending}.values())
        return {key: self._final(key, value, routes) for key, value in state.items()}

    def _final(self, key: str, value: Any, routes: tuple[Node[Any], ...]) -> Node[Any]:
        node = self.node_of(key, value)
        if not routes:
            return node
        return recorded(value, _RESULT, (node, *routes), label=key)

    def _written(self, entry: Entry | None, write: Write) -> Entry:
        if write.key not in self.layout.merged:
            return Entry(write.node)
        if entry is None:
            return Entry(None, (write.node,))
        return Entry(None, (*(entry.parts or ((entry.node,) if entry.node is not None else ())), write.node))

    def _settled(self, entry: Entry | None, key: str, value: Any) -> Node[Any]:
        """The node of an entry with its value; what was not written by a node that is known is a leaf."""
        if entry is None:
            return recorded(value, label=key)
        if entry.node is not None and entry.node._value is value:
            return entry.node
        parts = entry.parts or ((entry.node,) if entry.node is not None else ())
        if len(parts) == 1 and parts[0]._value is value:
            return parts[0]
        return recorded(value, _MERGE, parts, label=key)


def _source(key: str, value: Any) -> Node[Any]:
    """The node of an entry of the input."""
    if isinstance(value, Node):
        return value
    found: list[Node[Any]] = []
    value = plain(value, found)
    nodes = tuple({id(each): each for each in found}.values())
    return recorded(value, _GIVEN if nodes else None, nodes, label=key)


def item(key: str, value: Any, result: Node[Any]) -> Node[Any]:
    """The node of an entry that a run's result has."""
    return recorded(value, Operation("item", "{}[" + escaped(repr(key)) + "]"), (result,), label=key)


def entries_of(state: Any) -> dict[str, Any]:
    """The entries of a state, whatever it is: a dict, a pydantic model, a dataclass, or a value without keys."""
    if isinstance(state, dict):
        return dict.copy(state)
    fields = getattr(type(state), "model_fields", None) or getattr(type(state), "__dataclass_fields__", None)
    if fields is None:
        return {"__root__": state}
    return {name: getattr(state, name) for name in fields if hasattr(state, name)}
