"""What went wrong in an operation, as an error that code can catch and as words that a person or a model can use.

The words are the source of the user's functions with the failing line marked, a function for each level of the calls,
and the message; Python's own traceback is chained to the error as its cause.
"""

import inspect
import linecache
import traceback
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType, TracebackType
from typing import TYPE_CHECKING

from steepest.errors import SteepestError

if TYPE_CHECKING:
    from steepest.traces.graph import Node

_HERE = str(Path(__file__).parent)
_LONGEST_MESSAGE = 2000
_MOST_LINES = 60
"""Of a function's source, around the failing line."""


class TraceError(SteepestError):
    """The trace is used in a way that it can't be."""


class ExecutionError(SteepestError):
    """An operation raised. The error is an instance of the exception's own type as well, so `except` finds both."""

    node: "Node[str]"
    """The node of the failure, from which feedback can go back; its value is the error's text."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


def execution_error(error: Exception, node: "Node[str]") -> ExecutionError:
    """The error to raise for an exception, with the node that stands for the failure."""
    made = _instance(type(error), node._value)
    made.node = node
    return made


def told(error: BaseException, begin: CodeType | None = None) -> str:
    """An exception in words: the functions of the user that it went through, each with its failing line marked.

    Args:
        error: The exception.
        begin: The code of the function that was called; frames before it are not the user's. Without it there are no
            frames to show.
    """
    message = message_of(error)
    levels = list(_levels(error.__traceback__, begin)) if begin is not None else []
    marked = [
        _marked(code, line, message if place == len(levels) - 1 else "") for place, (code, line) in enumerate(levels)
    ]
    return "\n\n".join([*(text for text in marked if text), message])


def message_of(error: BaseException) -> str:
    """The last line of a traceback: `ZeroDivisionError: division by zero`; an assertion without words by its source."""
    try:
        words = str(error)
    except Exception as other:
        words = f"(its text can't be had: {type(other).__name__})"
    words = words[:_LONGEST_MESSAGE]
    if not words and isinstance(error, AssertionError) and (line := _last_line(error.__traceback__)):
        words = line.removeprefix("assert ")
        return f"AssertionError: not true: {words}"
    name = type(error).__name__
    return f"{name}: {words}" if words else name


@lru_cache(maxsize=256)
def _type_of(kind: type[Exception]) -> type[ExecutionError]:
    """A class that is both; where Python can't make one, or the exception must be built its own way, the plain one."""
    try:
        both = type(f"ExecutionError[{kind.__name__}]", (ExecutionError, kind), {"__module__": __name__})
        both("probe")
    except Exception:
        return ExecutionError
    return both


def _instance(kind: type[Exception], text: str) -> ExecutionError:
    return _type_of(kind)(text)


def _levels(frames: TracebackType | None, begin: CodeType | None) -> Iterator[tuple[CodeType, int]]:
    """Code and line of the user's frames, from the function that was called inwards."""
    started = False
    for frame, line in traceback.walk_tb(frames):
        started = started or frame.f_code is begin
        if started and not frame.f_code.co_filename.startswith(_HERE):
            yield frame.f_code, line


def _marked(code: CodeType, failing: int, message: str) -> str:
    """A function's source with a remark on the failing line."""
    try:
        lines, first = inspect.getsourcelines(code)
    except (OSError, TypeError):
        line = linecache.getline(code.co_filename, failing).strip()
        return f"{code.co_name}, line {failing}: {line}  {_remark(message)}".rstrip()
    at = min(max(failing - max(first, 1), 0), len(lines) - 1)
    shown = slice(max(at - _MOST_LINES // 2, 0), at + _MOST_LINES // 2)
    texts = [line.rstrip("\n") for line in lines]
    texts[at] = f"{texts[at]}  {_remark(message)}".rstrip()
    return inspect.cleandoc("\n".join(texts[shown])) if texts[shown] else ""


def _remark(message: str) -> str:
    return f"# <--- {message.splitlines()[0]}" if message else "# <--- here"


def _last_line(frames: TracebackType | None) -> str:
    last = None
    for last in traceback.walk_tb(frames):
        pass
    if last is None:
        return ""
    frame, line = last
    return linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
