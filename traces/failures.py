"""What went wrong in an operation, as an error that code can catch and as words that a person or a model can use.

The words are the source of the user's functions with the failing line marked, a function for each level of the calls,
and the message; Python's own traceback is chained to the error as its cause.
"""

import inspect
import linecache
import os
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import CodeType, FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from steepest.errors import SteepestError

if TYPE_CHECKING:
    from steepest.traces.graph import Node

_HERE = os.path.join(os.path.dirname(__file__), "")
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_LONGEST_MESSAGE = 2000
_MOST_LINES = 60
"""Of a function's source, around the failing line."""
_MOST_LEVELS = 8
"""Of calls, half of them at the end."""


class TraceError(SteepestError):
    """The trace is used in a way that it can't be."""


class CodeNotRunError(TraceError):
    """Proposed code could not be run at all, which says nothing about the code; the message says what to do.

    A bundle raises it as an `ExecutionError` like any other, so that it has a node; whoever learns from failures tells
    it from them by its type.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """What an `ExecutionError` knows of the operation that raised."""

    node: "Node[str]"
    """The node of the failure, from which feedback can go back; its value is the error's text."""
    message: str
    """The exception in a line: `ZeroDivisionError: division by zero`."""
    text: str
    """The source of the user's functions with the failing line marked, and the message: for people and models."""


class ExecutionError(SteepestError):
    """An operation raised. The error is an instance of the exception's own type as well, so `except` finds both.

    It has the attributes and arguments of the exception, which is its cause; its text is `failure.text`. Its own
    `failure`, `node` and `message` give way to what the exception itself calls so; `failure_of` always finds them.
    """

    _steepest_failure: Failure | None = None

    if TYPE_CHECKING:
        failure: Failure
        node: Node[str]
        message: str
    else:

        def __getattr__(self, name: str) -> Any:
            """What neither the exception nor its class has."""
            failure = self._steepest_failure
            if failure is not None and name in ("failure", "node", "message"):
                return failure if name == "failure" else getattr(failure, name)
            inherited = getattr(super(), "__getattr__", None)  # of the exception's own class
            if inherited is not None:
                return inherited(name)
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __str__(self) -> str:
        return self._steepest_failure.text if self._steepest_failure is not None else super().__str__()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (_kind_of(self), self.args, {**vars(self)})


def execution_error(error: Exception, node: "Node[str]", message: str = "") -> ExecutionError:
    """The error to raise for an exception.

    Args:
        error: What was raised.
        node: Stands for the failure.
        message: The exception in a line, where it says so less well itself.
    """
    made = _restored(_kind_of(error), error.args, vars(error) if hasattr(error, "__dict__") else {})
    for name in _members(_kind_of(error)):
        try:
            setattr(made, name, getattr(error, name))
        except (AttributeError, TypeError):  # read-only, or set by nobody
            continue
    _set_failure(made, Failure(node, message or message_of(error), node._value))
    return made


def failure_of(error: ExecutionError) -> Failure:
    """What an error knows of the operation that raised, whatever names the exception uses for itself.

    Raises:
        TraceError: It comes from no operation.
    """
    if error._steepest_failure is None:
        raise TraceError(
            f"{type(error).__name__} was raised by no operation of a trace: there is no node to go back from"
        )
    return error._steepest_failure


def settle(error: ExecutionError, node: "Node[str]") -> None:
    """Let another node stand for the failure."""
    _set_failure(error, replace(failure_of(error), node=node))


def _set_failure(error: ExecutionError, failure: Failure) -> None:
    vars(error)["_steepest_failure"] = failure  # past a `__setattr__` of the exception's own


