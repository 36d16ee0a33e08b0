"""An exception as words that a person or a model can act on: the lines of the source at fault, then the message.

    line 7, in total:
        return sum(x) / n
               ~~~~~~~^~~
    ZeroDivisionError: division by zero

Frames of libraries are left out: nobody can repair those.
"""

import ast
import errno
import linecache
import traceback
import warnings
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import groupby
from types import TracebackType
from typing import Any, TypeVar

from steepest.solvers.sandbox.scrubbing import scrubbed

T = TypeVar("T")

SCRIPT = "<script>"
"""The file name under which the source of a job is compiled."""

_MOST_MESSAGE = 2_000
_MOST_LINE = 200
_MOST_CALLS = 12
_MOST_CAUSES = 3
_MOST_MEMBERS = 5

_REFUSED = frozenset({errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOSYS})
_NO_ACCESS = "the sandbox has no network, no files and no other processes: take data as arguments, give back the result"
_NO_FILES = "the sandbox has no files: take data as arguments"


def register_source(source: str) -> None:
    """Let tracebacks show the lines of the source."""
    # Without a time of change, linecache keeps the entry instead of looking for a file.
    linecache.cache[SCRIPT] = (len(source), None, source.splitlines(keepends=True), SCRIPT)


def describe(error: BaseException, source: str) -> dict[str, Any]:
    """The failure {"kind", "message", "traceback", "line"} that an exception of the source amounts to.

    Args:
        error: As it was caught, with its traceback.
        source: Of the job, compiled under the name `SCRIPT`.
    """
    register_source(source)
    if isinstance(error, MemoryError) and error.__traceback__ is not None:
        traceback.clear_frames(error.__traceback__)  # what filled the memory: its description needs some
    if isinstance(error, SyntaxError) and error.filename == SCRIPT:
        return failure("exception", _headline(error, source), _syntax_excerpt(error, source), error.lineno)
    frames = script_frames(error.__traceback__)
    excerpt = [*folded(frames, _spot, _call), *_members(error, source), *_causes(error, source)]
    return failure(_kind(error), _headline(error, source), "\n".join(excerpt), frames[-1].tb_lineno if frames else None)


def failure(kind: str, message: str, excerpt: str = "", line: int | None = None) -> dict[str, Any]:
    """A failure as the supervisor is told it: the message ends the traceback, which is empty without an excerpt."""
    message = scrubbed(_cut(message))
    excerpt = scrubbed("\n".join(map(_cut_line, excerpt.splitlines())))
    return {
        "kind": kind,
        "message": message,
        "traceback": f"{excerpt}\n{message}" if excerpt else "",
        "line": line,
    }


def line_excerpt(source: str, line: int) -> str:
    """One line of the source, as a failure shows it."""
    lines = source.splitlines()
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return f"line {line}:\n    {text}"


