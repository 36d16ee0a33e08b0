"""What led from parameters to outputs, as JSON that a rollout carries and proposers read.

An account is bounded whatever the size of the graph: repeated parts are folded, values are previews, every operation is
documented once. It is made in time linear in the graph, and the same program gives the same account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeAlias

from steepest.agents.optimizers.components import words_of_constraint
from steepest.traces.feedback import Feedback, Subgraph
from steepest.traces.graph import Node
from steepest.traces.operations import Operation
from steepest.traces.parameters import state_of
from steepest.traces.pending import CODE
from steepest.traces.previews import cut, preview
from steepest.traces.rendering.characters import visible
from steepest.traces.rendering.entries import entry_of, words_of
from steepest.traces.rendering.folding import Item, View, view_of
from steepest.traces.rendering.names import is_constant
from steepest.traces.trace import Trace, trace_of

__all__ = ["Account", "account_of"]

Account: TypeAlias = dict[str, Any]
"""Keys: `lines` (name, kind, expression, operation, inputs, places, value, is_output, hidden), `operations` (name,
documentation, code), `parameters` (name, description, constraint, value, is_used), `feedback` (text, score, outputs)
and `nodes`, how many the graph has. The `places` of a line are the numbers of the lines that it was made from, folds
among them."""

MOST_LINES = 60
"""Nodes from which on repeated parts and the middle are folded."""
_MOST_ARGUMENTS = 12
_LONGEST_VALUE = 400
_LONGEST_PARAMETER = 2000
_LONGEST_WORDS = 4000
_LONGEST_CODE = 4000
_LONGEST_DOCUMENTATION = 1000
_MOST_OPERATIONS = 40
_MOST_FEEDBACK = 20
_MOST_NAMED = 20


def account_of(subgraph: Subgraph, names: Mapping[str, Node[Any]] | None = None) -> Account:
    """The account of a subgraph.

    Args:
        subgraph: Of parameters and the outputs that feedback was given on.
        names: What the parameters are called; as they are labelled unless given.

    Returns:
        What `json.dumps` takes.
    """
    trace = trace_of(subgraph.outputs, subgraph.parameters)
    trace = replace(trace, names=_renamed(trace, names or {}), feedback=subgraph.feedback)
    view = view_of(trace, MOST_LINES)
    return {
        "nodes": sum(not is_constant(each) for each in trace.nodes),
        "lines": _lines(trace, view),
        "operations": _operations(trace, view),
        "parameters": _parameters(trace, subgraph, names or {}),
        "feedback": [_said(trace, each) for each in subgraph.feedback[:_MOST_FEEDBACK]],
    }


def _renamed(trace: Trace, names: Mapping[str, Node[Any]]) -> dict[int, str]:
    """The names of the trace, parameters by those given; whatever else has one of these gets another."""
    given = {id(each): name for name, each in names.items() if id(each) in trace.names}
    taken = {*given.values(), *trace.names.values()}
    renamed: dict[int, str] = {}
    for key, name in trace.names.items():
        free, number = name, 2
        if key not in given and name in names:
            while free in taken:
                free, number = f"{name}_{number}", number + 1
            taken.add(free)
        renamed[key] = given.get(key, free)
    return renamed


def _lines(trace: Trace, view: View) -> list[dict[str, Any]]:
    """What is shown of the trace, a line each, folds among them."""
    remaining = iter(node for node in trace.nodes if not is_constant(node) or trace.is_output(node))
    lines = []
    for item in view.items:
        nodes = list(islice(remaining, max(item.hidden, 1)))
        line = _line(trace, item.node) if item.node is not None else _fold(trace, item, nodes)
        lines.append(line | {"places": list(item.inputs)})
    return lines


def _line(trace: Trace, node: Node[Any]) -> dict[str, Any]:
    entry = entry_of(trace, node, times=False, longest=_LONGEST_VALUE)
    return {
        "name": entry.name,
        "kind": entry.kind,
        "expression": visible(cut(trace.written(node, _MOST_ARGUMENTS), _LONGEST_VALUE)),
        "operation": node.operation.name if node.operation is not None and _is_told(node.operation) else "",
        "inputs": [trace.name(each) for each in trace.inputs(node) if not is_constant(each)][:_MOST_NAMED],
        "value": cut(entry.exception, _LONGEST_WORDS) or entry.value,
        "is_output": entry.is_output,
        "hidden": 0,
    }


def _fold(trace: Trace, item: Item, nodes: Sequence[Node[Any]]) -> dict[str, Any]:
    between = f"{trace.name(nodes[0])} to {trace.name(nodes[-1])}"
    return {
        "name": "",
        "kind": "fold",
        "expression": f"{item.summary} ({between})",
        "operation": "",
        "inputs": [],
        "value": "",
        "is_output": False,
        "hidden": item.hidden,
    }


def _is_told(operation: Operation) -> bool:
    """Whether there is more to say about an operation than how its calls are written."""
    return bool(operation.code or operation.documentation) and not operation.template


def _operations(trace: Trace, view: View) -> list[dict[str, str]]:
    """What the operations that are shown do, each once; the source of one that is a parameter stands with those."""
    shown = [item.node for item in view.items if item.node is not None]
    found: dict[Operation, bool] = {}
    for node in shown:
        if node.operation is not None and _is_told(node.operation):
            found[node.operation] = found.get(node.operation, False) or _runs_parameter(node)
    return [
        {
            "name": each.name,
            "documentation": cut(each.documentation.strip(), _LONGEST_DOCUMENTATION),
            "code": "" if is_parameter else cut(each.code.strip(), _LONGEST_CODE),
        }
        for each, is_parameter in list(found.items())[:_MOST_OPERATIONS]
    ]


def _runs_parameter(node: Node[Any]) -> bool:
    record = node.record
    return record is not None and record.names[-1:] == (CODE,) and node.inputs[-1].trainable is not None


def _parameters(trace: Trace, subgraph: Subgraph, names: Mapping[str, Node[Any]]) -> list[dict[str, Any]]:
    """Those of the subgraph, in its order, and whether they took part."""
    called = {id(each): name for name, each in names.items()}
    return [
        {
            "name": called.get(id(each)) or trace.names.get(id(each)) or each.label or "parameter",
            "description": cut(state_of(each).description, _LONGEST_DOCUMENTATION),
            "constraint": words_of_constraint(state_of(each)),
            "value": cut(_plain(each._value), _LONGEST_PARAMETER),
            "is_used": id(each) in trace.names,
        }
        for each in subgraph.parameters
    ]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else preview(value, _LONGEST_PARAMETER)


def _said(trace: Trace, feedback: Feedback) -> dict[str, Any]:
    outputs = [trace.names[id(each)] for each in feedback.outputs if id(each) in trace.names]
    return {"text": words_of(feedback.text), "score": feedback.score, "outputs": outputs[:_MOST_NAMED]}
