"""A trace as a JSON document; the schema is in `document`, and docs/trace-format.md says it in words."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from steepest.traces.exchange.positions import short_position
from steepest.traces.exchange.values import as_json
from steepest.traces.graph import Node
from steepest.traces.modules.files import write_text
from steepest.traces.operations import Operation
from steepest.traces.parameters import Constraint, Trainable
from steepest.traces.previews import preview
from steepest.traces.records import Record
from steepest.traces.trace import Trace

_KEPT_OF_RECORDS = ("names", "seconds", "externals", "tokens", "money", "exception")


def json_document(trace: Trace, *, full_paths: bool = False) -> dict[str, Any]:
    """A trace as plain JSON data, for `json.dumps`.

    Args:
        trace: With what was said about it.
        full_paths: Whether positions in files keep their folders; otherwise they are relative to the working directory,
            or only the name of the file.

    Returns:
        A document of the format `steepest-trace`, version 2.
    """
    writer = _Writer(trace, full_paths)
    nodes = [writer.node(each) for each in trace.nodes]
    return {
        "format": "steepest-trace",
        "version": 2,
        "operations": [writer.operation_entry(each) for each in writer.operations],
        "nodes": nodes,
        "outputs": writer.places(trace.outputs),
        "feedback": [
            {"outputs": writer.places(each.outputs), "text": _written(each.text), **_present(score=_score(each.score))}
            for each in trace.feedback
        ],
    }


def write_json(trace: Trace, path: str | Path, *, full_paths: bool = False) -> Path:
    """Write `json_document` to a file.

    Returns:
        The path.

    Raises:
        InputError: It can't be written there.
    """
    write_text(path, json.dumps(json_document(trace, full_paths=full_paths), allow_nan=False))
    return Path(path)


class _Writer:
    """Entries of a document, with the places that they have in it."""

    def __init__(self, trace: Trace, full_paths: bool) -> None:
        self.trace = trace
        self.full_paths = full_paths
        self.place = {id(each): place for place, each in enumerate(trace.nodes)}
        self.said = {id(each): place for place, each in enumerate(trace.feedback)}
        self.operations: dict[Operation, int] = {}

    def places(self, nodes: Iterable[Node[Any]]) -> list[int]:
        return [self.place[id(each)] for each in nodes if id(each) in self.place]

    def node(self, node: Node[Any]) -> dict[str, Any]:
        entry: dict[str, Any] = {"name": self.trace.names[id(node)]}
        if node.label is not None:
            entry["label"] = _written(node.label)
        entry["value"] = as_json(self.trace.value(node))
        if node.snapshot is not None and node.is_changed:
            entry["before"] = _written(node.snapshot.text)
        if node.operation is not None:
            entry["operation"] = self.operations.setdefault(node.operation, len(self.operations))
            entry["inputs"] = [self.place.get(id(each)) for each in node.inputs]
        if node.record is not None:
            entry["record"] = self.record_entry(node.record)
        if node.trainable is not None:
            entry["parameter"] = self.parameter_entry(node.trainable)
        return entry

    def record_entry(self, record: Record) -> dict[str, Any]:
        entry = {name: getattr(record, name) for name in _KEPT_OF_RECORDS}
        entry["names"] = [_written(name) for name in record.names]
        entry["exception"] = _written(record.exception)
        return {**entry, "position": self.position(record.position)}

    def parameter_entry(self, state: Trainable) -> dict[str, Any]:
        history = [
            {"value": as_json(each.value), "outcome": each.outcome, **_present(reason=_written(each.reason) or None)}
            for each in state.history
        ]
        return {
            "description": _written(state.description),
            **_present(constraint=_constraint_entry(state.constraint)),
            "history": history,
            "feedback": [self.said[id(each)] for each in state.feedback if id(each) in self.said],
        }

    def operation_entry(self, operation: Operation) -> dict[str, Any]:
        texts = {
            "template": operation.template,
            "documentation": _written(operation.documentation),
            "code": _written(operation.code),
            "position": self.position(operation.position),
        }
        return {"name": _written(operation.name), **{key: text for key, text in texts.items() if text}}

    def position(self, position: str) -> str:
        return _written(position if self.full_paths else short_position(position))


def _constraint_entry(constraint: Constraint | None) -> dict[str, Any] | None:
    if constraint is None:
        return None
    if isinstance(constraint, str):
        return {"words": _written(constraint)}
    if callable(constraint):
        words = getattr(constraint, "__doc__", None) or getattr(constraint, "__name__", "") or preview(constraint)
        return {"words": _written(words.strip())}
    allowed = [as_json(each) for each in constraint]
    if not any("preview" in each for each in allowed):
        return {"values": allowed}
    return {"words": f"one of {preview(list(constraint))}"}


def _score(score: float | None) -> float | None:
    """A score that JSON can say; what is not finite is none."""
    return score if score is not None and abs(score) < float("inf") else None


def _present(**entries: Any) -> dict[str, Any]:
    return {name: value for name, value in entries.items() if value is not None}


def _written(text: str) -> str:
    """The text as UTF-8 can write it: half of a surrogate pair by its number."""
    return str(text).encode("utf-8", "backslashreplace").decode()
