"""The nodes and conditional edges of a graph, in whose place these run and record."""

import functools
import inspect
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from time import perf_counter
from types import CodeType
from typing import Any

from langchain_core.runnables import Runnable
from langgraph.errors import GraphBubbleUp
from langgraph.types import Command, Send

from steepest.traces.exchange.graph_runs import GraphRun, Write, current_run, entries_of, item
from steepest.traces.exchange.nodes import recorded
from steepest.traces.exchange.plain_values import plain
from steepest.traces.exchange.state_views import StateView
from steepest.traces.failures import execution_error, message_of, told
from steepest.traces.graph import Node
from steepest.traces.operations import Operation
from steepest.traces.records import Record
from steepest.traces.scope import Call, enter, is_tracing, leave, note_read

_SENT = "__pregel_push"
"""LangGraph's name for what triggers a run that was sent its input."""


class _Recorded(Runnable[Any, Any]):
    """A runnable of a graph that records its calls while a run is recorded."""

    def __init__(self, name: str, inner: Any, prompts: list[Node[str]]) -> None:
        self.name = name
        self.inner = inner
        self.prompts = prompts
        self.code, self.operation = _origin(name, inner)

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
        run = current_run.get()
        if run is None or not is_tracing():
            return plain(self.inner.invoke(input, config, **kwargs), [])
        call = _GraphCall(self, run, config)
        token = enter(call.call)
        try:
            try:
                result = call.looked(self.inner.invoke(call.shown(input), config, **kwargs))
            finally:
                leave(token)
                call.call.is_over = True
        except GraphBubbleUp:  # an interrupt, or a command to the graph around
            raise
        except Exception as error:
            raise call.failed(error) from error
        return call.finished(result)

    async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
        run = current_run.get()
        if run is None or not is_tracing():
            return plain(await self.inner.ainvoke(input, config, **kwargs), [])
        call = _GraphCall(self, run, config)
        token = enter(call.call)
        try:
            try:
                result = call.looked(await self.inner.ainvoke(call.shown(input), config, **kwargs))
            finally:
                leave(token)
                call.call.is_over = True
        except GraphBubbleUp:
            raise
        except Exception as error:
            raise call.failed(error) from error
        return call.finished(result)

    @abstractmethod
    def controls(self, run: GraphRun, step: int) -> Iterable[Node[Any]]:
        """The decisions that a call depends on."""

    def seen(self, run: GraphRun, step: int, path: str) -> list[Write]:
        """Writes of its own step that a call sees."""
        return []

    @abstractmethod
    def settle(self, run: GraphRun, result: Any, made: Node[Any], step: int, path: str) -> None:
        """Note in the run what a call's result does."""


class RecordedNode(_Recorded):
    """A node of the graph."""

    def controls(self, run: GraphRun, step: int) -> Iterable[Node[Any]]:
        """The conditional edges and commands that led to it."""
        return run.controls_of(str(self.name), step)

    def settle(self, run: GraphRun, result: Any, made: Node[Any], step: int, path: str) -> None:
        """Its updates take effect in the next step, its commands lead to nodes."""
        parts = result if isinstance(result, (list, tuple)) else [result]
        for part in parts:
            if isinstance(part, Command):
                goto = part.goto if isinstance(part.goto, (list, tuple)) else [part.goto]
                run.lead(goto, made, step)
            update = part.update if isinstance(part, Command) else part
            for key, value in _entries(update):
                run.write(Write(step, path, key, item(key, value, made)))


class RecordedBranch(_Recorded):
    """What decides on a conditional edge."""

    def __init__(
        self, name: str, inner: Any, prompts: list[Node[str]], start: str, ends: Mapping[Any, str] | None
    ) -> None:
        super().__init__(name, inner, prompts)
        self.start = start
        self.ends = ends

    def controls(self, run: GraphRun, step: int) -> Iterable[Node[Any]]:
        """Those of the node that it comes after."""
        return run.controls.get(self.start, ())

    def seen(self, run: GraphRun, step: int, path: str) -> list[Write]:
        """What that node has written."""
        return run.written_at(step, path)

    def settle(self, run: GraphRun, result: Any, made: Node[Any], step: int, path: str) -> None:
        """It leads to nodes."""
        chosen = result if isinstance(result, (list, tuple)) else [result]
        targets = [
            each if isinstance(each, Send) or self.ends is None else self.ends.get(each, each) for each in chosen
        ]
        run.lead(targets, made, step)


