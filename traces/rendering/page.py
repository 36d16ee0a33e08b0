"""A trace as one page to explore: everything in one file that loads nothing and runs no script but its own.

The data stand in the page as JSON that no text in it can end, the script puts them into the page as text, and the
page's policy admits the one script by its hash; so whatever a value holds, it is only ever looked at.
"""

import json
from collections.abc import Hashable
from html import escape
from pathlib import PurePath
from string import Template
from typing import TYPE_CHECKING, Any

from steepest.traces.graph import Node
from steepest.traces.operations import Operation
from steepest.traces.previews import cut, preview
from steepest.traces.rendering.characters import visible
from steepest.traces.rendering.entries import entry_of, summary_of, value_of, words_of
from steepest.traces.rendering.frame import asset, framed, page_words
from steepest.traces.rendering.names import argument, is_constant
from steepest.traces.rendering.svg import STYLE, svg_of

if TYPE_CHECKING:
    from steepest.traces.trace import Trace

_LONGEST_VALUE = 240
"""Characters of a value in a row; whoever looks at the node sees more of it."""
_LONGEST_TEXT = 6000
_PICTURED = 60


def page_of(trace: "Trace", *, times: bool, title: str) -> str:
    """A page; see `Trace.to_html`."""
    style, body, script = (asset(__package__, f"page.{kind}") for kind in ("css", "html", "js"))
    return Template(framed(body)).substitute(
        page_words(escape(visible(title)), style, script, drawn=STYLE),
        picture=svg_of(trace, limit=_PICTURED, times=times),
        data=_embedded(_document(trace, times)),
    )


def _document(trace: "Trace", times: bool) -> dict[str, Any]:
    nodes = [node for node in trace.nodes if not is_constant(node) or trace.is_output(node)]
    places = {id(node): place for place, node in enumerate(nodes)}
    operations: dict[Hashable, int] = {}
    described: list[dict[str, str]] = []
    entries = []
    for node in nodes:
        operation = node.operation
        if operation is not None and operation.code and operation not in operations:
            operations[operation] = len(described)
            described.append(_operation(operation))
        entries.append(_node(trace, node, places, operations.get(operation, -1), times))
    return {
        "summary": summary_of(trace, times=times),
        "nodes": entries,
        "operations": described,
        "outputs": [places[id(output)] for output in trace.outputs],
    }


def _node(trace: "Trace", node: Node[Any], places: dict[int, int], operation: int, times: bool) -> dict[str, Any]:
    entry = entry_of(trace, node, times=times, longest=_LONGEST_VALUE)
    state = node.trainable
    return {
        "name": entry.name,
        "expression": entry.expression,
        "value": entry.value,
        "text": _whole_text(trace, node, entry.value),
        "kind": entry.kind,
        "output": entry.is_output,
        "changed": entry.is_changed,
        "exception": entry.exception,
        "feedback": entry.feedback,
        "costs": entry.costs,
        "took": _took(node, times),
        "inputs": _inputs(trace, node, places),
        "operation": operation,
        "position": _short(node.record.position) if node.record is not None else "",
        "description": words_of(state.description) if state is not None else "",
        "constraint": _constraint(state.constraint) if state is not None else "",
    }


def _took(node: Node[Any], times: bool) -> list[float]:
    """Seconds, tokens and money of a call, to sort by; nothing where there is nothing to tell."""
    if node.record is None:
        return []
    took = [node.record.seconds if times else 0, node.record.tokens, node.record.money]
    return took if any(took) else []


def _whole_text(trace: "Trace", node: Node[Any], short: str) -> str:
    """More of a value than fits a row: of a text its lines as they are."""
    value = trace.value(node)
    if isinstance(value, str):
        return visible(cut(value, _LONGEST_TEXT), multiline=True) if "\n" in value or len(value) > 80 else ""
    longer = value_of(trace, node, _LONGEST_TEXT)
    return longer if longer != short else ""


def _inputs(trace: "Trace", node: Node[Any], places: dict[int, int]) -> list[tuple[str, int, str]]:
    """Parameter, place and text of each input; a constant has no place, and only a constant needs a text."""
    inputs = trace.inputs(node)
    names = node.record.names if node.record is not None and len(node.record.names) == len(inputs) else ()
    listed = []
    for count, each in enumerate(inputs):
        place = places.get(id(each), -1)
        text = "" if place >= 0 else visible(argument(each, trace.names))
        listed.append((visible(names[count]) if names else "", place, text))
    return listed


def _operation(operation: Operation) -> dict[str, str]:
    return {
        "documentation": visible(operation.documentation, multiline=True),
        "code": visible(operation.code, multiline=True),
        "position": _short(operation.position),
    }


def _constraint(constraint: object) -> str:
    if constraint is None:
        return ""
    if isinstance(constraint, str):
        return words_of(constraint)
    if callable(constraint):
        return words_of(str(getattr(constraint, "__doc__", None) or getattr(constraint, "__name__", "a function")))
    return words_of(f"one of {preview(constraint)}")


def _short(position: str) -> str:
    """A position without the folders, which differ from machine to machine and are nobody's business."""
    return visible(PurePath(position).name)


def _embedded(document: dict[str, Any]) -> str:
    r"""JSON that may stand in a script element: what could end the element is written as `\u003c`."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
