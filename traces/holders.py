"""Containers of Python's own that may hold nodes: an operation that is given one depends on the nodes in it.

They may be nested to any depth and hold themselves, so nothing here walks by recursion, and each is looked at once.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any

from steepest.traces.operations import Operation, dict_operation
from steepest.traces.operators import Operators
from steepest.traces.scope import note_read
from steepest.traces.snapshots import snapshot_of
from steepest.traces.working_copies import WorkingCopy, working_copy

HOLDERS: dict[type, Operation] = {
    list: Operation("list", "[...]"),
    tuple: Operation("tuple", "(...)"),
    set: Operation("set", "{...}"),
    frozenset: Operation("frozenset"),
    dict: Operation("dict"),
    deque: Operation("deque", "deque([...])"),
    defaultdict: Operation("dict"),
    OrderedDict: Operation("dict"),
}
"""The types, and the operation that puts one together from nodes."""

_KINDS = frozenset(HOLDERS)

FILLED = Operation("filled", "", "The first input, with what was written into it since.")
"""What a node whose value got nodes written into it is for a function: the second input is the value of now. Of a
dataclass, the nodes in it are the other inputs."""

Step = Generator["Step", Any, Any]
"""A part of a walk: yields the parts that it needs done before, gets their results, returns its own."""


def holds_nodes(value: Any) -> bool:
    """Whether a value is a node or a container that holds one, at any depth; each part looked at once."""
    waiting: list[Iterator[Any]] = [iter([[value]])]
    seen = set[int]()
    while waiting:
        for part in waiting[-1]:
            if type(part) not in HOLDERS or id(part) in seen:  # a container may hold itself
                continue
            seen.add(id(part))
            parts = [*part, *part.values()] if isinstance(part, dict) else list(part)
            kinds = set(map(type, parts))
            if any(issubclass(kind, Operators) for kind in kinds):
                return True
            if not kinds.isdisjoint(_KINDS):
                waiting.append(reversed(parts))  # what came last is a node more often
                break
        else:
            waiting.pop()
    return False


def unwrapped(value: Any, found: list[Any], copies: list[WorkingCopy] | None = None) -> Any:
    """A value with the values of nodes in their places; what holds none is the object that it was.

    Args:
        value: Any value.
        found: Gets the nodes.
        copies: Gets the copies that were made for it.
    """
    if isinstance(value, Operators):
        found.append(value)
        if not is_filled(value):
            return value._value
        value = value._value
    if type(value) not in HOLDERS or not holds_nodes(value):
        return value
    unwrapping = _Unwrapping(value, found)
    plain = walked(unwrapping.of(value))
    if copies is not None:
        copies += unwrapping.copies()
    return plain


def read_through(value: Any) -> Any:
    """A value with the values of nodes in their places; the nodes count as read (`scope.note_read`)."""
    read: list[Any] = []
    plain = unwrapped(value, read)
    for each in read:
        note_read(each)
    return plain


def assembled(container: Any, make: Callable[..., Any], copies: list[WorkingCopy] | None = None) -> Any:
    """A container that holds nodes as a node that was made from them: an operation for it and each container in it.

    Args:
        container: Of a type in `HOLDERS`, or a node that is filled. Where a container holds itself there is no edge:
            nothing is made from itself.
        make: Makes a node of a value, an operation and inputs: `graph.make`.
        copies: Gets the copies that are values of these nodes.
    """
    unwrapping = _Unwrapping(container, [])
    walked(unwrapping.of(container))
    if copies is not None:
        copies += unwrapping.copies()
    return walked(_assembling(container, make, unwrapping.made, {}))


def is_filled(node: Any) -> bool:
    """Whether nodes were written into a node's value."""
    return node.snapshot is not None and node.snapshot.is_filled


def with_written(made: Any, operation: Operation) -> Any:
    """A node just made from others that nodes were written into: it depends on those, too.

    An item that holds some is filled itself: whoever uses it finds them (`assembled`), and taking it out costs no more
    for a long one.

    Args:
        made: The node.
        operation: What made it.
    """
    held: list[Any] = []
    if type(made._value) in _VIEWS:  # of a dict: the parts are what is asked for, and some are nodes
        made._value = list(made._value)
        made.snapshot = snapshot_of(made._value)
    if type(made._value) in HOLDERS and holds_nodes(made._value):
        made.snapshot.is_filled = True
        if operation.name in ITEMS and not isinstance(made.inputs[-1]._value, slice):
            return made
        unwrapped(made._value, held)
    elif made._value is not None and operation.name not in ITEMS:
        for each in made.inputs:
            if is_filled(each):
                unwrapped(each, held)
    known = {id(each) for each in (made, *made.inputs)}
    made.inputs = (*made.inputs, *{id(each): each for each in held if id(each) not in known}.values())
    return made


ITEMS = frozenset(
    {"item", "element", "attribute", "getitem", "get", "setdefault", "next", "pop", "popitem", "popleft"}
    | {"values", "items", "keys"}
)
"""Names of operations that give a part of their first input, or all of its parts one by one."""
_VIEWS = frozenset({type({}.values()), type({}.items())})


