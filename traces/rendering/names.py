"""Names of nodes, numbered in their trace, and how a node is written with them: `total = add(a=x, b=2)`.

Numbers that counted in the process would make the same program look different every time; these depend on nothing but
the trace, so what shows them can be compared, cached and kept under version control.
"""

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from string import Formatter
from typing import Any
from unicodedata import normalize

from steepest.traces.graph import Node
from steepest.traces.pending import CODE
from steepest.traces.records import Record

_LONGEST_NAME = 40
_LONGEST_CONSTANT = 24
"""Characters of a constant that is written where it is used."""
_BITS = 64
"""Of a whole number that may be written so; the text of a huge one costs more than its name."""
_KINDS = {
    bool: "flag",
    int: "number",
    float: "number",
    complex: "number",
    str: "text",
    type(None): "none",
    "ndarray": "array",
    "builtin_function_or_method": "function",
}
"""What values of a type are called; others by the name of the type."""
_CONSTANTS = frozenset({bool, int, float, complex, str, type(None)})


def names_of(nodes: Iterable[Node[Any]]) -> dict[int, str]:
    """A name for each node: its label, else its operation's name, else what it is, with a number from the second on.

    Args:
        nodes: Of one trace, ascending by creation.

    Returns:
        Names by the `id` of the node, in the nodes' order; each a Python identifier, each once. Labels are given first,
        so what a person called `x` is `x`.
    """
    every = list(nodes)
    labelled = [node for node in every if node.label]
    given: dict[int, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for node in [*labelled, *(node for node in every if not node.label)]:
        name = base = _identifier(_base(node))
        while name in taken:
            counts[base] = counts.get(base, 1) + 1
            name = f"{base}_{counts[base]}"
        taken.add(name)
        given[id(node)] = name
    return {id(node): given[id(node)] for node in every}


def is_constant(node: Node[Any]) -> bool:
    """Whether a node is a small value without a name of its own, which is written where it is used."""
    if node.operation is not None or node.label or node.trainable is not None:
        return False
    value = node._value
    if type(value) not in _CONSTANTS or (type(value) is int and value.bit_length() > _BITS):
        return False
    return not (type(value) is str and len(value) > _LONGEST_CONSTANT) and len(repr(value)) <= _LONGEST_CONSTANT


def written(node: Node[Any], names: Mapping[int, str], most: int | None = None) -> str:
    """How a node is made, in the names of its inputs: `x + 1`, `div(a=x, b=2)`, `[a, b]`.

    Args:
        node: A node of the trace.
        names: Of the trace's nodes.
        most: Inputs that are written before the rest is only counted; all of them unless given.

    Returns:
        The text; empty for a leaf, and for a node whose inputs are outside of the trace.
    """
    operation = node.operation
    if operation is None or not all(id(each) in names for each in node.inputs):
        return ""
    if operation.template and _places(operation.template) == len(node.inputs):
        return operation.template.format(*_operands(operation.template, node.inputs, names))
    arguments = ", ".join(_shortened(_arguments(node, names), most))
    if "..." in operation.template:
        return operation.template.replace("...", f"{arguments}," if len(node.inputs) == 1 else arguments)
    return f"{operation.name}({arguments})"


def argument(node: Node[Any], names: Mapping[int, str]) -> str:
    """How a node is written as an input: a small constant by its value, anything else by its name."""
    return repr(node._value) if is_constant(node) else names[id(node)]


@lru_cache(maxsize=4096)
def _places(template: str) -> int:
    """How many inputs a template has a place for."""
    return sum(field == "" for _, field, _, _ in Formatter().parse(template))


def _operands(template: str, inputs: Sequence[Node[Any]], names: Mapping[int, str]) -> list[str]:
    """The inputs of an operator; a number in front of it in parentheses where Python would read it otherwise."""
    texts = [argument(each, names) for each in inputs]
    if texts and re.match(r"-?\{\}( \*\*|\.|\[|\(|$)", template) and re.match(r"[-\d]", texts[0]):
        texts[0] = f"({texts[0]})"
    return texts


def _arguments(node: Node[Any], names: Mapping[int, str]) -> list[str]:
    """The inputs of a call, by the parameters they went to; what was read without being passed says so."""
    texts = [argument(each, names) for each in node.inputs]
    record = node.record
    if record is None or len(record.names) != len(texts):
        return texts
    end = len(texts) - (1 if _runs_code(node, record) else 0)
    unpassed = range(end - record.externals, end)
    return [
        f"reads {text}" if place in unpassed else f"{name}={text}" if name else text
        for place, (name, text) in enumerate(zip(record.names, texts, strict=True))
    ]


def _runs_code(node: Node[Any], record: Record) -> bool:
    """Whether the last input is the trainable source of the function."""
    return record.names[-1:] == (CODE,) and node.inputs[-1].trainable is not None


def _shortened(texts: list[str], most: int | None) -> list[str]:
    if most is None or len(texts) <= most:
        return texts
    return [*texts[: most - 1], f"… {len(texts) - most:,} more", texts[-1]]


def _base(node: Node[Any]) -> str:
    if node.label:
        return node.label
    if node.operation is not None:
        return node.operation.name
    kind = type(node._value)
    return _KINDS.get(kind) or _KINDS.get(kind.__name__) or kind.__name__.lower()


@lru_cache(maxsize=4096)
def _identifier(text: str) -> str:
    """A Python identifier as close to the text as can be."""
    words = re.sub(r"\W+", "_", normalize("NFKC", text[: 4 * _LONGEST_NAME])).strip("_")[:_LONGEST_NAME].rstrip("_")
    name = words if not words[:1].isdigit() else f"_{words}"
    if not name.isidentifier():
        name = re.sub(r"[^A-Za-z0-9_]", "", name) or "node"
    return f"{name}_" if keyword.iskeyword(name) else name
