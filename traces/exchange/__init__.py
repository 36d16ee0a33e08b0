"""Traces for other programs, and other programs' runs as traces: JSON, networkx, OpenTelemetry spans, LangGraph graphs.

What is outside the standard library is imported when it is used, and its absence is an error that names what to
install.
"""

from steepest.traces.exchange.json_documents import json_document, json_schema, read_json, write_json
from steepest.traces.exchange.networks import networkx_graph

__all__ = ["json_document", "json_schema", "networkx_graph", "read_json", "write_json"]
