"""What a jailed process sent, read as data: every field is checked, every text scrubbed, nothing is believed."""

import json
from typing import Any, get_args

from steepest.solvers.sandbox.outcomes import CallResult, Failure, FailureKind, Raised, Returned
from steepest.solvers.sandbox.scrubbing import scrubbed

_LONGEST_TEXT = 20_000
_FAILURE_KINDS: dict[str, FailureKind] = {kind: kind for kind in get_args(FailureKind)}


class UnreadableError(Exception):
    """Not what a worker sends: cut off, or forged."""


def decoded_line(line: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        UnreadableError: It is none.
    """
    try:
        document = json.loads(line)
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
            if kind not in _FAILURE_KINDS:
                raise UnreadableError
            return Failure(_FAILURE_KINDS[kind], _text(message), _text(traceback), line)
        case _:
            raise UnreadableError


def decoded_output(output: bytes) -> str:
    """What a job printed."""
    return scrubbed(output.decode(errors="replace"))


def _text(text: str) -> str:
    return scrubbed(text[:_LONGEST_TEXT])
