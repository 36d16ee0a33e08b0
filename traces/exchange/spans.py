"""Spans as plain data, whatever they come from: OTLP as JSON, the SDK's objects, or what they print."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from steepest.errors import InputError
from steepest.traces.previews import preview

MOST_BYTES = 1 << 30
"""Of a file that is read."""
_DEEPEST = 60
_VALUES = {"stringValue": str, "boolValue": bool, "intValue": int, "doubleValue": float, "bytesValue": str}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a span."""

    name: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """One operation of a program, as its telemetry tells it."""

    trace: str
    id: str
    parent: str
    """Id of the span that it is part of; empty for a root."""
    name: str
    begin: int
    """Nanoseconds since 1970, as is `end`."""
    end: int
    attributes: Mapping[str, Any]
    events: tuple[Event, ...] = ()
    links: tuple[str, ...] = ()
    """Ids of other spans."""
    error: str = ""
    """What went wrong, if its status says so."""


def read_spans(source: Any) -> list[Span]:
    """Spans from what holds them, ascending by their begin, each once.

    Args:
        source: Spans of the SDK; an OTLP/JSON document (`resourceSpans`) as data, text or path of a file, also one a
            line; or data as `ReadableSpan.to_json` writes it, one or several.

    Raises:
        InputError: It holds none, or something else; the message says what.
    """
    found: dict[tuple[str, str], Span] = {}
    for span in _spans(source):
        found.setdefault((span.trace, span.id), span)
    if not found:
        raise InputError("there are no spans: pass finished spans, or an OTLP/JSON document with resourceSpans")
    return sorted(found.values(), key=lambda span: span.begin)


def _spans(source: Any) -> Iterator[Span]:
    if isinstance(source, (str, bytes, Path)):
        source = _loaded(source)
    if isinstance(source, Mapping):
        yield from _from_mapping(source)
    elif hasattr(source, "get_span_context"):
        yield _of_sdk(source)
    elif isinstance(source, Iterable):
        for each in source:
            if isinstance(each, (str, bytes, list)):
                raise InputError(f"{preview(each, 60)} is no span")
            yield from _spans(each)
    else:
        raise InputError(f"{preview(source, 60)} holds no spans")


def _from_mapping(data: Mapping[str, Any]) -> Iterator[Span]:
    try:
        if "resourceSpans" in data:
            for resource in data["resourceSpans"]:
                for scope in resource.get("scopeSpans", ()):
                    yield from map(_of_otlp, scope.get("spans", ()))
        elif "spanId" in data:
            yield _of_otlp(data)
        elif "context" in data:
            yield _of_console(data)
        else:
            raise InputError(f"{preview(dict(data), 100)} is no span and no OTLP document")
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise InputError(f"the spans are not well formed: {type(error).__name__}: {error}") from error


def _loaded(source: str | bytes | Path) -> Any:
    text = _text(source)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise InputError("the spans are no OTLP/JSON: they are nested too deeply") from error
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [json.loads(line) for line in lines]
    except (ValueError, RecursionError) as error:
        raise InputError(f"the spans are neither JSON nor JSON a line: {error}") from error


def _text(source: str | bytes | Path) -> str:
    try:
        if isinstance(source, str) and source.lstrip()[:1] in ("{", "[", ""):
            return source
        if isinstance(source, bytes):
            return source.decode()
        path = Path(source)
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{source} has {path.stat().st_size:,} bytes; spans are read from {MOST_BYTES:,} at most")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"the spans can't be read from {preview(str(source), 200)}: {error}") from error


def _of_otlp(data: Mapping[str, Any]) -> Span:
    """A span of an OTLP/JSON document: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding."""
    status = data.get("status") or {}
    failed = status.get("code") in (2, "STATUS_CODE_ERROR")
    events = tuple(Event(str(each.get("name", "")), _attributes(each)) for each in data.get("events") or ())
    return Span(
        trace=str(data.get("traceId", "")),
        id=str(data["spanId"]),
        parent=str(data.get("parentSpanId") or ""),
        name=str(data.get("name", "")),
        begin=int(data.get("startTimeUnixNano") or 0),
        end=int(data.get("endTimeUnixNano") or 0),
        attributes=_attributes(data),
        events=events,
        links=tuple(str(each.get("spanId", "")) for each in data.get("links") or ()),
        error=_error(failed, status.get("message"), events),
    )


def _attributes(data: Mapping[str, Any]) -> dict[str, Any]:
    return {str(each["key"]): _any_value(each.get("value") or {}, 0) for each in data.get("attributes") or ()}


def _any_value(value: Mapping[str, Any], depth: int) -> Any:
    """OTLP's `AnyValue`."""
    if depth > _DEEPEST:
        raise ValueError("an attribute is nested too deeply")
    for key, kind in _VALUES.items():
        if key in value:
            return kind(value[key])
    if "arrayValue" in value:
        return [_any_value(each, depth + 1) for each in value["arrayValue"].get("values") or ()]
    if "kvlistValue" in value:
        pairs = value["kvlistValue"].get("values") or ()
        return {str(pair["key"]): _any_value(pair.get("value") or {}, depth + 1) for pair in pairs}
    return None


def _of_sdk(span: Any) -> Span:
    """A span of opentelemetry-sdk."""
    context = span.get_span_context()
    events = tuple(Event(each.name, dict(each.attributes or {})) for each in span.events)
    status = span.status
    return Span(
        trace=f"{context.trace_id:032x}",
        id=f"{context.span_id:016x}",
        parent=f"{span.parent.span_id:016x}" if span.parent is not None else "",
        name=span.name,
        begin=span.start_time or 0,
        end=span.end_time or span.start_time or 0,
        attributes=dict(span.attributes or {}),
        events=events,
        links=tuple(f"{each.context.span_id:016x}" for each in span.links),
        error=_error(status.status_code.name == "ERROR", status.description, events),
    )


def _of_console(data: Mapping[str, Any]) -> Span:
    """A span as `ReadableSpan.to_json` has it."""
    status = data.get("status") or {}
    events = tuple(
        Event(str(each.get("name", "")), dict(each.get("attributes") or {})) for each in data.get("events") or ()
    )
    return Span(
        trace=_hexadecimal(data["context"]["trace_id"]),
        id=_hexadecimal(data["context"]["span_id"]),
        parent=_hexadecimal(data.get("parent_id") or ""),
        name=str(data.get("name", "")),
        begin=_nanoseconds(data.get("start_time")),
        end=_nanoseconds(data.get("end_time")),
        attributes=dict(data.get("attributes") or {}),
        events=events,
        links=tuple(_hexadecimal(each["context"]["span_id"]) for each in data.get("links") or ()),
        error=_error(status.get("status_code") == "ERROR", status.get("description"), events),
    )


def _hexadecimal(identity: str) -> str:
    return identity.removeprefix("0x")


def _nanoseconds(moment: str | None) -> int:
    if not moment:
        return 0
    passed = datetime.fromisoformat(moment) - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return (passed.days * 86_400 + passed.seconds) * 1_000_000_000 + passed.microseconds * 1000


def _error(failed: bool, message: Any, events: Iterable[Event]) -> str:
    """What a failed span says about it: its exception, else its status."""
    if not failed:
        return ""
    for event in events:
        if event.name == "exception" and event.attributes.get("exception.type"):
            kind = str(event.attributes["exception.type"]).rpartition(".")[2]
            words = event.attributes.get("exception.message")
            return f"{kind}: {words}" if words else kind
    return str(message or "Error")
