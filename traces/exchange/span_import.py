"""A trace out of the spans that an agent emits, so that it can be optimized without being rewritten.

Spans do not say what was computed from what, but when: a span may depend on all that had ended when it began, on what
the span around it was given, and a span's result on all that happened inside. These are the edges here, reduced to
those that the others do not imply; no dependency inside of a run is missing, some may be too many. Prompts that the
spans tell of (system instructions, templates) are parameters: the same text is the same parameter wherever it was used.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from steepest.errors import InputError
from steepest.traces.exchange import conventions
from steepest.traces.exchange.conversations import Conversation, conversation, owner
from steepest.traces.exchange.nodes import recorded
from steepest.traces.exchange.spans import Event, Span, read_spans
from steepest.traces.exchange.written_spans import read_written, written_by_us
from steepest.traces.feedback import Feedback
from steepest.traces.graph import Node
from steepest.traces.operations import Operation
from steepest.traces.parameters import node, state_of
from steepest.traces.previews import Unrestored
from steepest.traces.records import Record
from steepest.traces.trace import Trace, trace_of

Prompt = Literal["system", "template"]
"""Kinds of prompts that spans tell of."""
Inputs: TypeAlias = list[tuple[str, Node[Any]]]
"""What a span was given, by the name of what it is."""

_AFTER = Operation("after", documentation="All of these had ended when what follows began.")
_BEGIN = Operation("begin", documentation="What a span was given, for the spans inside of it.")
_PROMPT = Operation("prompt", documentation="The template with its variables filled in.")


def from_spans(
    source: Any,
    *,
    trainable: Sequence[Prompt] = ("system", "template"),
    attributes: Sequence[str] = (),
    parameters: Iterable[Node[Any]] = (),
) -> Trace:
    """Build a trace from the spans of an agent's runs.

    Args:
        source: What `read_spans` takes: finished spans of the SDK, an OTLP/JSON document, its text or path.
        trainable: Which prompts become parameters.
        attributes: Names of further attributes that hold prompts.
        parameters: Parameters of earlier traces; a prompt with the value of one of them is that one, so that feedback
            on several runs comes together.

    Returns:
        A trace whose outputs are the results of the last spans, with the evaluations that the spans tell of
        (`gen_ai.evaluation.result`) as feedback. Of spans that `to_spans` wrote, the trace that they were written from.

    Raises:
        InputError: There are no spans, or they are not well formed.
    """
    ours, spans = written_by_us(read_spans(source))
    reading = _Reading(spans, trainable, attributes, parameters)
    outputs = read_written(ours)
    outputs += [output for roots in reading.roots.values() for output in _driven(reading.sequence(roots, None, ""))]
    if len(reading.results) < len(spans):
        raise InputError("the spans are not well formed: some are inside of each other")
    trace = trace_of(outputs)
    evaluated = [(span, result) for span, result in reading.results if any(map(_is_evaluation, span.events))]
    if not evaluated:
        return trace
    _evaluate(evaluated, trace)
    return trace_of(outputs)


_Steps: TypeAlias = Generator["_Steps", Any, Any]
"""Reading that asks for other reading to be done and is sent its result; so nothing recurs, however deep spans nest."""


def _driven(first: _Steps) -> Any:
    stack = [first]
    result = None
    while stack:
        try:
            stack.append(stack[-1].send(result))
            result = None
        except StopIteration as stop:
            stack.pop()
            result = stop.value
    return result


class _Reading:
    """Spans on their way to nodes."""

    def __init__(
        self,
        spans: Sequence[Span],
        trainable: Sequence[Prompt],
        attributes: Sequence[str],
        parameters: Iterable[Node[Any]],
    ) -> None:
        self.trainable = trainable
        self.attributes = attributes
        self.prompts: dict[str, Node[Any]] = {each._value: each for each in parameters if isinstance(each._value, str)}
        self.results: list[tuple[Span, Node[Any]]] = []
        self.operations: dict[tuple[str, str], Operation] = {}
        self.children: dict[tuple[str, str], list[Span]] = {}
        self.roots: dict[str, list[Span]] = {}
        known = {(span.trace, span.id) for span in spans}
        for span in spans:
            if (span.trace, span.parent) in known:
                self.children.setdefault((span.trace, span.parent), []).append(span)
            else:
                self.roots.setdefault(span.trace, []).append(span)

    def sequence(self, spans: Sequence[Span], before: Node[Any] | None, agent: str) -> _Steps:
        """The nodes of spans with the same parent that none of the others came after."""
        last: dict[int, Node[Any]] = {} if before is None else {id(before): before}
        running: dict[str, tuple[Node[Any] | None, Node[Any]]] = {}
        for span, begins in _moments(spans):
            if begins:
                if len(last) > 1:
                    joined = recorded(None, _AFTER, tuple(last.values()))
                    last = {id(joined): joined}
                previous = next(iter(last.values()), None)
                running[span.id] = previous, (yield self.span(span, previous, agent))
            else:
                previous, result = running.pop(span.id)
                last.pop(id(previous), None)
                last[id(result)] = result
        return list(last.values())

    def span(self, span: Span, before: Node[Any] | None, agent: str) -> _Steps:
        """The node of a span's result."""
        said = conversation(span)
        agent = owner(span) or agent
        inputs = self._inputs(span, said, agent)
        if before is not None:
            inputs.append(("after", before))
        children = self.children.get((span.trace, span.id), ())
        if children:
            begin = before if len(inputs) == (before is not None) else _begin(said, inputs)
            inputs = [("after", each) for each in (yield self.sequence(children, begin, agent))]
        result = self._result(span, said, inputs, has_children=bool(children))
        self.results.append((span, result))
        return result

    def _inputs(self, span: Span, said: Conversation, agent: str) -> Inputs:
        """Prompts and messages."""
        name = agent or span.name
        inputs = [("system", self._prompt(text, f"{name}.system", "system")) for text in said.system]
        inputs += [
            (key, self._prompt(str(span.attributes[key]), f"{name}.{key}", "attribute"))
            for key in self.attributes
            if span.attributes.get(key)
        ]
        if said.template:
            filled = [("template", self._prompt(said.template, f"{name}.template", "template"))]
            filled += [("variables", recorded(said.variables, label="variables"))] if said.variables is not None else []
            text = Unrestored("(not recorded)", "") if said.messages is None else said.messages
            record = Record(tuple(key for key, _ in filled), 0.0)
            inputs.append(("messages", recorded(text, _PROMPT, tuple(each for _, each in filled), record=record)))
        elif said.messages is not None:
            inputs.append(("messages", recorded(said.messages, label="messages")))
        return inputs

    def _prompt(self, text: str, name: str, kind: str) -> Node[Any]:
        """The parameter of a prompt; a plain leaf for a kind that is not wanted as one."""
        if kind != "attribute" and kind not in self.trainable:
            return recorded(text, label=name)
        if text not in self.prompts:
            words = {"system": "System instructions", "template": "Template of a prompt"}.get(kind, "Prompt")
            self.prompts[text] = node(text, name, trainable=True, description=f"{words} of {name.rpartition('.')[0]}")
        return self.prompts[text]

    def _result(self, span: Span, said: Conversation, inputs: Inputs, *, has_children: bool) -> Node[Any]:
        value = said.output
        if span.error:
            value = span.error
        elif value is None:
            value = Unrestored("(not recorded)", "")
        own = 0 if has_children else 1  # what an agent's span tells is the sum of what its calls tell
        record = Record(
            names=tuple(key for key, _ in inputs),
            seconds=max(span.end - span.begin, 0) / 1e9,
            tokens=own * said.tokens,
            money=own * said.money,
            exception=span.error,
        )
        return recorded(value, self._operation(span), tuple(each for _, each in inputs), record=record)

    def _operation(self, span: Span) -> Operation:
        documentation = str(span.attributes.get("gen_ai.tool.description") or "")
        key = span.name, documentation
        return self.operations.setdefault(key, Operation(span.name or "span", documentation=documentation))