class _GraphCall:
    """A call of a recorded runnable that is being made."""

    def __init__(self, recorded: _Recorded, run: GraphRun, config: Any) -> None:
        metadata = (config or {}).get("metadata") or {}
        self.recorded = recorded
        self.run = run
        self.step = int(metadata.get("langgraph_step", 0))
        self.path = str(metadata.get("langgraph_path", ""))
        self.is_sent = _SENT in metadata.get("langgraph_triggers", ()) and isinstance(recorded, RecordedNode)
        self.call = Call(is_opaque=True)
        self.names: dict[int, str] = {}
        """Of inputs, by the `id` of the node."""
        self.view: Any = None
        self.begin = perf_counter()

    def shown(self, state: Any) -> Any:
        """What the function gets for the state; called inside of the call."""
        self.run.advance(self.step)
        for control in self.recorded.controls(self.run, self.step):
            self.note("route", control)
        for prompt in self.recorded.prompts:
            self.note(prompt.label or "prompt", prompt)
        for answer in self.run.resuming(self.step):
            self.note("resume", answer)
        if self.is_sent:
            self.note("input", self.run.received(str(self.recorded.name), state))
            return state
        self.view = self.run.view(state, self.note, self.recorded.seen(self.run, self.step, self.path))
        return self.view

    def note(self, name: str, node: Node[Any]) -> None:
        """An input."""
        self.names.setdefault(id(node), name)
        note_read(node)

    def looked(self, result: Any) -> Any:
        """The result without nodes, which are inputs; called inside of the call.

        A state that is handed on was read, as was one that seems unread.
        """
        if isinstance(self.view, StateView) and (result is self.view or not self.view.is_read):
            self.view.note_all()
        found: list[Node[Any]] = []
        result = plain(dict.copy(result) if isinstance(result, StateView) else result, found)
        for each in found:
            note_read(each)
        return result

    def finished(self, result: Any) -> Any:
        """Record the result and give it back."""
        self.recorded.settle(self.run, result, self._made(result, ""), self.step, self.path)
        return result

    def failed(self, error: Exception) -> Exception:
        """The error to raise."""
        return execution_error(error, self._made(told(error), message_of(error)))

    def _made(self, value: Any, exception: str) -> Node[Any]:
        reads = list(self.call.taken_reads().values())
        inputs = [each for each in reads if id(each) in self.names]
        externals = [each for each in reads if id(each) not in self.names]
        code = self.recorded.code
        record = Record(
            names=(*(self.names[id(each)] for each in inputs), *(each.label or "external" for each in externals)),
            seconds=perf_counter() - self.begin,
            externals=len(externals),
            tokens=sum(tokens for tokens, _ in self.call.charges),
            money=sum(money for _, money in self.call.charges),
            exception=exception,
            caller=code,
            line=code.co_firstlineno if code is not None else 0,
            updates=self.call.updates,
        )
        return recorded(value, self.recorded.operation, (*inputs, *externals), record=record)


def _entries(update: Any) -> Iterable[tuple[str, Any]]:
    """The entries of the state that an update writes."""
    if update is None or isinstance(update, (str, Send, Command)):
        return ()
    if isinstance(update, (list, tuple)):
        return [(str(pair[0]), pair[1]) for pair in update if isinstance(pair, tuple) and len(pair) == 2]
    return entries_of(update).items()


def _origin(name: str, inner: Any) -> tuple[CodeType | None, Operation]:
    """The code of the user's function, and what renderings tell of it."""
    function = getattr(inner, "func", None) or getattr(inner, "afunc", None) or inner
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function) if callable(function) else function
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if not isinstance(code, CodeType):
        return None, Operation(name, key=inner)
    try:
        lines, first = inspect.getsourcelines(code)
    except (OSError, TypeError):
        lines, first = [], code.co_firstlineno
    source = inspect.cleandoc("".join(lines))
    return code, Operation(name, "", inspect.getdoc(function) or "", source, f"{code.co_filename}:{first}", inner)