def _kind(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "memory"
    return "forbidden" if _is_refusal(error) else "exception"


def _is_refusal(error: BaseException | None) -> bool:
    """Whether the system said no: by itself, or under an OSError that a library made of it."""
    seen: set[int] = set()
    while isinstance(error, OSError) and id(error) not in seen:
        if error.errno in _REFUSED or type(error).__name__ == "gaierror":  # a name that no network could look up
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


# The message


def _headline(error: BaseException, source: str) -> str:
    """`ZeroDivisionError: division by zero`, with what the sandbox has to add."""
    name, words = _type_name(error), _words(error, source)
    hint = _hint(error)
    headline = f"{name}: {words}" if words else name
    return f"{headline} ({hint})" if hint else headline


def _type_name(error: BaseException) -> str:
    # An exception of ours is told by the kind of Python's that it is.
    kind = next(each for each in type(error).__mro__ if not each.__module__.startswith("steepest."))
    if kind.__module__ in ("builtins", "__main__", "script"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def _words(error: BaseException, source: str) -> str:
    try:
        words = _own_words(error)
    except Exception as broken:
        return f"its message can't be shown, that raised {type(broken).__name__}"
    if isinstance(error, AssertionError) and not words:
        words = _asserted(error, source)
    return _cut("\n".join([words, *_notes(error)]).rstrip("\n"))


def _own_words(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"the code ended itself with exit({error.code!r})"
    if isinstance(error, SyntaxError):
        return str(error.msg)
    return str(error)


def _notes(error: BaseException) -> list[str]:
    notes = getattr(error, "__notes__", [])
    return [note for note in notes if isinstance(note, str)] if isinstance(notes, list) else []


def _hint(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "the job is over its limit of memory"
    if _is_refusal(error):
        return _NO_ACCESS
    if isinstance(error, FileNotFoundError) and error.errno == errno.ENOENT:
        return _NO_FILES
    return ""


def _asserted(error: AssertionError, source: str) -> str:
    """What a bare `assert` claimed."""
    last = _last(error.__traceback__)
    if last is None or last.tb_frame.f_code.co_filename != SCRIPT:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when the source was compiled
        tree = ast.parse(source)
    claims = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert) and node.lineno <= last.tb_lineno <= (node.end_lineno or node.lineno)
    ]
    return _cut_line(f"assert {ast.unparse(claims[-1].test)}") if claims else ""


def _last(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _cut(text: str) -> str:
    if len(text) <= _MOST_MESSAGE:
        return text
    head, tail = text[: _MOST_MESSAGE * 3 // 4], text[-_MOST_MESSAGE // 4 :]
    return f"{head} ... [{len(text) - len(head) - len(tail)} characters cut] ... {tail}"


def _cut_line(line: str) -> str:
    return line if len(line) <= _MOST_LINE else f"{line[:_MOST_LINE].rstrip()} ..."


# The lines at fault


def script_frames(trace: TracebackType | None) -> list[TracebackType]:
    """The calls of a traceback that are in the source, the outermost first."""
    found = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SCRIPT:
            found.append(trace)
        trace = trace.tb_next
    return found


def folded(calls: Sequence[T], spot: Callable[[T], Hashable], excerpt: Callable[[T], str]) -> Iterator[str]:
    """The calls of a stack with their lines; a recursion is folded, and the middle of a deep stack is left out.

    Args:
        calls: The outermost first.
        spot: Where a call is: one after the other at the same spot is a recursion.
        excerpt: A call as it is shown.
    """
    places = [list(same) for _, same in groupby(calls, spot)]
    half = _MOST_CALLS // 2
    left_out = places[half:-half] if len(places) > _MOST_CALLS else []
    for number, same in enumerate(places):
        if left_out and number == half:
            yield f"... {sum(map(len, left_out))} more calls ..."
        if not left_out or not half <= number < len(places) - half:
            yield excerpt(same[0])
            if len(same) > 1:
                yield f"    ... the same call {len(same) - 1} more times ..."


def call_excerpt(line: int, function: str, shown: Sequence[str]) -> str:
    """A call as a failure shows it: its line, the function unless it is the source itself, and the line's text."""
    where = "" if function == "<module>" else f", in {function}"
    return "\n".join([f"line {line}{where}:", *shown])


def _spot(trace: TracebackType) -> tuple[str, int]:
    return trace.tb_frame.f_code.co_qualname, trace.tb_lineno


def _call(trace: TracebackType) -> str:
    name, line = _spot(trace)
    alone = TracebackType(None, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
    stack = traceback.extract_tb(alone)
    _, *shown = stack.format_frame_summary(stack[0]).splitlines()  # without Python's `File ..., line ...`
    return call_excerpt(line, name, shown)


def _syntax_excerpt(error: SyntaxError, source: str) -> str:
    if not error.text:  # found by the compiler, not by the parser: `return` outside of a function
        return line_excerpt(source, error.lineno or 0)
    _, *shown = traceback.TracebackException(type(error), error, None).format_exception_only()
    return "\n".join([f"line {error.lineno}:", *(line.rstrip("\n") for line in shown[:-1])])


# What else went wrong


def _members(error: BaseException, source: str) -> Iterator[str]:
    """The exceptions of a group, shortly."""
    if isinstance(error, BaseExceptionGroup):
        for number, member in enumerate(error.exceptions[:_MOST_MEMBERS], 1):
            yield f"  {number}. {_shortly(member, source)}"
        if (more := len(error.exceptions) - _MOST_MEMBERS) > 0:
            yield f"  ... and {more} more"


def _causes(error: BaseException, source: str) -> Iterator[str]:
    """The exceptions that led to this one, the nearest first."""
    seen = {id(error)}
    for _ in range(_MOST_CAUSES):
        cause, words = error.__cause__, "caused by"
        if cause is None and not error.__suppress_context__:
            cause, words = error.__context__, "while handling"
        if cause is None or id(cause) in seen:
            return
        yield f"({words} {_shortly(cause, source)})"
        seen.add(id(cause))
        error = cause


def _shortly(error: BaseException, source: str) -> str:
    frames = script_frames(error.__traceback__)
    place = f", line {frames[-1].tb_lineno}" if frames else ""
    return _headline(error, source).replace("\n", " ") + place
