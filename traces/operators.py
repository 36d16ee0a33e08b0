"""Everything that a plain value can do, for nodes: operators, conversions, iteration and methods, made from one table.

What gives a value in Python gives a node here: `a + b`, `a == b`, `abs(a)`, `round(a, 2)`, `a[i]`, `a.upper()`. What
Python wants as a plain object is one: `len`, `int`, `float`, `str`, `in`, and `bool`, which is what `if`, `and` and
`or` ask for. `hash` is that of the node and not of its value (of a text's node, of the text), as nodes are told apart
by identity.
"""

import json
import math
import operator
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Self, cast

from steepest.traces.operations import Operation
from steepest.traces.scope import is_inside, note_test

if TYPE_CHECKING:
    from steepest.traces.declarations import Declared
    from steepest.traces.graph import Node
else:
    Declared = object

_ITEM = Operation("item", "{}[{}]")
_ELEMENT = Operation("element", "list({})[{}]")
_ATTRIBUTE = Operation("attribute", "getattr({}, {})")

REFLECTED: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "add": ("{} + {}", operator.add),
    "sub": ("{} - {}", operator.sub),
    "mul": ("{} * {}", operator.mul),
    "matmul": ("{} @ {}", operator.matmul),
    "truediv": ("{} / {}", operator.truediv),
    "floordiv": ("{} // {}", operator.floordiv),
    "mod": ("{} % {}", operator.mod),
    "divmod": ("divmod({}, {})", divmod),
    "pow": ("{} ** {}", operator.pow),
    "lshift": ("{} << {}", operator.lshift),
    "rshift": ("{} >> {}", operator.rshift),
    "and": ("{} & {}", operator.and_),
    "or": ("{} | {}", operator.or_),
    "xor": ("{} ^ {}", operator.xor),
}
"""Operators of two values, where a plain value may stand on the left; each is `__name__` and `__rname__`."""
BINARY: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "eq": ("{} == {}", operator.eq),
    "ne": ("{} != {}", operator.ne),
    "lt": ("{} < {}", operator.lt),
    "le": ("{} <= {}", operator.le),
    "gt": ("{} > {}", operator.gt),
    "ge": ("{} >= {}", operator.ge),
    "getitem": ("{}[{}]", operator.getitem),
}
"""Operators of two values, the first of them a node; a comparison reflects itself."""
UNARY: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "neg": ("-{}", operator.neg),
    "pos": ("+{}", operator.pos),
    "invert": ("~{}", operator.invert),
    "abs": ("abs({})", abs),
    "floor": ("floor({})", math.floor),
    "ceil": ("ceil({})", math.ceil),
    "trunc": ("trunc({})", math.trunc),
}
PLAIN: dict[str, Callable[..., Any]] = {
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "str": str,
    "bytes": bytes,
    "format": format,
}
"""What Python itself needs as a plain object; the value answers."""
OPTIONAL: dict[str, tuple[str, Callable[..., Any]]] = {"round": ("round", round), "pow": ("pow", pow)}
"""Functions with an argument that may be left out."""

WRITERS = frozenset({"append", "appendleft", "extend", "extendleft", "insert", "setdefault", "add", "update"})
"""Methods of containers that put their arguments into them, nodes as they are (`writes`)."""

_COUNTED = frozenset({list, tuple, dict, deque, defaultdict, OrderedDict})
"""Containers that have as many parts, and the same keys, whether or not some are nodes."""

Derive = Callable[[Operation, Callable[..., Any], tuple[Any, ...]], "Node[Any]"]
"""What applies a function and makes the node: `graph.derive`."""


