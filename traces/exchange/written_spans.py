"""Reads back the spans that `to_spans` wrote: their attributes say which node was made from which."""

import json
from collections.abc import Sequence
from typing import Any

from steepest.errors import InputError
from steepest.traces.exchange import conventions
from steepest.traces.exchange.nodes import recorded
from steepest.traces.exchange.spans import Span
from steepest.traces.graph import Node
from steepest.traces.operations import Operation
from steepest.traces.parameters import Trainable
from steepest.traces.previews import Unrestored
from steepest.traces.records import Record

_NOT_RECORDED = Unrestored("(not recorded)", "")


def written_by_us(spans: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """The spans that `to_spans` wrote, and the others."""
    roots = {span.id for span in spans if conventions.NODE_OUTPUTS in span.attributes}
    ours = [span for span in spans if span.id in roots or _is_inside(span, roots)]
    return ours, [span for span in spans if span.id not in roots and not _is_inside(span, roots)]


def read_written(spans: Sequence[Span]) -> list[Node[Any]]:
    """The outputs of the traces that spans were written from; values only if they were written with content.

    Raises:
        InputError: Spans are missing.
    """
    inside: dict[str, list[Span]] = {}
    for span in spans:
        inside.setdefault(span.parent, []).append(span)
    roots = [span for span in spans if conventions.NODE_OUTPUTS in span.attributes]
    return [output for root in roots for output in _outputs(root, inside.get(root.id, []))]


def _is_inside(span: Span, roots: set[str]) -> bool:
    return span.parent in roots and conventions.NODE in span.attributes


def _outputs(root: Span, spans: Sequence[Span]) -> list[Node[Any]]:
    made: dict[str, Node[Any]] = {}
    operations: dict[str, Operation] = {}
    names = {str(span.attributes.get(conventions.NODE)) for span in spans}
    for span in spans:
        given = _given(span)
        inputs = [str(name) for name in span.attributes.get(conventions.INPUTS) or ()]
        for name in inputs:
            if name not in made and name in names:
                raise InputError(f"the spans are not well formed: {name} is used before its own span")
            if name not in made:
                made[name] = recorded(given.get(name, _NOT_RECORDED), label=name)
        operation = str(span.attributes.get(conventions.NODE_OPERATION) or span.name)
        operation_of = operations.setdefault(operation, Operation(operation))
        result = _node(span, operation_of, tuple(made[name] for name in inputs))
        made[str(span.attributes.get(conventions.NODE))] = result
    for name in root.attributes.get(conventions.NODE_PARAMETERS) or ():
        parameter: Any = made.get(str(name))
        if parameter is not None:
            parameter.trainable = Trainable()
    return [_found(made, str(name)) for name in root.attributes[conventions.NODE_OUTPUTS]]


def _given(span: Span) -> dict[str, Any]:
    """Values of inputs by the names of their nodes."""
    try:
        given = json.loads(span.attributes.get(conventions.INPUT_VALUE) or "{}")
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"the input of span {span.name!r} is not JSON: {error}") from error
    return given if isinstance(given, dict) else {}


def _node(span: Span, operation: Operation, inputs: tuple[Node[Any], ...]) -> Node[Any]:
    found = span.attributes
    value = found.get(conventions.OUTPUT_VALUE, _NOT_RECORDED)
    if value is not _NOT_RECORDED and found.get(conventions.OUTPUT_TYPE) == conventions.JSON_TYPE:
        value = _json(span, value)
    return recorded(value, operation, inputs, record=_record(span) if conventions.ARGUMENTS in found else None)


def _record(span: Span) -> Record:
    tokens, money = span.attributes.get(conventions.NODE_TOKENS), span.attributes.get(conventions.NODE_COST)
    return Record(
        names=tuple(str(name) for name in span.attributes[conventions.ARGUMENTS]),
        seconds=max(span.end - span.begin, 0) / 1e9,
        tokens=tokens if isinstance(tokens, int) else 0,
        money=float(money) if isinstance(money, (int, float)) else 0.0,
        exception=span.error,
    )


def _json(span: Span, text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"the output of span {span.name!r} is not JSON: {error}") from error


def _found(made: dict[str, Node[Any]], name: str) -> Node[Any]:
    if name not in made:
        raise InputError(f"the spans are not well formed: the span of output {name} is missing")
    return made[name]
