"""The trace graph: values, the operations that made them, and feedback that flows back. Knows no LLM.

`node` and `bundle` record a program as it runs, `Module` and `model` hold its parameters, `backward` carries feedback
to them, `update` changes them, `trace_of` shows what happened. graph.py is the whole idea on one page; docs/traces.md
shows it at work. Source: "Trace is the New AutoDiff", arXiv 2406.16218 (OPTO).

What stands around the core (rendering, exchange, saving, propagators, the sandbox of proposed code) is loaded on first
use.
"""

from typing import TYPE_CHECKING

from steepest.lazy import lazy_names
from steepest.traces.bundle import Bundle, bundle
from steepest.traces.failures import CodeNotRunError, ExecutionError, TraceError
from steepest.traces.feedback import Feedback, Subgraph, backward, subgraph
from steepest.traces.graph import Node
from steepest.traces.parameters import RejectedValueError, Update, node, update, zero_feedback
from steepest.traces.scope import carried, charge, map, no_trace

if TYPE_CHECKING:
    from steepest.traces.code.runners import CodeRunner, using_runner
    from steepest.traces.code.sandboxed import SandboxRunner
    from steepest.traces.containers import values_of
    from steepest.traces.credit import Importance, importance, mean_importance
    from steepest.traces.modules.members import named_parameters, parameters_of
    from steepest.traces.modules.module import Module, model
    from steepest.traces.modules.saving import load_parameters, save_parameters
    from steepest.traces.propagators import SubgraphPropagator, SumPropagator, propagate
    from steepest.traces.ranges import Between
    from steepest.traces.texts import dump_json, format_text, join_text
    from steepest.traces.torch_gradients import TorchGradients
    from steepest.traces.trace import Trace, trace_of
    from steepest.traces.workflows import workflow

__all__ = [
    "Between",
    "Bundle",
    "CodeNotRunError",
    "CodeRunner",
    "ExecutionError",
    "Feedback",
    "Importance",
    "Module",
    "Node",
    "RejectedValueError",
    "SandboxRunner",
    "Subgraph",
    "SubgraphPropagator",
    "SumPropagator",
    "TorchGradients",
    "Trace",
    "TraceError",
    "Update",
    "backward",
    "bundle",
    "carried",
    "charge",
    "dump_json",
    "format_text",
    "importance",
    "join_text",
    "load_parameters",
    "map",
    "mean_importance",
    "model",
    "named_parameters",
    "no_trace",
    "node",
    "parameters_of",
    "propagate",
    "save_parameters",
    "subgraph",
    "trace_of",
    "update",
    "using_runner",
    "values_of",
    "workflow",
    "zero_feedback",
]

_HOMES = {
    "Between": "ranges",
    "CodeRunner": "code.runners",
    "Importance": "credit",
    "Module": "modules.module",
    "SandboxRunner": "code.sandboxed",
    "SubgraphPropagator": "propagators",
    "SumPropagator": "propagators",
    "TorchGradients": "torch_gradients",
    "Trace": "trace",
    "dump_json": "texts",
    "format_text": "texts",
    "importance": "credit",
    "join_text": "texts",
    "load_parameters": "modules.saving",
    "mean_importance": "credit",
    "model": "modules.module",
    "named_parameters": "modules.members",
    "parameters_of": "modules.members",
    "propagate": "propagators",
    "save_parameters": "modules.saving",
    "trace_of": "trace",
    "using_runner": "code.runners",
    "values_of": "containers",
    "workflow": "workflows",
}


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
