"""A trace as OpenTelemetry spans: one for the whole, and inside one for each operation, linked to those it used.

What a person or a model wrote (prompts, inputs, outputs, feedback) is left out unless asked for, as the GenAI
conventions want it. How long calls took was measured; when they began was not, so they are laid one after the other.
"""

import json
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from steepest.errors import InputError
from steepest.traces.exchange import conventions
from steepest.traces.exchange.positions import short_position
from steepest.traces.exchange.values import as_json
from steepest.traces.failures import TraceError
from steepest.traces.feedback import Feedback
from steepest.traces.graph import Node
from steepest.traces.trace import Trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

_BATCH = 512
_MODEL_CALL = re.compile(r"(chat|generate_content|text_completion|embeddings) (\S+)")
"""What the conventions call a span of a model's call."""


def to_spans(
    trace: Trace,
    destination: "Tracer | SpanExporter | None" = None,
    *,
    content: bool = False,
    name: str = "trace",
    begin: int | None = None,
) -> "list[ReadableSpan]":
    """Write a trace as spans.

    Args:
        trace: Any.
        destination: A tracer of the program's own telemetry, or an exporter; None to only get the spans.
        content: Whether prompts, inputs, outputs and feedback go along.
        name: Of the workflow: the span of the whole is called so.
        begin: Nanoseconds since 1970; unless given, so that the spans end now.

    Returns:
        The spans, children first; empty for a tracer, which has them already.

    Raises:
        InputError: The extra `otel` is not installed and the destination is no tracer.
        TraceError: The exporter says that it failed.
    """
    if destination is not None and hasattr(destination, "start_span"):
        _Writer(trace, cast("Tracer", destination), content, name).write(begin)
        return []
    tracer, memory = _memory()
    _Writer(trace, tracer, content, name).write(begin)
    spans = list(memory.get_finished_spans())
    if destination is not None:
        _export(spans, destination)
    return spans


def _memory() -> tuple["Tracer", Any]:
    """A tracer that keeps its spans."""
    try:
        from opentelemetry.sdk.trace import SpanLimits, TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    except ImportError as error:
        raise InputError('spans need the OpenTelemetry SDK: pip install "steepest[otel]"') from error

    memory = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False, span_limits=SpanLimits(max_links=1_000_000))
    provider.add_span_processor(SimpleSpanProcessor(memory))
    return provider.get_tracer("steepest.traces"), memory


def _export(spans: "list[ReadableSpan]", exporter: "SpanExporter") -> None:
    for place in range(0, len(spans), _BATCH):
        if exporter.export(spans[place : place + _BATCH]).name != "SUCCESS":
            raise TraceError(f"the exporter took {place:,} of {len(spans):,} spans and then failed: see its log")


