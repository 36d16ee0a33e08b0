"""Everything that a plain value can do, for nodes: operators, conversions, iteration and methods, made from one table.

What gives a value in Python gives a node here: `a + b`, `a == b`, `abs(a)`, `round(a, 2)`, `a[i]`, `a.upper()`. What
Python wants as a plain object is one: `len`, `int`, `float`, `str`, `hash`, `in`, and `bool`, which is what `if`, `and`
and `or` ask for.
"""

import math
import operator
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from steepest.traces.operations import Operation

if TYPE_CHECKING:
    from steepest.traces.graph import Node

_ITEM = Operation("item", "{}[{}]")
_ATTRIBUTE = Operation("attribute", "getattr({}, {})")

_REFLECTED = {
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
_DIRECT = {
    "eq": ("{} == {}", operator.eq),
    "ne": ("{} != {}", operator.ne),
    "lt": ("{} < {}", operator.lt),
    "le": ("{} <= {}", operator.le),
    "gt": ("{} > {}", operator.gt),
    "ge": ("{} >= {}", operator.ge),
    "getitem": ("{}[{}]", operator.getitem),
    "neg": ("-{}", operator.neg),
    "pos": ("+{}", operator.pos),
    "invert": ("~{}", operator.invert),
    "abs": ("abs({})", abs),
    "round": ("", round),
    "floor": ("floor({})", math.floor),
    "ceil": ("ceil({})", math.ceil),
    "trunc": ("trunc({})", math.trunc),
}
"""Operators whose first value is the node; comparison reflects itself."""
_PLAIN = {
    "len": len,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "str": str,
    "bytes": bytes,
    "format": format,
    "reversed": reversed,
    "contains": operator.contains,
    "delitem": operator.delitem,
    "setitem": operator.setitem,
}
"""What Python itself needs as a plain object; the value answers."""


class Operators:
    """The operators of nodes, which the tables above fill in."""

    __slots__ = ()

    if TYPE_CHECKING:
        _value: Any
        value: Any

        def _derive(self, operation: Operation, function: Callable[..., Any], *arguments: Any) -> "Node[Any]": ...

        def _decide(self) -> bool: ...

    def __bool__(self) -> bool:
        return self._decide()

    def __iter__(self) -> Iterator["Node[Any]"]:
        """The items as nodes, an operation each; of a mapping its keys, as its own iteration gives."""
        for index, item in enumerate(self._value):
            yield self._derive(_ITEM, partial(_second_of, item), self, index)

    def __call__(self, *args: Any, **kwargs: Any) -> "Node[Any]":
        """Call a value that is callable."""
        operation = _call_operation("{}", len(args), tuple(kwargs))
        return self._derive(operation, partial(_call, tuple(kwargs)), self, *args, *kwargs.values())

    def __getattr__(self, name: str) -> Any:
        """An attribute of the value as a node; of a method something to call, whose result is a node."""
        if name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if callable(getattr(self._value, name)):
            return partial(_call_method, self, name)
        return self._derive(_ATTRIBUTE, getattr, self, name)


class TextMethods:
    """The methods of `str` for a node that is one: each gives a node, where the text itself would give a text."""

    __slots__ = ()


def _second_of(item: Any, *_: Any) -> Any:
    return item


def _call(names: tuple[str, ...], function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function whose last arguments have names."""
    positional = len(arguments) - len(names)
    return function(*arguments[:positional], **dict(zip(names, arguments[positional:], strict=True)))


def _call_method(node: Operators, name: str, *args: Any, **kwargs: Any) -> "Node[Any]":
    names = tuple(kwargs)
    operation = _call_operation(f"{{}}.{name}", len(args), names)
    function = partial(_method_of_value, name, names)
    return node._derive(operation, function, node, *args, *kwargs.values())


def _method_of_value(name: str, names: tuple[str, ...], value: Any, *arguments: Any) -> Any:
    return _call(names, getattr(value, name), *arguments)


@lru_cache(maxsize=1024)
def _call_operation(callee: str, positional: int, names: tuple[str, ...]) -> Operation:
    """The operation of a call: its template shows the names of the arguments that have one."""
    arguments = ", ".join(["{}"] * positional + [f"{name}={{}}" for name in names])
    return Operation(callee.removeprefix("{}").removeprefix(".") or "call", f"{callee}({arguments})")


def _reflected(operation: Operation, function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Operators, other: Any) -> Any:
        return self._derive(operation, function, other, self)

    return method


def _direct(operation: Operation, function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Operators, *others: Any) -> Any:
        return self._derive(operation, function, self, *others)

    return method


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *others: Any) -> Any:
        return function(self.value, *[other.value if isinstance(other, Operators) else other for other in others])

    return method


def _text_method(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return _call_method(self, name, *args, **kwargs)

    return method


def _fill() -> None:
    for name, (template, function) in _REFLECTED.items():
        operation = Operation(name, template)
        setattr(Operators, f"__{name}__", _direct(operation, function))
        setattr(Operators, f"__r{name}__", _reflected(operation, function))
    for name, (template, function) in _DIRECT.items():
        setattr(Operators, f"__{name}__", _direct(Operation(name, template), function))
    for name, function in _PLAIN.items():
        setattr(Operators, f"__{name}__", _plain(function))
    for name, attribute in vars(str).items():
        if not name.startswith("_") and callable(attribute):
            setattr(TextMethods, name, _text_method(name))


_fill()