def _moments(spans: Sequence[Span]) -> Iterator[tuple[Span, bool]]:
    """Begins (True) and ends of spans in their order; what ends at a moment ends before others begin."""
    moments = []
    for place, span in enumerate(spans):
        end = max(span.begin, span.end)
        moments.append((span.begin, 1, place, True))
        moments.append((end, int(end == span.begin), place, False))
    for _, _, place, begins in sorted(moments, key=lambda moment: (moment[:3], not moment[3])):
        yield spans[place], begins


def _begin(said: Conversation, inputs: Inputs) -> Node[Any]:
    record = Record(tuple(key for key, _ in inputs), 0.0)
    return recorded(said.messages, _BEGIN, tuple(each for _, each in inputs), record=record)


def _is_evaluation(event: Event) -> bool:
    return event.name == conventions.EVALUATION


def _evaluate(results: Sequence[tuple[Span, Node[Any]]], trace: Trace) -> None:
    """Give the parameters behind results the evaluations that were recorded with their spans."""
    behind = _parameters_behind(trace)
    for span, result in results:
        reached = [each for place, each in enumerate(trace.parameters) if behind[id(result)] >> place & 1]
        for event in filter(_is_evaluation, span.events):
            said = _feedback(event.attributes, result)
            for parameter in reached:
                state_of(parameter).feedback.append(said)


def _parameters_behind(trace: Trace) -> dict[int, int]:
    """The parameters that each node depends on, by its `id`: a bit each in their order in the trace."""
    behind = {id(each): 1 << place for place, each in enumerate(trace.parameters)}
    for each in trace.nodes:
        bits = behind.get(id(each), 0)
        for source in each.inputs:
            bits |= behind[id(source)]
        behind[id(each)] = bits
    return behind


def _feedback(evaluation: Mapping[str, Any], result: Node[Any]) -> Feedback:
    score = evaluation.get(conventions.EVALUATION_SCORE)
    words = evaluation.get(conventions.EVALUATION_EXPLANATION) or evaluation.get("gen_ai.evaluation.score.label")
    text = str(words or evaluation.get(conventions.EVALUATION_NAME) or "evaluation")
    return Feedback((result,), text, float(score) if isinstance(score, (int, float)) else None)