class Operators(Declared):
    """The operators of nodes; `fill` puts in those of the tables."""

    __slots__ = ()

    if TYPE_CHECKING:
        _value: Any

        value: Any

        def _derive(self, operation: Operation, function: Callable[..., Any], *arguments: Any) -> "Node[Any]": ...

        def _tested(self) -> Any: ...

        def _kept(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...] | None: ...

    __pandas_priority__ = 10_000  # a Series or DataFrame on the left leaves the operation to the node
    __array_priority__ = 10_000.0

    def __copy__(self) -> Self:
        return self

    def __bool__(self) -> bool:
        return bool(self._counted())

    def __len__(self) -> int:
        return len(self._counted())

    def __contains__(self, item: Any) -> bool:
        return _told(item) in (self._counted() if isinstance(self._value, dict) else self._tested())

    def _counted(self) -> Any:
        """The value as it is kept: how many nodes were written into it is known without reading them."""
        if type(self._value) not in _COUNTED or is_inside():
            return self._tested()
        note_test(cast("Node[Any]", self))
        return self._value

    def __iter__(self) -> "Iterator[Node[Any]]":
        """The items as nodes, an operation each; of a mapping its keys, as its own iteration gives."""
        return self._items(iter(self.value))

    def __reversed__(self) -> "Iterator[Node[Any]]":
        """The items as nodes, the last one first."""
        items = list(reversed(self.value))
        return self._items(iter(items), range(len(items) - 1, -1, -1))

    def __getattr__(self, name: str) -> Any:
        """An attribute of the value as a node; of a method something to call, whose result is a node."""
        if name.startswith("__") or name == "_value":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found = getattr(self.value, name)
        if callable(found):
            return partial(self._value_method, name)
        return self._derive(_ATTRIBUTE, partial(always, found), self, name)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """The value as a numpy array."""
        import numpy as np

        return np.array(self._tested(), dtype) if copy else np.asarray(self._tested(), dtype)

    def __array_ufunc__(self, function: Any, method: str, *args: Any, **kwargs: Any) -> "Node[Any]":
        """`numpy.sin(node)`, and an operator whose left side is an array or a number of numpy's."""
        name = function.__name__ if method == "__call__" else f"{function.__name__}.{method}"
        return self._call_function(name, getattr(function, method), args, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> "Node[Any]":
        """`numpy.dot(node, node)`."""
        return self._call_function(function.__name__, function, args, kwargs)

    def _call_function(self, name: str, function: Callable[..., Any], args: Any, kwargs: Any) -> "Node[Any]":
        operation = call_operation(name, len(args), tuple(kwargs))
        return self._derive(operation, partial(called, tuple(kwargs), function), *args, *kwargs.values())

    def _value_method(self, name: str, /, *args: Any, **kwargs: Any) -> "Node[Any]":
        names = tuple(kwargs)
        function = partial(_method_of_value, name, names)
        kept = self._kept(name, args, kwargs) if name in WRITERS else None
        if kept is not None:
            function = partial(_writing, name, kept, kwargs)
        return self._derive(call_operation(f"{{}}.{name}", len(args), names), function, self, *args, *kwargs.values())

    def __setitem__(self, key: Any, item: Any) -> None:
        kept = self._kept("__setitem__", (key, item), {}) or [_told(each) for each in (key, item)]
        self.value[kept[0]] = kept[1]

    def __delitem__(self, key: Any) -> None:
        del self.value[_told(key)]

    def _items(self, items: Iterator[Any], places: range | None = None) -> "Iterator[Node[Any]]":
        operation = (
            _ITEM if hasattr(type(self._value), "__getitem__") and not hasattr(self._value, "keys") else _ELEMENT
        )
        for index, item in enumerate(items):
            yield self._derive(operation, partial(always, item), self, places[index] if places else index)


class TextMethods:
    """The methods of `str` for a node that is one: each gives a node, where the text itself would give a text."""

    __slots__ = ()


def fill(derive: Derive, kept: Callable[..., tuple[Any, ...] | None]) -> None:
    """Give `Operators` and `TextMethods` what the tables say.

    Args:
        derive: `graph.derive`.
        kept: `writes.kept_arguments`.
    """

    def derived(self: Operators, operation: Operation, function: Callable[..., Any], *arguments: Any) -> "Node[Any]":
        return derive(operation, function, arguments)

    setattr(Operators, "_derive", derived)  # noqa: B010  # methods that type checkers know already
    setattr(Operators, "_kept", kept)  # noqa: B010
    for name, (template, function) in REFLECTED.items():
        operation = Operation(name, template)
        setattr(Operators, f"__{name}__", _binary(operation, function, derive))
        setattr(Operators, f"__r{name}__", _reflected(operation, function, derive))
    for name, (template, function) in BINARY.items():
        setattr(Operators, f"__{name}__", _binary(Operation(name, template), function, derive))
    for name, (template, unary) in UNARY.items():
        setattr(Operators, f"__{name}__", _unary(Operation(name, template), unary, derive))
    for name, (_, optional) in OPTIONAL.items():
        setattr(Operators, f"__{name}__", _optional(name, optional, getattr(Operators, f"__{name}__", None), derive))
    for name, plain in PLAIN.items():
        setattr(Operators, f"__{name}__", _plain(plain))
    for name, attribute in vars(str).items():
        if not name.startswith("_") and callable(attribute):
            setattr(TextMethods, name, _text_method(name))


def _unary(operation: Operation, function: Callable[[Any], Any], derive: Derive) -> Callable[..., Any]:
    def method(self: Any) -> Any:
        return derive(operation, function, (self,))

    return method


def _binary(operation: Operation, function: Callable[[Any, Any], Any], derive: Derive) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        return derive(operation, function, (self, other))

    return method


def _reflected(operation: Operation, function: Callable[[Any, Any], Any], derive: Derive) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        return derive(operation, function, (other, self))

    return method


def _optional(name: str, function: Callable[..., Any], usual: Any, derive: Derive) -> Callable[..., Any]:
    """`round(x)` and `round(x, 2)`; `x ** 2`, which is the usual one, and `pow(x, 2, 5)`."""

    def method(self: Any, *others: Any) -> Any:
        if usual is not None and len(others) == 1:
            return usual(self, *others)
        return derive(call_operation(name, 1 + len(others), ()), function, (self, *others))

    return method


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *others: Any) -> Any:
        return function(self._tested(), *[_told(each) for each in others])

    return method


