"""Traces for other programs, and other programs' runs as traces: JSON, networkx, OpenTelemetry spans, LangGraph graphs.

What is outside the standard library is imported when it is used, and its absence is an error that names what to
install.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError
from steepest.traces.exchange.json_reading import json_schema, read_json
from steepest.traces.exchange.json_writing import json_document, write_json
from steepest.traces.exchange.networks import networkx_graph
from steepest.traces.exchange.span_export import to_spans
from steepest.traces.exchange.span_import import from_spans

if TYPE_CHECKING:
    from steepest.traces.exchange.graph_prompts import PromptPlace
    from steepest.traces.exchange.graph_recording import RecordedGraph, find_prompts, record_graph
    from steepest.traces.exchange.span_recorder import SpanRecorder

__all__ = [
    "PromptPlace",
    "RecordedGraph",
    "SpanRecorder",
    "find_prompts",
    "from_spans",
    "json_document",
    "json_schema",
    "networkx_graph",
    "read_json",
    "record_graph",
    "to_spans",
    "write_json",
]


_LATER = {
    "PromptPlace": "graph_prompts",
    "RecordedGraph": "graph_recording",
    "SpanRecorder": "span_recorder",
    "find_prompts": "graph_recording",
    "record_graph": "graph_recording",
}
"""What stands on libraries that take their time to import, or may not be there."""
_PACKAGES = {"graph_recording": "langgraph", "span_recorder": '"steepest[otel]"'}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = _LATER[name]
    try:
        return getattr(import_module(f"{__name__}.{module}"), name)
    except ImportError as error:
        raise InputError(f"{name} needs a library that is not installed: pip install {_PACKAGES[module]}") from error
