"""The whole idea: a node is a value, the operation that made it, its inputs and a creation number; backward is a sweep.

A program that computes with nodes leaves a graph behind: every operation makes a node that remembers what it was made
from, and nothing remembers a node, so what nobody holds any more is freed. Creation numbers only grow, so descending
numbers are an order in which every node comes before its inputs; feedback goes back in it, each edge once. Source:
"Trace is the New AutoDiff", arXiv 2406.16218 (OPTO).

Everything else stands around this file: operators, bundles, exceptions, parameters, rendering.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from copy import copy, deepcopy
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from steepest.traces.failures import execution_error, message_of, told
from steepest.traces.operations import Operation, dict_operation
from steepest.traces.operators import Operators, TextMethods
from steepest.traces.records import Record
from steepest.traces.scope import is_tracing, note_read, note_test
from steepest.traces.snapshots import Snapshot, is_changed, snapshot_of

if TYPE_CHECKING:
    from steepest.traces.parameters import Trainable

T = TypeVar("T")
M = TypeVar("M")

_numbers = itertools.count(1)
"""Creation numbers; `next` on it is atomic, so threads never share one."""


class Node(Operators, Generic[T]):
    """A value in a recorded computation. Made by `node`, by operators and by bundles, never by its class.

    A node stands in for its value: operators, conversions, iteration, methods. Comparison is an operation like any
    other, `==` too, and gives a node; nodes are told apart by `is`.
    """

    if TYPE_CHECKING:
        _value: T
        operation: Operation | None
        """What made it; None for a leaf."""
        inputs: tuple["Node[Any]", ...]
        order: int
        """Creation number: larger than that of every input; 0 for what was made inside of a bundle."""
        label: str | None
        """The name it was given, if any."""
        record: Record | None
        """Of the call of a bundle that made it."""
        snapshot: Snapshot | None
        """What a value that can change in place was when the node was made."""
        trainable: Trainable | None
        """What makes it a parameter."""
    else:
        __slots__ = ()

    @property
    def value(self) -> T:
        """The value. Reading it inside a bundle makes the node an input of that bundle's call."""
        note_read(self)
        return self._value

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by no operation."""
        return self.operation is None

    @property
    def is_changed(self) -> bool:
        """Whether the value has been changed in place since the node was made."""
        return self.snapshot is not None and is_changed(self._value, self.snapshot)

    def detach(self) -> "Node[T]":
        """A leaf with the same value: feedback stops there."""
        return leaf(self._value, self.label)

    def __repr__(self) -> str:
        name = self.label or (self.operation.name if self.operation else "node")
        return f"<{name}: {preview(self._value)}{', changed in place since' if self.is_changed else ''}>"

    def _derive(self, operation: Operation, function: Callable[..., Any], *arguments: Any) -> "Node[Any]":
        return derive(operation, function, arguments)

    def _tested(self) -> T:
        """The value, to be told to Python and not to an operation."""
        note_test(self)
        return self.value

    def __copy__(self) -> "Node[T]":
        return leaf(self._value, self.label, self.trainable and self.trainable.copied())

    def __deepcopy__(self, memo: dict[int, Any]) -> "Node[T]":
        return leaf(deepcopy(self._value, memo), self.label, self.trainable and self.trainable.copied())

    def __reduce__(self) -> tuple[Any, ...]:
        return leaf, (self._value, self.label, self.trainable and self.trainable.copied())


_HOLDERS: dict[type, Operation] = {
    list: Operation("list", "[...]"),
    tuple: Operation("tuple", "(...)"),
    set: Operation("set", "{...}"),
    frozenset: Operation("frozenset"),
    dict: Operation("dict"),
}
"""Containers that may hold nodes, and the operation that puts them together."""
_SLOTS = ("_value", "operation", "inputs", "order", "label", "record", "snapshot", "trainable", "__weakref__")


class _PlainNode(Node[T]):
    if not TYPE_CHECKING:
        __slots__ = _SLOTS
    __hash__ = object.__hash__


class _TextNode(TextMethods, Node[str], str):  # type: ignore[misc]  # gives nodes where a text gives texts
    """A node that is its text as well, so that `" ".join` takes it. A parameter is none: its text can change."""

    if not TYPE_CHECKING:
        __slots__ = _SLOTS
    __hash__ = str.__hash__


def make(value: T, operation: Operation | None = None, inputs: tuple[Node[Any], ...] = ()) -> Node[T]:
    """A node of a value; the one place where nodes are made."""
    return _filled(str.__new__(_TextNode, value) if type(value) is str else _blank(_PlainNode), value, operation, inputs)


def leaf(value: T, label: str | None = None, trainable: "Trainable | None" = None) -> Node[T]:
    """A node that no operation made."""
    made = make(value) if trainable is None else _filled(_blank(_PlainNode), value, None, ())
    made.label, made.trainable = label, trainable
    if is_inside() and trainable is None:
        made.order = 0
    return made


def derive(operation: Operation, function: Callable[..., Any], arguments: Iterable[Any]) -> Node[Any]:
    """Apply a function to the values of its arguments.

    Raises:
        ExecutionError: The function raises; the error is of the same type as its exception, too. Inside of a bundle it
            is the exception itself.
    """
    inputs = tuple([each if isinstance(each, Node) else as_node(each) for each in arguments])
    if not is_tracing():
        return _unrecorded(operation, function, inputs)
    try:
        value = function(*[each._value for each in inputs])
    except Exception as error:
        raise execution_error(error, failure(error, operation, inputs)) from error
    if isinstance(value, Node):  # the function works with nodes itself
        return make(value._value, operation, (*inputs, value))
    return make(value, operation, inputs)


def failure(error: Exception, operation: Operation, inputs: tuple[Node[Any], ...]) -> Node[str]:
    """The node of an operation that raised: what feedback goes back from."""
    made = make(told(error), operation, inputs)
    made.record = Record(("",) * len(inputs), 0.0, exception=message_of(error))
    return made


def as_node(value: Any) -> Node[Any]:
    """What is to be an input: a node as it is, a container that holds nodes as an operation on them, else a leaf."""
    if isinstance(value, Node):
        return value
    if type(value) not in _HOLDERS or not holds_nodes(value):
        return make(value)
    parts = list(value.values() if isinstance(value, dict) else value)
    inputs = tuple([as_node(part) for part in parts])
    values = [each.value for each in inputs]
    if isinstance(value, dict):
        return make(dict(zip(value, values, strict=True)), dict_operation(tuple(value)), inputs)
    return make(type(value)(values), _HOLDERS[type(value)], inputs)


def holds_nodes(value: Any) -> bool:
    """Whether a container of Python's own holds a node, at any depth."""
    if isinstance(value, Node):
        return True
    if type(value) not in _HOLDERS:
        return False
    return any(holds_nodes(part) for part in (value.values() if isinstance(value, dict) else value))


