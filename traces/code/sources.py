"""The source of a function as a text of its own: no decorators, no indentation of the class or function around it.

Other decorators that stand between the function and whoever asks are kept as its layers, and can be put around another
function: source that is trained changes the function and leaves what is around it as it was.
"""

import ast
import inspect
import io
import tokenize
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import CellType, FunctionType, MethodType
from typing import Any

from steepest.traces.failures import TraceError

Definition = ast.FunctionDef | ast.AsyncFunctionDef

_LITERALS = frozenset(
    getattr(tokenize, name) for name in ("STRING", "FSTRING_MIDDLE", "TSTRING_MIDDLE") if hasattr(tokenize, name)
)


@dataclass(frozen=True, slots=True)
class Layers:
    """A function and the decorators around it, which are functions themselves."""

    wrappers: tuple[FunctionType, ...]
    """From the outermost inwards."""
    function: FunctionType
    """The one that the source defines."""

    def around(self, other: Callable[..., Any]) -> Callable[..., Any]:
        """The same decorators around another function; what they remember is shared."""
        for wrapper in reversed(self.wrappers):
            other = _wrapped_again(wrapper, other)
        return other


def layers_of(function: Callable[..., Any]) -> Layers:
    """Take a decorated function apart.

    Raises:
        TraceError: It is no function that Python source defines, or a decorator can't be put around another one.
    """
    wrappers = []
    inner: Any = function
    while hasattr(inner, "__wrapped__"):
        if not isinstance(inner, FunctionType) or not _cells_of_wrapped(inner):
            raise TraceError(
                f"{_name(inner)} can't be trained: a decorator ({type(inner).__name__}) stands between the bundle and "
                "the source, and can't be put around other source; put bundle(trainable=True) below it"
            )
        wrappers.append(inner)
        inner = inner.__wrapped__  # type: ignore[attr-defined]  # as `hasattr` says
    if isinstance(inner, MethodType):
        raise TraceError(f"{_name(inner)} can't be trained on one instance: put bundle(trainable=True) into its class")
    if not isinstance(inner, FunctionType):
        raise TraceError(
            f"{_name(inner)} can't be trained: it is of type {type(inner).__name__}, and only a function that is "
            "written in Python has source to train"
        )
    return Layers(tuple(wrappers), inner)


def source_of(function: FunctionType) -> tuple[str, Definition]:
    """A function's source and its definition; comments are kept.

    Raises:
        TraceError: It has none, or is a lambda.
    """
    if function.__name__ == "<lambda>":
        raise TraceError("a lambda can't be trained: write it as a function with `def`")
    try:
        text = "".join(inspect.getsourcelines(function)[0])
        definition = _definition(text)
    except (OSError, TypeError, SyntaxError, IndexError, tokenize.TokenError) as error:
        raise TraceError(_words_for_no_source(function)) from error
    if definition is None or definition.name != function.__code__.co_name:
        raise TraceError(_words_for_no_source(function))
    first = max((each.end_lineno or 0 for each in definition.decorator_list), default=definition.lineno - 1)
    source = "\n".join(_dedented(text)[first - _shift(text) :]).strip("\n")
    return source.rstrip(), _only_definition(ast.parse(source))


def _words_for_no_source(function: FunctionType) -> str:
    return (
        f"{function.__qualname__} can't be trained: its source can't be had from {function.__code__.co_filename!r}; "
        "define it in a file, or in a notebook or terminal that keeps what was typed"
    )


def _definition(text: str) -> Definition | None:
    """The function that a text starts with; its lines are counted as `_tree` has them."""
    first = _tree(text).body[0]
    found = first.body[0] if isinstance(first, ast.If) and _shift(text) else first
    return found if isinstance(found, Definition) else None


def _tree(text: str) -> ast.Module:
    """A text, an indented one under an `if`."""
    return ast.parse("if True:\n" + text if _shift(text) else text)


def _shift(text: str) -> int:
    """Lines that have to stand before the text so that Python can read it."""
    return 1 if text[:1].isspace() else 0


def _only_definition(tree: ast.Module) -> Definition:
    return next(each for each in tree.body if isinstance(each, Definition))


def _dedented(text: str) -> list[str]:
    """The lines without the first one's indentation; the inside of a text literal that runs over lines stays."""
    lines = text.split("\n")
    margin = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    literal = set(_lines_inside_literals(text)) if margin else set()
    return [line if row in literal else line.removeprefix(margin) for row, line in enumerate(lines, 1)]


def _lines_inside_literals(text: str) -> Iterator[int]:
    documentation = _first_lines_of_documentation(text)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _LITERALS and token.start[0] not in documentation:
            yield from range(token.start[0] + 1, token.end[0] + 1)


def _first_lines_of_documentation(text: str) -> set[int]:
    """Where docstrings start: their indentation means nothing."""
    scopes = [each for each in ast.walk(_tree(text)) if isinstance(each, Definition | ast.ClassDef)]
    return {each.body[0].lineno - _shift(text) for each in scopes if ast.get_docstring(each, clean=False) is not None}


def _name(function: object) -> str:
    return str(getattr(function, "__qualname__", None) or getattr(function, "__name__", None) or repr(function))


def _cells_of_wrapped(wrapper: FunctionType) -> list[CellType]:
    """The closure cells through which a wrapper calls what it wraps."""
    return [cell for cell in wrapper.__closure__ or () if _content(cell) is wrapper.__wrapped__]  # type: ignore[attr-defined]


def _content(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _wrapped_again(wrapper: FunctionType, inner: Callable[..., Any]) -> FunctionType:
    replaced = _cells_of_wrapped(wrapper)
    cells = tuple(CellType(inner) if any(each is cell for each in replaced) else cell for cell in _closure(wrapper))
    again = FunctionType(wrapper.__code__, wrapper.__globals__, wrapper.__name__, wrapper.__defaults__, cells)
    again.__kwdefaults__ = wrapper.__kwdefaults__
    again.__dict__.update(wrapper.__dict__, __wrapped__=inner)
    again.__qualname__, again.__doc__ = wrapper.__qualname__, wrapper.__doc__
    return again


def _closure(function: FunctionType) -> Sequence[CellType]:
    return function.__closure__ or ()
