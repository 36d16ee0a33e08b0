"""What a guide, a workflow, a program or a strategy is known by: a digest that changes with its source and settings.

It is the same in every process, and whatever a run changes takes no part in it: trainable values and functions,
counters, collections that grow. Of installed packages, and of steepest, the name stands for the source.
"""

import dis
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import cached_property, partial
from pathlib import Path, PurePath
from re import Pattern
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from steepest.agents.llm.chat import ChatModel
from steepest.agents.optimizers.sources import INSTALLED, source_of
from steepest.errors import InputError
from steepest.traces.bundle import BoundBundle, Bundle
from steepest.traces.containers import field_values, is_record
from steepest.traces.graph import Node
from steepest.traces.modules.encoding import encoded

__all__ = ["attributes_of", "digest_of_program", "digest_of_text", "is_ours"]

_PLAIN = (str, bytes, int, float, complex, bool, type(None))
_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__setstate__"})
_GENERATED = frozenset(
    {"__init__", "__repr__", "__eq__", "__hash__", "__replace__", "__lt__", "__le__", "__gt__", "__ge__"}
)


def digest_of_program(thing: Any) -> str:
    """Sixteen digits of the SHA-256 of all that a callable or an object is made of."""
    return digest_of_text(_Told().of(thing))


def digest_of_text(text: str) -> str:
    """Sixteen digits of a text's SHA-256."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def is_ours(thing: Any) -> bool:
    """Whether a function, a class or an object's class is steepest's own."""
    home = getattr(thing, "__module__", None) or ""
    return home.partition(".")[0] == "steepest"


def attributes_of(thing: Any) -> dict[str, Any]:
    """What an object holds, in its `__dict__` and in slots."""
    slots: list[str] = []
    for kind in type(thing).__mro__:
        named = vars(kind).get("__slots__", ())
        slots += [named] if isinstance(named, str) else list(named)
    held = {
        name: getattr(thing, name) for name in slots if name not in ("__dict__", "__weakref__") and hasattr(thing, name)
    }
    return {**held, **getattr(thing, "__dict__", {})}


class _Told:
    """Everything that leads from one thing, as text; what leads back is told once."""

    def __init__(self) -> None:
        self._met: dict[int, Any] = {}

    def of(self, value: Any) -> str:
        """One thing with all that it is made of."""
        if isinstance(value, _PLAIN) and type(value) in _PLAIN:
            return f"{type(value).__name__} {value!r}"
        if id(value) in self._met:
            return f"again {_name_of(value)}"
        self._met[id(value)] = value  # which also keeps another thing from getting its id
        return f"({self._whole(value)})"

    def _whole(self, value: Any) -> str:
        if isinstance(value, Node):
            return "learned" if value.trainable is not None else self.of(value._value) if value.is_leaf else "computed"
        if isinstance(value, Bundle):
            return f"bundle {value.operation.name} {'learned' if value.code is not None else self.of(value.function)}"
        match value:
            case partial():
                return f"partial {self.of(value.func)} {self.of(value.args)} {self.of(value.keywords)}"
            case MethodType() | BoundBundle():
                return f"method {self.of(value.__func__)} of {self.of(value.__self__)}"
            case FunctionType():
                return self._function(value)
            case type():
                return self._class(value)
            case staticmethod() | classmethod():
                return self.of(value.__func__)
            case property():
                return " ".join(self.of(each) for each in (value.fget, value.fset, value.fdel))
            case ModuleType() | BuiltinFunctionType():
                return _name_of(value)
        return self._collection(value)

    def _collection(self, value: Any) -> str:
        if isinstance(value, Mapping):
            pairs = [f"{self.of(key)}: {self.of(part)}" for key, part in value.items()]
            return f"{_name_of(type(value))} {{{', '.join(sorted(pairs))}}}"
        if isinstance(value, (set, frozenset)):
            return f"set {{{', '.join(sorted(self.of(part) for part in value))}}}"
        if isinstance(value, (list, tuple)):
            return f"{_name_of(type(value))} [{', '.join(self.of(part) for part in value)}]"
        if isinstance(value, (Enum, PurePath, Pattern)):
            return f"{type(value).__name__} {value!r}"
        if hasattr(value, "__array_interface__"):
            return _array(value)
        return self._object(value)

    def _function(self, function: FunctionType) -> str:
        if is_ours(function) or _is_installed(function.__code__.co_filename):
            return f"function {function.__module__}.{function.__qualname__}"
        code, source = function.__code__, source_of(function.__code__)
        changed = source.names | source.learned if source is not None else frozenset[str]()
        defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        held = {name: part for name, part in _read_by(function) if name not in changed}
        if source is None:
            held = {name: part for name, part in held.items() if not isinstance(part, (list, dict, set))}
        parts = [f"{name} = {self.of(part)}" for name, part in sorted(held.items())]
        written = source.text if source is not None else " ".join(_instructions(code))
        return f"function {written!r} {' '.join(map(self.of, defaults))} {'; '.join(parts)}"

    def _class(self, kind: type) -> str:
        if is_ours(kind) or kind.__module__ == "builtins" or _is_installed(_file_of(kind)):
            return f"class {kind.__module__}.{kind.__qualname__}"
        is_data = is_dataclass(kind)
        parts = [
            f"{name} = {self.of(part)}"
            for name, part in sorted(vars(kind).items())
            if (
                isinstance(part, FunctionType)
                and not (is_data and name in _GENERATED and source_of(part.__code__) is None)
            )
            or (
                isinstance(part, (Bundle, Node, staticmethod, classmethod, property, *_PLAIN, list, dict, tuple, set))
                and not name.startswith("__")
            )
        ]
        bases = [self.of(each) for each in kind.__bases__ if each is not object]
        return f"class {kind.__qualname__} {' '.join(bases)} {'; '.join(parts)}"

    def _object(self, value: Any) -> str:
        kind = type(value)
        told = self.of(kind)
        if isinstance(value, ChatModel):
            return f"model {value.name}"
        inner = getattr(value, "__dict__", {}).get("__wrapped__")
        if callable(inner):  # a cache around a function, and the like
            return f"{told} around {self.of(inner)}"
        if is_record(value):
            held = dict(field_values(value))
        elif is_ours(kind) or not _is_installed(_file_of(kind)):
            held = attributes_of(value)
        else:
            return told
        changed = _changed_by(kind)
        parts = [f"{name} = {self.of(part)}" for name, part in sorted(held.items()) if name not in changed]
        return f"{told} {'; '.join(parts)}"


def _read_by(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """What a function reads by names of its closure, its module, and modules that it names."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # given no value yet
            continue
    names = {name for code in _codes(function.__code__) for name in code.co_names}
    for name in sorted(_globals_of(function.__code__)):
        held = function.__globals__.get(name)
        if isinstance(held, ModuleType) and not is_ours(held) and not _is_installed(getattr(held, "__file__", None)):
            yield from ((f"{name}.{inner}", vars(held)[inner]) for inner in sorted(names & vars(held).keys()))
        elif name in function.__globals__:
            yield name, held