class _Writer:
    """A trace on its way to a tracer."""

    def __init__(self, trace: Trace, tracer: "Tracer", content: bool, name: str) -> None:
        self.trace = trace
        self.tracer = tracer
        self.content = content
        self.name = name
        self.spans: dict[int, Span] = {}
        """By the id of the node."""

    def write(self, begin: int | None) -> None:
        from opentelemetry.trace import set_span_in_context

        made = [node for node in self.trace.nodes if node.operation is not None]
        lengths = [max(round(node.record.seconds * 1e9), 1) if node.record is not None else 1 for node in made]
        moment = begin if begin is not None else time.time_ns() - sum(lengths)
        root = self.tracer.start_span(self.name, attributes=self._root(), start_time=moment)
        inside = set_span_in_context(root)
        for node, length in zip(made, lengths, strict=True):
            self._write(node, inside, moment, moment + length)
            moment += length
        root.end(moment)

    def _write(self, node: Node[Any], inside: Any, begin: int, end: int) -> None:
        from opentelemetry.trace import Link, SpanKind, StatusCode

        attributes = self._attributes(node)
        is_model_call = conventions.OPERATION in attributes
        links = [Link(self.spans[id(each)].get_span_context()) for each in node.inputs if id(each) in self.spans]
        span = self.tracer.start_span(
            node.operation.name if node.operation is not None else "",
            context=inside,
            kind=SpanKind.CLIENT if is_model_call else SpanKind.INTERNAL,
            attributes=attributes,
            links=links,
            start_time=begin,
        )
        self.spans[id(node)] = span
        for said in self.trace.feedback_on(node):
            span.add_event(conventions.EVALUATION, self._evaluation(said), timestamp=end)
        if node.record is not None and node.record.exception:
            kind, _, message = node.record.exception.partition(": ")
            exception = {"exception.type": kind, "exception.message": message}
            span.add_event("exception", exception, timestamp=end)
            span.set_attribute(conventions.ERROR_TYPE, kind)
            span.set_status(StatusCode.ERROR, node.record.exception)
        span.end(end)

    def _root(self) -> dict[str, Any]:
        return {
            conventions.OPERATION: "invoke_workflow",
            conventions.WORKFLOW: self.name,
            conventions.NODE_OUTPUTS: [self.trace.name(each) for each in self.trace.outputs],
            conventions.NODE_PARAMETERS: [self.trace.name(each) for each in self.trace.parameters],
        }

    def _attributes(self, node: Node[Any]) -> dict[str, Any]:
        operation = node.operation
        inputs = self.trace.inputs(node)
        found: dict[str, Any] = {
            conventions.NODE: self.trace.name(node),
            conventions.NODE_OPERATION: operation.name if operation is not None else "",
            conventions.INPUTS: [self.trace.name(each) for each in inputs],
        }
        if operation is not None and operation.position:
            file, _, line = short_position(operation.position).rpartition(":")
            found |= {conventions.CODE_FUNCTION: operation.name, conventions.CODE_FILE: file}
            found |= {conventions.CODE_LINE: int(line)} if line.isdecimal() else {}
        if node.record is not None:
            found[conventions.ARGUMENTS] = list(node.record.names)
            if node.record.tokens or node.record.money:
                found |= {conventions.NODE_TOKENS: node.record.tokens, conventions.NODE_COST: node.record.money}
        found |= _model_call(node)
        return found | self._content(node, inputs, conventions.OPERATION in found) if self.content else found

    def _content(self, node: Node[Any], inputs: tuple[Node[Any], ...], is_model_call: bool) -> dict[str, Any]:
        given = {self.trace.name(each): _plain(each._value) for each in inputs}
        value = _plain(node._value)
        is_text = isinstance(value, str)
        found = {
            conventions.INPUT_VALUE: json.dumps(given),
            conventions.INPUT_TYPE: conventions.JSON_TYPE,
            conventions.OUTPUT_VALUE: value if is_text else json.dumps(value),
            conventions.OUTPUT_TYPE: "text/plain" if is_text else conventions.JSON_TYPE,
        }
        return found | _messages(inputs, value) if is_model_call else found

    def _evaluation(self, said: Feedback) -> Mapping[str, Any]:
        found: dict[str, Any] = {conventions.EVALUATION_NAME: "feedback"}
        if said.score is not None:
            found[conventions.EVALUATION_SCORE] = float(said.score)
        return found | ({conventions.EVALUATION_EXPLANATION: said.text} if self.content else {})


def _model_call(node: Node[Any]) -> dict[str, Any]:
    """The attributes of a model's call: a call that tokens were used in, or a span that was read as one."""
    if node.record is None or node.operation is None:
        return {}
    if match := _MODEL_CALL.fullmatch(node.operation.name):
        return {conventions.OPERATION: match[1], conventions.REQUEST_MODEL: match[2]}
    return {conventions.OPERATION: "chat"} if node.record.tokens else {}


def _messages(inputs: tuple[Node[Any], ...], output: Any) -> dict[str, Any]:
    """Prompts that are parameters as instructions, other inputs as the user's message."""
    texts = [_text(each._value) for each in inputs if each.trainable is None]
    prompts = [_text(each._value) for each in inputs if each.trainable is not None]
    asked = [{"role": "user", "parts": [_part(text) for text in texts]}]
    answered = [{"role": "assistant", "parts": [_part(_text(output))], "finish_reason": "stop"}]
    found = {conventions.INPUT_MESSAGES: json.dumps(asked), conventions.OUTPUT_MESSAGES: json.dumps(answered)}
    return found | ({conventions.SYSTEM_INSTRUCTIONS: json.dumps([_part(text) for text in prompts])} if prompts else {})


def _part(text: str) -> dict[str, str]:
    return {"type": "text", "content": text}


def _text(value: Any) -> str:
    plain = _plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain)


def _plain(value: Any) -> Any:
    """The value as JSON, or its preview."""
    stored = as_json(value)
    return stored.get("json", stored.get("preview"))
