"""What comes out of a jail is data: cut off, forged or wild, it ends as unreadable and never as something else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.sandbox import Failure, Raised, Returned
from steepest.solvers.sandbox.decoding import (
    UnreadableError,
    decoded_call,
    decoded_failure,
    decoded_line,
    decoded_output,
)

FAILURE = {"kind": "exception", "message": "ValueError: no", "traceback": "line 1:\nValueError: no", "line": 1}


def test_a_result_and_a_failure_are_read() -> None:
    assert decoded_call(b'{"returned": [1, null]}') == Returned([1, None])
    raised = decoded_call(json.dumps({"raised": FAILURE}).encode())
    assert raised == Raised(Failure("exception", "ValueError: no", "line 1:\nValueError: no", 1))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b'{"returned": 1',
        b'{"returned": 1, "more": 2}',
        b'{"raised": {}}',
        b'{"raised": "no"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"returned": ' + b"1" * 100_000 + b"}",
    ],
)
def test_anything_else_is_unreadable(line: bytes) -> None:
    with pytest.raises(UnreadableError):
        decoded_call(line)


@pytest.mark.parametrize("change", [{"kind": "victory"}, {"kind": 1}, {"message": None}, {"line": "1"}, {"line": 1.5}])
def test_a_failure_with_a_field_of_the_wrong_kind_is_unreadable(change: dict[str, object]) -> None:
    with pytest.raises(UnreadableError):
        decoded_failure({**FAILURE, **change})


def test_a_failure_as_long_as_a_book_is_cut() -> None:
    assert len(decoded_failure({**FAILURE, "message": "x" * 1_000_000}).message) < 30_000


def test_output_can_not_drive_the_terminal() -> None:
    assert "\x1b" not in decoded_output(b"\x1b[31mred\x1b[0m \xff")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(line: bytes) -> None:
    try:
        decoded_line(line)
    except UnreadableError:
        return
