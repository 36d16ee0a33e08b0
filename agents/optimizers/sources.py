"""The source of a function as it counts for what a search is of: without layout, comments, and all that is trainable.

Learned values are written back into a source, so a trainable value's literal and a trainable function's body are left
out: a file with other ones is the same program.
"""

import ast
import linecache
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType

__all__ = ["INSTALLED", "Source", "source_of"]

INSTALLED = tuple(
    f"{Path(sysconfig.get_path(each)).resolve()}/" for each in ("stdlib", "platstdlib", "purelib", "platlib")
)
"""Where the standard library is, and what pip has installed: what is not the user's."""

_MUTATING = frozenset(
    [
        "append",
        "appendleft",
        "extend",
        "insert",
        "add",
        "update",
        "setdefault",
        "pop",
        "popitem",
        "popleft",
        "clear",
        "remove",
        "discard",
        "sort",
        "reverse",
        "put",
        "put_nowait",
    ]
)
_LEARNED = ast.Name("learned", ast.Load())


@dataclass(frozen=True, slots=True)
class Source:
    """What is read of a function."""

    text: str
    names: frozenset[str]
    """Those that it gives values to, or whose values it changes in place: what they hold is state."""
    attributes: frozenset[str]
    """Likewise, of any object."""
    learned: frozenset[str]
    """Names of constants that trainable values begin with."""


@lru_cache(maxsize=4096)
def source_of(code: CodeType) -> Source | None:
    """The source that a function was compiled from, as it was when it was asked for first; None where there is none,
    or where several functions on one line could be meant.
    """
    tree = _parsed("".join(linecache.getlines(code.co_filename)))
    if tree is None:
        return None
    found = [each for each in ast.walk(tree) if _is_made_from(each, code)]
    if len(found) != 1:
        return None
    changed = list(_changed(found[0]))
    names = frozenset(each.id for each in changed if isinstance(each, ast.Name))
    attributes = frozenset(each.attr for each in changed if isinstance(each, ast.Attribute))
    learned = frozenset(_learned(found[0]))
    return Source(ast.unparse(_Stripped().visit(found[0])), names, attributes, learned)


def _parsed(text: str) -> ast.Module | None:
    """A tree of its own for whoever asks, for it is changed."""
    try:
        return ast.parse(text) if text else None
    except (SyntaxError, ValueError, RecursionError):  # no file of Python's, or edited since
        return None


def _is_made_from(part: ast.AST, code: CodeType) -> bool:
    if isinstance(part, ast.Lambda):
        return code.co_name == "<lambda>" and part.lineno == code.co_firstlineno
    if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) or part.name != code.co_name:
        return False
    return min([part.lineno, *(each.lineno for each in part.decorator_list)]) == code.co_firstlineno


class _Stripped(ast.NodeTransformer):
    """Takes out what is trainable."""

    def visit_Call(self, call: ast.Call) -> ast.AST:
        self.generic_visit(call)
        if _is_trainable(call):
            call.args = [_LEARNED, *call.args[1:]] if call.args else []
            call.keywords = [each for each in call.keywords if each.arg != "value"]
        return call

    def visit_FunctionDef(self, function: ast.FunctionDef) -> ast.AST:
        return self._function(function)

    def visit_AsyncFunctionDef(self, function: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(function)

    def _function(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        if any(isinstance(each, ast.Call) and _is_trainable(each) for each in function.decorator_list):
            function.body, function.decorator_list = [ast.Expr(_LEARNED)], []
            return function
        return self.generic_visit(function)


def _is_trainable(call: ast.Call) -> bool:
    return any(
        each.arg == "trainable" and isinstance(each.value, ast.Constant) and each.value.value is True
        for each in call.keywords
    )


def _learned(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _is_trainable(call):
            given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "value")]
            yield from (each.id for each in given if isinstance(each, ast.Name))


def _changed(tree: ast.AST) -> Iterator[ast.expr]:
    """The names and attributes whose values a function replaces or changes in place."""
    for part in ast.walk(tree):
        match part:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                yield part
            case ast.Attribute(ctx=ast.Store() | ast.Del(), value=inner):
                yield part
                yield _container(inner)
            case ast.Subscript(ctx=ast.Store() | ast.Del(), value=inner):
                yield _container(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _MUTATING:
                yield _container(inner)


def _container(part: ast.expr) -> ast.expr:
    """`counts` of `counts[key][0]`."""
    while isinstance(part, ast.Subscript):
        part = part.value
    return part
