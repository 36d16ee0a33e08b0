"""The whole idea: a node is a value, the operation that made it, its inputs and a creation number; backward is a sweep.

A program that computes with nodes leaves a graph behind: every operation makes a node that remembers what it was made
from, and nothing remembers a node, so what nobody holds any more is freed. Creation numbers only grow, so descending
numbers are an order in which every node comes before its inputs; feedback goes back in it, each edge once. Source:
"Trace is the New AutoDiff", arXiv 2406.16218 (OPTO).
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from copy import copy, deepcopy
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from steepest.traces.failures import execution_error, message_of, told
from steepest.traces.holders import HOLDERS, assembled, holds_nodes, is_filled, read_through, unwrapped, with_written
from steepest.traces.operations import Operation
from steepest.traces.operators import Operators, TextMethods, fill
from steepest.traces.previews import preview
from steepest.traces.protocols import class_for
from steepest.traces.records import Record
from steepest.traces.scope import is_inside, is_tracing, note_read, note_test
from steepest.traces.snapshots import IMMUTABLE, Snapshot, is_changed, snapshot_of
from steepest.traces.working_copies import WorkingCopy
from steepest.traces.writes import kept_arguments

if TYPE_CHECKING:
    from steepest.traces.parameters import Trainable

T = TypeVar("T")
M = TypeVar("M")

SEPARATE = "steepest: separate"  # in the memo of a deep copy that gets nodes of its own; other copies keep the nodes
_numbers = itertools.count(1)  # `next` on it is atomic, so threads never share one


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
        if is_filled(self) and is_inside():
            read_through(self)
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
        return leaf(unwrapped(self._value, []), self.label)

    @recursive_repr("<...>")
    def __repr__(self) -> str:
        name = self.label or (self.operation.name if self.operation else "node")
        return f"<{name}: {preview(self._value)}{', changed in place since' if self.is_changed else ''}>"

    def _tested(self) -> T:
        """The value, to be told to Python and not to an operation."""
        note_test(self)
        return read_through(self) if is_filled(self) else self.value

    def __deepcopy__(self, memo: dict[Any, Any]) -> "Node[T]":
        if SEPARATE not in memo:
            return self
        return leaf(deepcopy(unwrapped(self._value, []), memo), self.label, copy(self.trainable))

    def __reduce__(self) -> tuple[Any, ...]:
        return leaf, (unwrapped(self._value, []), self.label, copy(self.trainable))


_SLOTS = ("_value", "operation", "inputs", "order", "label", "record", "snapshot", "trainable", "__weakref__")


class PlainNode(Node[T]):
    """A node of anything but a text; what its value can do beyond operators comes with a class below (`protocols`)."""

    if not TYPE_CHECKING:
        __slots__ = _SLOTS
    __hash__ = object.__hash__


class _TextNode(TextMethods, Node[str], str):  # type: ignore[misc]  # gives nodes where a text gives texts
    """A node that is its text as well, so that `" ".join` takes it. A parameter is none: its text can change."""

    if not TYPE_CHECKING:
        __slots__ = _SLOTS
    __hash__ = str.__hash__


def make(
    value: T,
    operation: Operation | None = None,
    inputs: tuple[Node[Any], ...] = (),
    trainable: "Trainable | None" = None,
) -> Node[T]:
    """A node of a value; the one place where nodes are made."""
    is_text = (kind := type(value)) is str and trainable is None
    made: Any = str.__new__(_TextNode, value) if is_text else object.__new__(class_for(kind, PlainNode))
    made._value = value
    made.operation = operation
    made.inputs = inputs
    made.order = next(_numbers)
    made.label = made.record = None
    made.snapshot = None if kind in IMMUTABLE else snapshot_of(value)
    made.trainable = trainable
    return made  # type: ignore[no-any-return]


def leaf(value: T, label: str | None = None, trainable: "Trainable | None" = None) -> Node[T]:
    """A node that no operation made."""
    made = make(value, trainable=trainable)
    made.label = label
    made.order = 0 if is_inside() and trainable is None else made.order
    return made


def derive(operation: Operation, function: Callable[..., Any], arguments: Iterable[Any]) -> Node[Any]:
    """Apply a function to the values of its arguments.

    Raises:
        ExecutionError: The function raises; the error is of the same type as its exception, too. Inside of a bundle it
            is the exception itself.
    """
    if not is_tracing():
        return _unrecorded(operation, function, arguments)
    inputs = tuple([each if isinstance(each, Node) else as_node(each) for each in arguments])
    filled = [each for each in inputs if each.snapshot is not None and each.snapshot.is_filled]
    if filled:  # what comes first may be changed by the function; the others it gets as plain values
        inputs = (inputs[0], *map(as_node, inputs[1:]))
    try:
        value = function(*[each._value for each in inputs])
    except Exception as error:
        raise execution_error(error, failure(error, operation, inputs)) from error
    if isinstance(value, Node):  # the function works with nodes itself, or this one was written into a container
        inputs, value = (*inputs, value), value._value
    made = make(value, operation, inputs)
    return with_written(made, operation) if filled else made


def _unrecorded(operation: Operation, function: Callable[..., Any], arguments: Iterable[Any]) -> Node[Any]:
    values = [each.value if isinstance(each, Node) else read_through(each) for each in arguments]
    try:
        value = function(*values)
    except Exception as error:
        if is_inside():
            raise
        raise execution_error(error, failure(error, operation, ())) from error
    return leaf(value.value if isinstance(value, Node) else value)


def failure(error: Exception, operation: Operation, inputs: tuple[Node[Any], ...]) -> Node[str]:
    """The node of an operation that raised: what feedback goes back from."""
    made = make(told(error), operation, inputs)
    made.record = Record(("",) * len(inputs), 0.0, exception=message_of(error))
    return made


def as_node(value: Any, copies: list[WorkingCopy] | None = None) -> Node[Any]:
    """What is to be an input: a node as it is, a container that holds nodes as an operation on them, else a leaf."""
    if isinstance(value, Node):
        return assembled(value, make, copies) if is_filled(value) else value
    return assembled(value, make, copies) if type(value) in HOLDERS and holds_nodes(value) else make(value)


def ancestors(outputs: Iterable[Node[Any]]) -> list[Node[Any]]:
    """The outputs and all that they were made from, ascending by creation; linear in nodes and edges."""
    found = list({id(output): output for output in outputs}.values())
    seen = {output.order or -id(output) for output in found}  # numbers are dense: a set finds them faster than ids
    for each in found:  # which grows meanwhile
        for source in each.inputs:
            if (key := source.order or -id(source)) not in seen:
                seen.add(key)
                found.append(source)
    return sorted(found, key=attrgetter("order"))


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
    heard: dict[int, M] = {}
    starts = list(outputs)
    for output, message in starts:
        heard[id(output)] = join(heard[id(output)], message) if id(output) in heard else message
    for each in reversed(ancestors(output for output, _ in starts)):
        if id(each) not in heard:
            continue
        message = heard.pop(id(each))
        yield each, message
        for source, part in spread(each, message):
            heard[id(source)] = join(heard[id(source)], part) if id(source) in heard else part


fill(derive, kept_arguments)
