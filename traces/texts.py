"""Texts made of nodes by what Python does in C, where it takes the text of a node and leaves no trace.

`", ".join(nodes)` and `json.dumps(nodes)` give plain texts that no feedback goes back from; these give nodes.
"""

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from steepest.traces.containers import mapped, values_of
from steepest.traces.graph import Node, as_node, derive, make
from steepest.traces.operations import Operation
from steepest.traces.operators import call_operation, called
from steepest.traces.scope import is_tracing


def join_text(separator: str | Node[str], parts: Iterable[Any] | Node[Any]) -> Node[str]:
    """`separator.join(parts)`, made from the separator and each part.

    Args:
        separator: What comes between the parts.
        parts: Texts and nodes of texts.

    Raises:
        ExecutionError: A part is no text; it is a `TypeError`, too.
    """
    parts = parts if isinstance(parts, Node) else list(parts)
    return derive(call_operation("{}.join", 1, ()), _joined, (separator, parts))


def dump_json(value: Any, **options: Any) -> Node[str]:
    """`json.dumps(value, **options)`, made from each node in the value.

    Args:
        value: A node, or containers and dataclasses that hold nodes at any depth.
        options: As of `json.dumps`.

    Raises:
        ExecutionError: The value is not JSON; it is a `TypeError` or `ValueError`, too.
    """
    return _made("json.dumps", json.dumps, (value,), options)


def format_text(template: str | Node[str], *args: Any, **kwargs: Any) -> Node[str]:
    """`template.format(*args, **kwargs)`, made from the template and each argument.

    Args:
        template: A text with places in braces.
        args: What comes in `{}` and `{0}`.
        kwargs: What comes in `{name}`.

    Raises:
        ExecutionError: The template asks for what is not there; it is the error of `str.format`, too.
    """
    return _made("{}.format", str.format, (template, *args), kwargs)


def _made(name: str, function: Callable[..., str], args: tuple[Any, ...], named: dict[str, Any]) -> Node[str]:
    names = tuple(named)
    operation = call_operation(name, len(args) - name.startswith("{}"), names)
    sources = [_source(each) for each in (*args, *named.values())]
    return derive(operation, partial(called, names, partial(_of_values, function)), sources)


def _source(argument: Any) -> Any:
    """An argument as what the text is made from: nodes in dataclasses and the like are its inputs, too."""
    if not is_tracing():
        return argument
    made, held = as_node(argument), list[Node[Any]]()
    plain = mapped(lambda node: (held.append(node), values_of(node))[1], made._value)  # type: ignore[func-returns-value]
    return make(plain, _HOLDING, (made, *held)) if held else made


_HOLDING = Operation("values", "", "The first input with the values of the others in their places.")


def _joined(separator: str, parts: Iterable[Any]) -> str:
    return separator.join(values_of(part) for part in parts)


def _of_values(function: Callable[..., str], *args: Any, **kwargs: Any) -> str:
    return function(*map(values_of, args), **{name: values_of(each) for name, each in kwargs.items()})
