"""What a jailed process sent, read as data: every field is checked, every text scrubbed, nothing is believed."""

import json
from typing import Any, get_args

from steepest.solvers.sandbox.outcomes import CallResult, Failure, FailureKind, Raised, Returned
from steepest.solvers.sandbox.scrubbing import scrubbed

_LONGEST_TEXT = 20_000
_LAST_LINE = 10_000_000
_MOST_CONTAINERS = 1_000_000
"""Lists and objects of a document: an empty one takes 2 bytes on its way and 64 here."""
_FAILURE_KINDS: dict[str, FailureKind] = {kind: kind for kind in get_args(FailureKind)}


class UnreadableError(Exception):
    """Not what a worker sends: cut off, or forged."""


def decoded_line(line: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        UnreadableError: It is none.
    """
    if line.count(b"[") + line.count(b"{") > _MOST_CONTAINERS:
        raise UnreadableError
    try:
        document = json.loads(line)
        if b"\\ud" in line or b"\\uD" in line:
            json.dumps(document, ensure_ascii=False).encode()  # half of a surrogate pair would break whoever prints it
    except (ValueError, RecursionError) as error:
        raise UnreadableError from error
    if not isinstance(document, dict):
        raise UnreadableError
    return document


def decoded_call(line: bytes) -> CallResult:
    """The result of a call.

    Raises:
        UnreadableError: It is none.
    """
    match decoded_line(line):
        case {"returned": value, **rest} if not rest:
            return Returned(value)
        case {"raised": failure, **rest} if not rest:
            return Raised(decoded_failure(failure))
        case _:
            raise UnreadableError


def decoded_failure(document: object) -> Failure:
    """A failure that a worker describes.

    Raises:
        UnreadableError: It is none.
    """
    match document:
        case {"kind": str(kind), "message": str(message), "traceback": str(traceback), "line": int() | None as line}:
            if kind not in _FAILURE_KINDS or isinstance(line, bool) or not 0 < (line or 1) < _LAST_LINE:
                raise UnreadableError
            return Failure(_FAILURE_KINDS[kind], _text(message), _text(traceback), line)
        case _:
            raise UnreadableError


def decoded_output(output: bytes) -> str:
    """What a job printed."""
    return scrubbed(output.decode(errors="replace"))


def _text(text: str) -> str:
    return scrubbed(text[:_LONGEST_TEXT])
