"""Proposed source as a function of this process, in the place of the one that was written there.

The new function has the globals of the original and its very closure cells, `super()` and private names of its class
included. What the source defines beside the function (imports, constants, helpers) is the function's own: it lives in
cells of its closure and never shows in the user's module. Each source is compiled once, and its lines are known to
tracebacks.
"""

import ast
import linecache
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import CellType, CodeType, FunctionType
from typing import Any, cast

from steepest.traces.code.proposals import refusal
from steepest.traces.parameters import RejectedValueError

_MOST_COMPILED = 1024
"""Sources that are kept compiled, in all."""
_FACTORY, _SURROUNDINGS = "<source>", "<surroundings>"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a source is compiled; the same source there is the same code."""

    source: str
    qualname: str
    free: tuple[str, ...]
    """Names of the original's closure."""

    @property
    def filename(self) -> str:
        """What tracebacks call it."""
        return f"<{self.qualname}, proposed {sha256(self.source.encode(errors='replace')).hexdigest()[:8]}>"


_compiled: "OrderedDict[_Place, CodeType]" = OrderedDict()
_lock = threading.Lock()


def load(source: str, original: FunctionType, owner: type | None = None) -> FunctionType:
    """A function from source that has been checked.

    Args:
        source: Defines a function of the original's name.
        original: The function whose place it takes.
        owner: The class that it is a method of, for a `super()` that the original did not use.

    Raises:
        RejectedValueError: It does not compile, or its imports, constants or defaults raise.
    """
    free = original.__code__.co_freevars
    place = _Place(source, original.__qualname__, free)
    cells = dict(zip(free, original.__closure__ or (), strict=True))
    if owner is not None:
        cells.setdefault("__class__", CellType(owner))
    code = _code(place, original.__name__)
    missing = [name for name in code.co_freevars if name not in cells]
    if missing:
        raise RejectedValueError(f"super() is of no use in {original.__name__}: it is not a method of a class")
    factory = FunctionType(code, original.__globals__, _FACTORY, None, tuple(cells[name] for name in code.co_freevars))
    try:
        made: FunctionType = factory()
    except Exception as error:
        line = _line_in(place.filename, error)
        words = f"it can't be loaded, {type(error).__name__}: {error}"
        raise refusal(words, source, line) from error
    made.__qualname__, made.__module__ = original.__qualname__, original.__module__
    return made


def _code(place: _Place, name: str) -> CodeType:
    """The code of a function without parameters that gives the function of that name."""
    with _lock:
        if place in _compiled:
            _compiled.move_to_end(place)
            return _compiled[place]
    code = _compile(place, name)
    lines = [f"{line}\n" for line in place.source.split("\n")]
    with _lock:
        # Without a time of change, linecache keeps the entry instead of looking for a file.
        linecache.cache[place.filename] = (len(place.source), None, lines, place.filename)
        _compiled[place] = code
        while len(_compiled) > _MOST_COMPILED:
            oldest, _ = _compiled.popitem(last=False)
            linecache.cache.pop(oldest.filename, None)
    return code


def _compile(place: _Place, name: str) -> CodeType:
    try:
        code = compile(_surrounded(place, name), place.filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise refusal(f"it is no Python, SyntaxError: {error.msg}", place.source, error.lineno) from error
    except (RecursionError, MemoryError) as error:
        raise RejectedValueError(f"the code of {name} is nested too deeply: take it apart") from error
    for inner in (_SURROUNDINGS, _class_of(place.qualname), _FACTORY):
        if inner is not None:
            code = next(each for each in code.co_consts if isinstance(each, CodeType) and each.co_name == inner)
    return cast("CodeType", _named_from(f"{code.co_qualname}.<locals>.", code))


def _named_from(prefix: str, part: Any) -> Any:
    """Code or a constant of it, with the names that functions and classes would have in a module of their own."""
    if isinstance(part, str):
        return part.removeprefix(prefix)
    if not isinstance(part, CodeType):
        return part
    constants = tuple(_named_from(prefix, each) for each in part.co_consts)
    return part.replace(co_qualname=part.co_qualname.removeprefix(prefix), co_consts=constants)


def _surrounded(place: _Place, name: str) -> ast.Module:
    """The source inside of functions that give its free names a meaning, and private names their class.

    Only the code of the innermost is used: it gets the original's cells.
    """
    tree = ast.parse(place.source)
    future = [each for each in tree.body if isinstance(each, ast.ImportFrom) and each.module == "__future__"]
    body = [each for each in tree.body if each not in future]
    _bring_in_global_statements(body)
    inner: ast.stmt = _function(_FACTORY, [*body, ast.Return(ast.Name(name, ast.Load()))])
    names = [each for each in place.free if each != "__class__"]
    outer: list[ast.stmt] = [_parsed(f"{each} = None") for each in names]
    class_name = _class_of(place.qualname)
    if class_name is not None:
        around = cast("ast.ClassDef", _parsed(f"class {class_name}: pass"))
        around.body, inner = [inner], around
        if class_name not in names:  # or the source's uses of the class would be meant for this stand-in
            outer.append(ast.Global([class_name]))
    return ast.fix_missing_locations(ast.Module([*future, _function(_SURROUNDINGS, [*outer, inner])], []))


def _bring_in_global_statements(body: Sequence[ast.stmt]) -> None:
    """`global x` means the source's own x, if it has one: what is a module there is a function here."""
    own = frozenset(_names_defined(body))
    for part in [part for statement in body for part in ast.walk(statement)]:
        for field, block in ast.iter_fields(part):
            if isinstance(block, list) and any(isinstance(each, ast.Global) for each in block):
                setattr(part, field, [split for each in block for split in _split(each, own)])


def _split(statement: ast.AST, own: frozenset[str]) -> list[ast.AST]:
    """A `global` statement as one for the names of the user's module and one for the source's own."""
    if not isinstance(statement, ast.Global):
        return [statement]
    inner = [name for name in statement.names if name in own]
    outer = [name for name in statement.names if name not in own]
    made: list[ast.stmt] = [*([ast.Nonlocal(inner)] if inner else []), *([ast.Global(outer)] if outer else [])]
    return [ast.copy_location(each, statement) for each in made]


def _names_defined(body: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (each.asname or each.name.partition(".")[0] for each in names)
            case _:
                parts = ast.walk(statement)
                yield from (each.id for each in parts if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))


def _function(name: str, body: list[ast.stmt]) -> ast.FunctionDef:
    made = cast("ast.FunctionDef", _parsed("def function(): pass"))
    made.name, made.body = name, body
    return made


def _parsed(statement: str) -> ast.stmt:
    return ast.parse(statement).body[0]


def _class_of(qualname: str) -> str | None:
    """The class that a function of this name stands in."""
    *outer, _ = qualname.split(".")
    return outer[-1] if outer and outer[-1] != "<locals>" else None


def _line_in(filename: str, error: BaseException) -> int | None:
    """The innermost line of a file that an exception went through."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
