"""What only some values can do, as classes of nodes: a node can be called, awaited, entered if its value can.

Code asks for such abilities before it uses them (`callable(x)`, `isinstance(x, Iterable)`, a `match` statement), so a
node must not have them all. Its class is chosen when it is made, by the type of its value; there are as many classes as
there are combinations of abilities.
"""

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from steepest.traces.operations import Operation
from steepest.traces.operators import always, call_operation, called

_NEXT = Operation("next", "next({})")
_AWAITED = Operation("await", "(await {})")
_ENTERED = Operation("enter", "{}.__enter__()")


def _call(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a value that is callable."""
    names = tuple(kwargs)
    return self._derive(call_operation("{}", len(args), names), partial(called, names), self, *args, *kwargs.values())


def _next(self: Any) -> Any:
    """The next item of an iterator."""
    return _given(self, _NEXT, next(self.value))


def _enter(self: Any) -> Any:
    """What the value gives to be worked with; the node itself where that is the value."""
    return _given(self, _ENTERED, self.value.__enter__())


def _exit(self: Any, *raised: Any) -> Any:
    return self.value.__exit__(*raised)


async def _enter_async(self: Any) -> Any:
    return _given(self, _ENTERED, await self.value.__aenter__())


async def _exit_async(self: Any, *raised: Any) -> Any:
    return await self.value.__aexit__(*raised)


def _await(self: Any) -> Generator[Any, Any, Any]:
    """What comes of a value that can be awaited."""
    result = yield from self.value.__await__()
    return _given(self, _AWAITED, result)


async def _iterate_async(self: Any) -> AsyncIterator[Any]:
    async for item in self.value:
        yield _given(self, _NEXT, item)


async def _next_async(self: Any) -> Any:
    return _given(self, _NEXT, await anext(self.value))


def _path(self: Any) -> Any:
    return self.value.__fspath__()


def _given(node: Any, operation: Operation, result: Any) -> Any:
    return node if result is node._value else node._derive(operation, partial(always, result), node)


ABILITIES: dict[str, Callable[..., Any]] = {
    "__call__": _call,
    "__next__": _next,
    "__enter__": _enter,
    "__exit__": _exit,
    "__aenter__": _enter_async,
    "__aexit__": _exit_async,
    "__await__": _await,
    "__aiter__": _iterate_async,
    "__anext__": _next_async,
    "__fspath__": _path,
}
"""Methods that a node has if its value's type has them."""


def _get(self: Any, key: Any, default: Any = None) -> Any:
    """`dict.get`; a bare `object()` stands for what is missing and is known by identity, so it is given as it is."""
    if type(default) is object and key not in self.value:
        return default
    return self._value_method("get", key, default)


_static: dict[type, type] = {}
"""Of types that are never freed."""
_others: WeakKeyDictionary[type, type] = WeakKeyDictionary()
_made: dict[tuple[type, frozenset[str]], type] = {}
_HEAP_TYPE = 1 << 9


def class_for(kind: type, plain: type) -> type:
    """The class of nodes of values of a type.

    Args:
        kind: The type.
        plain: The class of nodes without abilities, always the same.
    """
    found = _static.get(kind) or _others.get(kind)
    if found is None:
        found = _class_with(plain, frozenset(_abilities(kind)))
        if kind.__flags__ & _HEAP_TYPE:
            _others[kind] = found
        else:
            _static[kind] = found
    return found


def _abilities(kind: type) -> Iterator[str]:
    for name in ABILITIES:
        if _has(kind, name):
            yield name
    if _has(kind, "__iter__") or _has(kind, "__getitem__"):
        yield "__iter__"
    if issubclass(kind, Mapping):
        yield "Mapping"
    elif issubclass(kind, Sequence) and not issubclass(kind, (str, bytes, bytearray, memoryview)):
        yield "Sequence"


def _has(kind: type, name: str) -> bool:
    """Whether instances of a type have a method; `getattr` would find those of the type itself."""
    return next((vars(each)[name] for each in kind.__mro__ if name in vars(each)), None) is not None


def _class_with(plain: type, abilities: frozenset[str]) -> type:
    made = _made.get((plain, abilities))
    if made is None:
        own: dict[str, Any] = {name: ABILITIES[name] for name in abilities if name in ABILITIES}
        if "__iter__" not in abilities:
            own["__iter__"] = None  # Python's way to say that there is none
        if "Mapping" in abilities:
            own["get"] = _get
        own |= {"__slots__": (), "__module__": plain.__module__, "__hash__": plain.__hash__}
        made = _made[plain, abilities] = type("Node", (plain,), own)
        if "Mapping" in abilities:
            Mapping.register(made)
        elif "Sequence" in abilities:
            Sequence.register(made)
    return made
