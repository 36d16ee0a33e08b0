"""The pieces of a module's source that a class needs to stand on its own.

Names are followed from the class outwards: each leads to the statements of the module that bind it, these to the names
that they use, until only imports and builtins are left. A name that no statement binds (a closure's, a notebook's) is
written from its value, if that can be done. The pieces stay in the order of their file.
"""

import ast
import builtins
import importlib.util
import inspect
import linecache
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

from steepest.traces.bundle import Bundle
from steepest.traces.failures import TraceError
from steepest.traces.modules.bindings import bindings_of, names_in
from steepest.traces.modules.literals import literal
from steepest.traces.modules.margins import dedented, lines_of
from steepest.traces.previews import preview

_EMPTY = object()


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A statement, or some, as they will stand in a file."""

    source: str
    namespace: Mapping[str, Any]
    """What names mean in it."""
    defined: object = None
    """The class or function that it defines if that is no name of the module: it was defined in a function."""
    line: int = 0
    """In its file, for those of a module."""


@dataclass(slots=True)
class Definitions:
    """What a class needs, itself included."""

    imports: list[str] = field(default_factory=list)
    """An import of one name each."""
    values: list[Piece] = field(default_factory=list)
    """Written from values, in an order in which they can run."""
    statements: dict[int, Piece] = field(default_factory=dict)
    """Of the class's module, by their lines."""
    inner: list[Piece] = field(default_factory=list)
    """Classes and functions that were defined in functions, in an order in which they can run."""

    @property
    def pieces(self) -> list[Piece]:
        """All but the imports, in an order in which they can run."""
        return [*self.values, *(self.statements[line] for line in sorted(self.statements)), *self.inner]


def definitions_of(kind: type, wanted: Iterable[str] = ()) -> Definitions:
    """What a class needs to stand on its own.

    Args:
        kind: The class.
        wanted: Further names of its module.

    Raises:
        TraceError: The source of something can't be had, or it has a value that can't be written down.
    """
    module = sys.modules.get(kind.__module__)
    if module is None:
        raise TraceError(f"{kind.__qualname__} can't be exported: its module {kind.__module__} is not loaded any more")
    collection = _Collection(module, kind)
    if "<locals>" in kind.__qualname__ or kind.__name__ not in collection.bindings:
        collection.add_inner(kind)
    else:
        collection.add(kind.__name__, {})
    for name in wanted:
        collection.add(name, {})
    return collection.found


class _Collection:
    """What has been found so far, and where names are looked up."""

    def __init__(self, module: ModuleType, kind: type) -> None:
        self.kind = kind
        self.module = module
        self.lines, self.tree = _parsed(module)
        self.bindings = bindings_of(self.tree)
        self.found = Definitions()
        self.met: dict[tuple[str, int], Mapping[str, Any]] = {}
        if "from __future__ import annotations\n" in self.lines:
            self.found.imports.append("from __future__ import annotations")

    def add(self, name: str, closure: Mapping[str, Any]) -> None:
        """Find what binds a name, and all that this needs; iteratively, since modules may be long chains."""
        waiting = [(name, closure)]
        while waiting:
            name, closure = waiting.pop()
            place = closure if name in closure else vars(self.module)
            if (name, id(place)) in self.met:
                continue
            self.met[name, id(place)] = place
            if name in closure:
                self._add_value(name, closure[name])
            elif name in self.bindings:
                for statement in self.bindings[name]:
                    waiting.extend((used, {}) for used in sorted(self._add_statement(name, statement)))
            elif name in vars(self.module) and not _is_own(name) and not self._is_builtin(name):
                self._add_outside(name)

    def add_inner(self, defined: Any) -> None:
        """A class or function that was defined in another function, after what it needs."""
        if any(piece.defined is defined for piece in self.found.inner):
            return
        source = _inner_source(defined)
        closure = _closure(defined)
        piece = Piece(source, {**vars(self.module), **closure, defined.__name__: defined}, defined)
        self.found.inner.append(piece)
        for name in sorted(names_in(source) - {defined.__name__}):
            self.add(name, closure)
        self.found.inner.remove(piece)
        self.found.inner.append(piece)

    def _add_statement(self, name: str, statement: ast.stmt) -> set[str]:
        """Take a statement over; gives the names that it uses."""
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._import(_import_of(name, statement, self.module))
            return set()
        first, last = _extent(statement, self.lines)
        if first in self.found.statements:
            return set()
        source = "".join(self.lines[first - 1 : last]).rstrip() + "\n"
        self.found.statements[first] = Piece(source, vars(self.module), line=first)
        return names_in(source)

    def _add_outside(self, name: str) -> None:
        """A name of the module that no statement of it binds: from `import *`, or set from elsewhere."""
        value = vars(self.module)[name]
        for statement in self.tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
                source = _origin(statement, self.module)
                if getattr(sys.modules.get(source), name, None) is value:
                    self._import(f"from {source} import {name}")
                    return
        self._add_value(name, value)

    def _add_value(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType):
            plain = value.__name__ == name
            self._import(f"import {name}" if plain else f"import {value.__name__} as {name}")
            return
        home, own = getattr(value, "__module__", ""), getattr(value, "__qualname__", name)
        if home != self.module.__name__ and getattr(sys.modules.get(home), own, None) is value:
            self._import(f"from {home} import {own}" + (f" as {name}" if own != name else ""))
            return
        inner = value.function if isinstance(value, Bundle) else value
        if isinstance(inner, (type, FunctionType)):
            self._add_definition(name, inner)
            return
        try:
            source = f"{name} = {literal(value)}\n"
        except TraceError as error:
            raise TraceError(
                f"{self.kind.__qualname__} can't be exported: it uses {name}, which is {preview(value, 80)}, and that "
                "is neither a literal nor something to import or with source of its own; make it in __init__, or "
                f"define {name} at the top of a module"
            ) from error
        self.found.values.append(Piece(source, vars(self.module)))

    def _add_definition(self, name: str, inner: Any) -> None:
        self.add_inner(inner)
        if inner.__name__ != name:
            self.found.inner.append(Piece(f"{name} = {inner.__name__}\n", vars(self.module)))

    def _import(self, line: str) -> None:
        if line not in self.found.imports:
            self.found.imports.append(line)

    def _is_builtin(self, name: str) -> bool:
        return vars(self.module)[name] is getattr(builtins, name, self)