def _told(value: Any) -> Any:
    return value._tested() if isinstance(value, Operators) else value


def _writing(name: str, args: Sequence[Any], kwargs: dict[str, Any], value: Any, *_: Any) -> Any:
    return getattr(value, name)(*args, **kwargs)


def _text_method(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self._value_method(name, *args, **kwargs)

    return method


def always(item: Any, *_: Any) -> Any:
    """What is there already, as a function of anything."""
    return item


def called(names: tuple[str, ...], function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function whose last arguments have names."""
    positional = len(arguments) - len(names)
    return function(*arguments[:positional], **dict(zip(names, arguments[positional:], strict=True)))


def _method_of_value(name: str, names: tuple[str, ...], value: Any, *arguments: Any) -> Any:
    return called(names, getattr(value, name), *arguments)


@lru_cache(maxsize=1024)
def call_operation(callee: str, positional: int, names: tuple[str, ...]) -> Operation:
    """The operation of a call: its template shows the names of the arguments that have one."""
    arguments = ", ".join(["{}"] * positional + [f"{name}={{}}" for name in names])
    return Operation(callee.removeprefix("{}").removeprefix(".") or "call", f"{callee}({arguments})")


def _as_json(encoder: json.JSONEncoder, value: Any) -> Any:
    """What `json` asks for objects that it doesn't know: of a node, the value."""
    return value._tested() if isinstance(value, Operators) else _json_default(encoder, value)


_json_default = json.JSONEncoder.default
json.JSONEncoder.default = _as_json  # type: ignore[method-assign, assignment]  # json has no protocol that a class could meet