def _globals_of(code: CodeType) -> set[str]:
    loads = ("LOAD_GLOBAL", "LOAD_NAME")
    return {step.argval for each in _codes(code) for step in dis.get_instructions(each) if step.opname in loads}


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _instructions(code: CodeType) -> Iterable[str]:
    """What a function does where its source can't be had, not where its lines stand."""
    for each in _codes(code):
        constants = [repr(part) for part in each.co_consts if not isinstance(part, CodeType | frozenset)]
        yield f"{each.co_code.hex()} {each.co_names} {each.co_varnames} {constants}"


def _changed_by(kind: type) -> frozenset[str]:
    """Attributes that methods of a class give values to or change, once an object is made."""
    changed: set[str] = set()
    for each in kind.__mro__:
        for name, part in vars(each).items():
            function = part.fget if isinstance(part, property) else part.function if isinstance(part, Bundle) else part
            if isinstance(part, cached_property):
                changed.add(name)
            elif isinstance(function, FunctionType) and name not in _MAKING:
                source = source_of(function.__code__)
                changed |= source.attributes if source is not None else set()
    return frozenset(changed)


def _array(value: Any) -> str:
    try:
        return f"array {encoded(value)}"
    except InputError:  # of objects
        return f"array {value.shape} {value.dtype}"


def _file_of(kind: type) -> str | None:
    return getattr(sys.modules.get(kind.__module__), "__file__", None)


def _is_installed(file: str | None) -> bool:
    if file is None or file.startswith("<frozen"):
        return file is not None
    return str(Path(file).resolve()).startswith(INSTALLED)


def _name_of(value: Any) -> str:
    kind = value if hasattr(value, "__qualname__") or isinstance(value, ModuleType) else type(value)
    return str(getattr(kind, "__qualname__", None) or getattr(kind, "__name__", ""))