def holding(root: Any, parts_of: Callable[[Any], Iterable[Any] | None]) -> set[int]:
    """The ids of the containers in a value, itself included, that hold a node at any depth; linear in their parts.

    Args:
        root: The value.
        parts_of: What a container holds; None of what is no container.
    """
    above: dict[int, list[int]] = {}
    waiting, found = deque([root]), deque[int]()
    seen = {id(root)}
    while waiting:
        container = waiting.popleft()
        for part in parts_of(container) or ():
            if isinstance(part, Operators):
                found.append(id(container))
            elif parts_of(part) is not None:
                above.setdefault(id(part), []).append(id(container))
                if id(part) not in seen:
                    seen.add(id(part))
                    waiting.append(part)
    held = set[int]()
    while found:
        place = found.popleft()
        if place not in held:
            held.add(place)
            found.extend(above.get(place, ()))
    return held


def walked(step: Step) -> Any:
    """The result of a walk, whose steps are kept on a stack of our own: Python's is not deep enough."""
    steps, result = [step], None
    while steps:
        try:
            steps.append(steps[-1].send(result))
            result = None
        except StopIteration as end:
            steps.pop()
            result = end.value
    return result


def _parts(value: Any) -> Iterable[Any] | None:
    if type(value) not in HOLDERS:
        return None
    return (*value, *value.values()) if isinstance(value, dict) else tuple(value)


def _nodes_in(record: Any) -> list[Any]:
    """The nodes in a dataclass that some were written into: it is given as it is, since other code may hold it, too."""
    found, waiting, seen = dict[int, Any](), [record], {id(record)}
    for value in waiting:  # which grows meanwhile
        is_record = is_dataclass(value) and not isinstance(value, type)
        parts = [getattr(value, each.name, None) for each in fields(value)] if is_record else _parts(value)
        for part in parts or ():
            if isinstance(part, Operators):
                found[id(part)] = part
            elif id(part) not in seen:
                seen.add(id(part))
                waiting.append(part)
    return list(found.values())


class _Unwrapping:
    """The copies of a value's containers with the values of nodes in their places."""

    def __init__(self, root: Any, found: list[Any]) -> None:
        self.found = found
        self.made: dict[int, Any] = {}
        """By the id of the container that each is a copy of."""
        self.originals: dict[int, tuple[Any, list[Any]]] = {}
        """Those containers, and what they held when they were copied (of a dict pairs): threads may change them."""
        self._holding = holding(root, _parts)

    def copies(self) -> list[WorkingCopy]:
        """All that were made."""
        return [working_copy(value, self.made[key], held) for key, (value, held) in self.originals.items()]

    def of(self, value: Any) -> Step:
        """The copy of a part."""
        if isinstance(value, Operators):
            self.found.append(value)
            if not is_filled(value):
                return value._value
            value = value._value
            self._holding |= holding(value, _parts)
        if id(value) not in self._holding:
            return value
        if id(value) in self.made:
            return self.made[id(value)]
        if isinstance(value, dict):
            table = self.made[id(value)] = copy(value)  # keeps the factory of a defaultdict
            pairs = list(table.items())
            self.originals[id(value)] = value, pairs
            table.clear()
            for key, part in pairs:
                name = yield self.of(key)
                table[name] = yield self.of(part)
            return table
        if isinstance(value, (list, deque)):
            items = self.made[id(value)] = copy(value)  # keeps the length that a deque may have
            held = list(items)
            self.originals[id(value)] = value, held
            for place, part in enumerate(held):
                items[place] = yield self.of(part)
            return items
        held, parts = list(value), []
        self.originals[id(value)] = value, held
        for part in held:
            parts.append((yield self.of(part)))
        return self.made.setdefault(id(value), type(value)(parts))  # a list in it may have had it copied meanwhile


def _assembling(value: Any, make: Callable[..., Any], plain: dict[int, Any], made: dict[int, Any]) -> Step:
    """The node of a part of a container; None of one that is being made."""
    if isinstance(value, Operators):
        if is_filled(value) and type(value._value) not in HOLDERS:
            return make(value._value, FILLED, (value, *_nodes_in(value._value)))
        part = (yield _assembling(value._value, make, plain, made)) if is_filled(value) else None
        return value if part is None else make(part._value, FILLED, (value, part))
    if id(value) not in plain:
        return make(value)
    if id(value) in made:
        return made[id(value)]
    made[id(value)] = None
    pairs = list(value.items()) if isinstance(value, dict) else []
    traced = [key for key, _ in pairs if holds_nodes(key)]
    inputs = []
    for part in (*traced, *([part for _, part in pairs] if isinstance(value, dict) else tuple(value))):
        source = yield _assembling(part, make, plain, made)
        if source is not None:
            inputs.append(source)
    is_written = isinstance(value, dict) and not traced
    operation = dict_operation(tuple(key for key, _ in pairs)) if is_written else HOLDERS[type(value)]
    made[id(value)] = make(plain[id(value)], operation, tuple(inputs))
    return made[id(value)]