def ancestors(outputs: Iterable[Node[Any]]) -> list[Node[Any]]:
    """The outputs and all that they were made from, ascending by creation; linear in nodes and edges."""
    found = {id(output): output for output in outputs}
    stack = list(found.values())
    while stack:
        for each in stack.pop().inputs:
            if id(each) not in found:
                found[id(each)] = each
                stack.append(each)
    return sorted(found.values(), key=_order)


def between(parameters: Iterable[Node[Any]], outputs: Iterable[Node[Any]]) -> list[Node[Any]]:
    """The nodes on the paths from parameters to outputs, both ends included, ascending by creation."""
    on_path = {id(parameter) for parameter in parameters}
    kept = []
    for each in ancestors(outputs):
        if id(each) in on_path or any(id(source) in on_path for source in each.inputs):
            on_path.add(id(each))
            kept.append(each)
    return kept


def sweep(
    outputs: Iterable[tuple[Node[Any], M]],
    spread: Callable[[Node[Any], M], Iterable[tuple[Node[Any], M]]],
    join: Callable[[M, M], M],
) -> Iterator[tuple[Node[Any], M]]:
    """Carry messages from outputs to their ancestors, each node once, after all that was made from it.

    Args:
        outputs: What the outputs are told.
        spread: What a node that was told something tells its inputs.
        join: Two messages to the same node as one.

    Yields:
        Every node that was told something, descending by creation, with the whole of it.
    """
    told: dict[int, M] = {}
    starts = list(outputs)
    for output, message in starts:
        told[id(output)] = join(told[id(output)], message) if id(output) in told else message
    for each in reversed(ancestors(output for output, _ in starts)):
        if id(each) not in told:
            continue
        message = told.pop(id(each))
        yield each, message
        for source, part in spread(each, message):
            told[id(source)] = join(told[id(source)], part) if id(source) in told else part


def _order(node: Node[Any]) -> int:
    return node.order
