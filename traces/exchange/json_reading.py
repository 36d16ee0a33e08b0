"""A JSON document as a trace. What it says is data: nothing in it is run, imported or unpickled.

It is read in one pass over the nodes, so there may be many of them in long chains.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError
from steepest.traces.exchange.nodes import recorded
from steepest.traces.exchange.positions import code_in
from steepest.traces.exchange.values import from_json
from steepest.traces.feedback import Feedback
from steepest.traces.graph import Node
from steepest.traces.operations import Operation
from steepest.traces.parameters import Constraint, Trainable, Update, state_of
from steepest.traces.previews import Unrestored, preview
from steepest.traces.records import Record
from steepest.traces.rendering.names import names_of
from steepest.traces.snapshots import Snapshot
from steepest.traces.trace import Trace, trace_of

if TYPE_CHECKING:
    from steepest.traces.exchange.document import (
        ConstraintEntry,
        Document,
        NodeEntry,
        ParameterEntry,
        RecordEntry,
    )

MOST_BYTES = 1 << 30
"""Of a file or text that is read."""


def read_json(source: Mapping[str, Any] | str | bytes | Path) -> Trace:
    """Read a trace from a document.

    Args:
        source: The document as data, its text (it begins with a brace), or the path of its file.

    Returns:
        A trace that renders as the one that was written. Values that were not kept are stand-ins that only show
        themselves; constraints that were functions are words.

    Raises:
        InputError: It is no such document: the message says where it goes wrong.
    """
    document = _validated(source if isinstance(source, Mapping) else _parsed(_text(source)))
    try:
        return _trace(document)
    except InputError as error:
        raise InputError(f"the trace is not well formed: {error}") from error


def json_schema() -> dict[str, Any]:
    """The JSON schema of a document."""
    from steepest.traces.exchange.document import Document

    return Document.model_json_schema()


def _text(source: str | bytes | Path) -> str | bytes:
    """The text of a document, from its file if need be."""
    if isinstance(source, bytes) or (isinstance(source, str) and source.lstrip()[:1] in ("{", "[", "")):
        return source
    try:
        path = Path(source)
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{source} has {path.stat().st_size:,} bytes; a trace is read from {MOST_BYTES:,} at most")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"the trace can't be read from {preview(str(source), 200)}: {error}") from error


def _parsed(text: str | bytes) -> Any:
    if len(text) > MOST_BYTES:
        raise InputError(f"the text of a trace has {MOST_BYTES:,} characters at most, and this one {len(text):,}")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise InputError("it is no trace: its JSON is nested too deeply") from error
    except ValueError as error:
        raise InputError(f"it is no trace: its text is not JSON: {error}") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _validated(data: Any) -> "Document":
    from pydantic import ValidationError

    from steepest.traces.exchange.document import FORMAT, READABLE, VERSION, Document

    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise InputError(f'it is no trace: a document begins with {{"format": "{FORMAT}", "version": {VERSION}, ...')
    if data.get("version") not in READABLE:
        found = preview(data.get("version"), 40)
        raise InputError(f"it is a trace of version {found}, and this steepest reads up to {VERSION}: upgrade it")
    try:
        return Document.model_validate(dict(data))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        told = "; ".join(f"{_where(each['loc'])}: {each['msg']}" for each in problems[:3])
        more = f"; and {len(problems) - 3:,} more" if len(problems) > 3 else ""
        raise InputError(f"the trace is not well formed: {told}{more}") from error


def _where(places: Sequence[int | str]) -> str:
    """`nodes[3].value`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in places]
    return preview("".join(parts).removeprefix("."), 100)[1:-1]


def _trace(document: "Document") -> Trace:
    operations = [Operation(**entry.model_dump(), key=object()) for entry in document.operations]
    nodes: list[Node[Any]] = []
    for place, entry in enumerate(document.nodes):
        try:
            nodes.append(_node(entry, operations, nodes))
        except InputError as error:
            raise InputError(f"nodes[{place}]: {error}") from error
    said = [
        Feedback(tuple(_at(nodes, place, "outputs of feedback") for place in each.outputs), each.text, each.score)
        for each in document.feedback
    ]
    for node, entry in zip(nodes, document.nodes, strict=True):
        if entry.parameter is not None:
            heard = [_at(said, place, "a parameter's feedback") for place in entry.parameter.feedback]
            state_of(node).feedback.extend(heard)
    if not document.outputs:
        raise InputError("it has no outputs")
    outputs = [_at(nodes, place, "outputs") for place in document.outputs]
    trace = trace_of(outputs)
    if len(trace.nodes) == len(nodes):
        return trace
    return replace(trace, nodes=tuple(nodes), names=names_of(nodes), feedback=tuple(said))  # a part, as it was written


def _node(entry: "NodeEntry", operations: Sequence[Operation], before: Sequence[Node[Any]]) -> Node[Any]:
    operation = None if entry.operation is None else _at(operations, entry.operation, "operation")
    if operation is None and (entry.inputs or entry.record):
        raise InputError("it has inputs or a record and no operation")
    if operation is not None and operation.template.count("{}") > len(entry.inputs):
        raise InputError(f"{operation.template!r} is written with more inputs than the {len(entry.inputs)} it has")
    inputs = tuple(_outside() if place is None else _at(before, place, "inputs") for place in entry.inputs)
    record = None if entry.record is None else _record(entry.record)
    made: Any = recorded(from_json(entry.value), operation, inputs, label=entry.label, record=record)
    if entry.before is not None:
        made.snapshot = Snapshot(Unrestored(entry.before, ""))
    if entry.parameter is not None:
        made.trainable = _trainable(entry.parameter)
    node: Node[Any] = made
    return node


def _outside() -> Node[Any]:
    """An input that the trace was written without."""
    return recorded(Unrestored("outside of the trace", ""))


def _at(items: Sequence[Any], place: int, what: str) -> Any:
    if place >= len(items):
        raise InputError(f"{what}: there is nothing at {place}; what is referred to comes before")
    return items[place]


def _record(entry: "RecordEntry") -> Record:
    file, _, line = entry.position.rpartition(":")
    is_place = bool(file) and line.isdecimal() and len(line) < 10
    return Record(
        tuple(entry.names),
        entry.seconds,
        entry.externals,
        entry.tokens,
        entry.money,
        entry.exception,
        code_in(file) if is_place else None,
        int(line) if is_place else 0,
    )


def _trainable(entry: "ParameterEntry") -> Trainable:
    history = [Update(from_json(each.value), each.outcome, each.reason) for each in entry.history]
    return Trainable(entry.description, _constraint(entry.constraint), history=history)


def _constraint(entry: "ConstraintEntry | None") -> Constraint | None:
    if entry is None:
        return None
    return entry.words if entry.values is None else [from_json(each) for each in entry.values]