def _parsed(module: ModuleType) -> tuple[list[str], ast.Module]:
    """The source of a module; of a notebook or terminal there is none."""
    try:
        source = inspect.getsource(module)
        return lines_of(source), ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return [], ast.parse("")


def _is_own(name: str) -> bool:
    """Whether every module has a name of its own: `__name__`, `__file__`."""
    return name.startswith("__") and name.endswith("__")


def _import_of(name: str, statement: ast.Import | ast.ImportFrom, module: ModuleType) -> str:
    """The import of a single name."""
    for each in statement.names:
        if (each.asname or each.name.partition(".")[0]) == name:
            alias = f" as {each.asname}" if each.asname else ""
            if isinstance(statement, ast.Import):
                return f"import {each.name}{alias}"
            return f"from {_origin(statement, module)} import {each.name}{alias}"
    raise AssertionError(name)


def _origin(statement: ast.ImportFrom, module: ModuleType) -> str:
    """The full name of the module that something is imported from."""
    name = "." * statement.level + (statement.module or "")
    return importlib.util.resolve_name(name, module.__package__) if statement.level else name


def _extent(statement: ast.stmt, lines: list[str]) -> tuple[int, int]:
    """First and last line, with the decorators and the comment right above."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    while first > 1 and lines[first - 2].startswith("#") and not lines[first - 2].startswith("#!"):
        first -= 1
    return first, statement.end_lineno or statement.lineno


def _functions(kind: type) -> Iterator[FunctionType]:
    """The functions that a class was written with."""
    for value in vars(kind).values():
        function = getattr(value, "fget", None) or getattr(value, "__func__", value)
        function = function.function if isinstance(function, Bundle) else function
        inner = inspect.unwrap(function) if callable(function) else function
        if isinstance(inner, FunctionType) and inner.__qualname__.startswith(kind.__qualname__):
            yield inner


def _closure(defined: Any) -> dict[str, Any]:
    """The names that functions have from the functions around them."""
    functions: Iterable[FunctionType] = _functions(defined) if isinstance(defined, type) else [inspect.unwrap(defined)]
    found: dict[str, Any] = {}
    for function in functions:
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            if name != "__class__":
                found[name] = _content(cell)
    return {name: value for name, value in found.items() if value is not defined and value is not _EMPTY}


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return _EMPTY


def _inner_source(defined: Any) -> str:
    """The source of a class or function without the indentation of the function around it."""
    functions = [*_functions(defined)] if isinstance(defined, type) else [inspect.unwrap(defined)]
    for function in functions:
        lines = linecache.getlines(function.__code__.co_filename, function.__globals__)
        for found in _definitions(lines, defined.__name__, function.__code__.co_firstlineno):
            return dedented(lines, *_extent(found, lines))
    raise TraceError(f"{defined.__qualname__} can't be exported: its source can't be had; define it in a file")


def _definitions(lines: list[str], name: str, line: int) -> list[Any]:
    """Classes and functions of a name around a line, the innermost first."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    every = ast.walk(ast.parse("".join(lines)))
    found = [each for each in every if isinstance(each, kinds) and each.name == name]
    around = [each for each in found if _extent(each, lines)[0] <= line <= (each.end_lineno or 0)]
    return sorted(around, key=lambda each: -each.lineno)