def told(error: BaseException) -> str:
    """An exception in words: the functions of the user that it went through, each with its failing line marked."""
    message = message_of(error)
    levels = _levels(error.__traceback__)
    marked = [_marked(code, line, "here") for code, line in levels[:-1]]
    if len(marked) >= _MOST_LEVELS:
        left_out = len(marked) - _MOST_LEVELS + 1
        marked[_MOST_LEVELS // 2 : _MOST_LEVELS // 2 + left_out] = [f"... {left_out:,} more levels of calls ..."]
    if isinstance(error, ExecutionError):
        return "\n\n".join([*marked, *(_marked(code, line, "here") for code, line in levels[-1:]), str(error)])
    return "\n\n".join([*marked, *(_marked(code, line, message) for code, line in levels[-1:]), message])


def message_of(error: BaseException) -> str:
    """The last line of a traceback: `ZeroDivisionError: division by zero`; an assertion without words by its source."""
    if isinstance(error, ExecutionError) and error._steepest_failure is not None:
        return error._steepest_failure.message
    try:
        words = str(error)
    except Exception as other:
        words = f"(its text can't be had: {type(other).__name__})"
    words = words[:_LONGEST_MESSAGE]
    if not words and isinstance(error, AssertionError) and (line := _last_line(error.__traceback__)):
        return f"AssertionError: not true: {line.removeprefix('assert ')}"
    name = type(error).__name__
    return f"{name}: {words}" if words else name


def _kind_of(error: Exception) -> Any:
    """The type that the user's code has raised."""
    kind = type(error)
    if not isinstance(error, ExecutionError):
        return kind
    return kind.__bases__[-1] if len(kind.__bases__) > 1 else kind  # as `_type_of` has put them together


@lru_cache(maxsize=256)
def _type_of(kind: Any) -> type[ExecutionError]:
    """A class that is both."""
    return type(f"ExecutionError[{kind.__name__}]", (ExecutionError, kind), {"__module__": __name__})


def _restored(kind: Any, arguments: tuple[Any, ...], state: dict[str, Any]) -> ExecutionError:
    """An error of an exception's type, made without calling what that type's author wrote to make one."""
    natives = (each for each in kind.__mro__ if each.__module__ == "builtins")
    native: Any = next(each for each in natives if each is not MemoryError)  # Python makes that one in its own way
    try:
        both = _type_of(kind)
        made: ExecutionError = native.__new__(both, *arguments)
        native.__init__(made, *arguments)
    except Exception:  # a type that can't be derived from, or whose arguments are not Python's: `except` misses it
        made = ExecutionError(*arguments)
    vars(made).update(state)
    return made


@lru_cache(maxsize=256)
def _members(kind: Any) -> tuple[str, ...]:
    """What exceptions of Python's own keep besides their arguments: `errno`, `filename`, `name`."""
    natives = [each for each in kind.__mro__ if each.__module__ == "builtins" and each not in BaseException.__mro__]
    return tuple(
        name
        for each in natives
        for name, member in vars(each).items()
        if inspect.ismemberdescriptor(member) or inspect.isgetsetdescriptor(member)
    )


@cache
def _not_the_users() -> tuple[str, ...]:
    """What the file names of this package and of libraries begin with."""
    import sysconfig  # which takes longer to load than this module

    libraries = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    return (_HERE, *libraries, "<frozen ")


def _walked(frames: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Frames and their lines, outermost first."""
    while frames is not None:
        yield frames.tb_frame, frames.tb_lineno
        frames = frames.tb_next


def _levels(frames: TracebackType | None) -> list[tuple[CodeType, int]]:
    """Code and line of the user's frames, outermost first: without this package, libraries and repetitions."""
    levels: list[tuple[CodeType, int]] = []
    for frame, line in _walked(frames):
        code = frame.f_code
        if code.co_filename.startswith(_not_the_users()):
            continue
        if code.co_name in _COMPREHENSIONS and levels and levels[-1][0].co_filename == code.co_filename:
            levels[-1] = (levels[-1][0], line)
        elif (code, line) not in levels[-1:]:
            levels.append((code, line))
    return levels


def _marked(code: CodeType, failing: int, message: str) -> str:
    """A function's source with a remark on the failing line."""
    lines, first = _source(code)
    at = failing - first
    if not 0 <= at < len(lines):
        line = linecache.getline(code.co_filename, failing).strip()
        return f"{code.co_name}, line {failing}: {line}{_remark(message)}"
    return marked(lines, at, message)


def marked(lines: Sequence[str], at: int, message: str) -> str:
    """Source with a remark on one of its lines; of a long one the part around it."""
    begin = max(at - _MOST_LINES // 2, 0)
    shown = [*lines[begin:at], lines[at] + _remark(message), *lines[at + 1 : at + _MOST_LINES // 2]]
    return textwrap.dedent("\n".join(shown))


def _remark(message: str) -> str:
    return f"  # <--- {message.splitlines()[0]}"


@lru_cache(maxsize=256)
def _source(code: CodeType) -> tuple[list[str], int]:
    """Lines of a function, and the number of the first; none for what has no source."""
    try:
        lines, first = inspect.getsourcelines(code)
    except (OSError, TypeError):
        return [], 1
    return [line.rstrip("\n") for line in lines], max(first, 1)


def _last_line(frames: TracebackType | None) -> str:
    """The line of source that raised."""
    walked = list(_walked(frames))
    if not walked:
        return ""
    frame, line = walked[-1]
    return linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
