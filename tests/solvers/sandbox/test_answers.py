"""The solver's document as the supervisor reads it: strict, since a process broken into could send anything."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.answers import parse_answer
from steepest.solvers.sandbox.outcomes import Failure, ScriptAnswer

OPTIONS = SolveOptions(time_limit=3)
ANSWER: dict[str, Any] = {
    "status": "optimal",
    "message": "",
    "objective": 3.5,
    "values": {"x": 1.0, "y": 2},
    "bound": None,
    "gap": None,
    "problem_class": "LP",
    "sense": "minimize",
    "size": [1, 2, 2],
    "solver": "HiGHS 1.15.1",
    "seconds": 0.01,
}


def parsed(**changes: object) -> ScriptAnswer | Failure:
    return parse_answer(json.dumps(ANSWER | changes).encode(), OPTIONS)


def test_a_sound_document_is_an_answer() -> None:
    answer = parsed()
    assert isinstance(answer, ScriptAnswer)
    assert (answer.objective, answer.values, answer.size, answer.options) == (3.5, {"x": 1, "y": 2}, (1, 2, 2), OPTIONS)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "splendid"},
        {"objective": float("nan")},
        {"objective": float("inf")},
        {"objective": "3.5"},
        {"values": {"x": float("nan")}},
        {"values": {"x": None}},
        {"values": [1.0]},
        {"problem_class": "SDP"},
        {"size": [1, 2]},
        {"size": [1, 2, -1]},
        {"seconds": -1},
        {"solver": "x" * 1000},
        {"options": {}},
    ],
)
def test_a_document_with_a_field_that_is_none_is_no_answer(changes: dict[str, object]) -> None:
    assert isinstance(parsed(**changes), Failure)


@pytest.mark.parametrize("document", [b"", b"{}", b"[" * 100_000, b"\xff", b"null", b'{"refused": 3}'])
def test_what_is_no_document_is_no_answer(document: bytes) -> None:
    assert isinstance(parse_answer(document, OPTIONS), Failure)


def test_a_refusal_is_a_failure_without_what_a_terminal_obeys() -> None:
    failure = parse_answer(json.dumps({"refused": "no \x1b[31mmodel"}).encode(), OPTIONS)
    assert failure == Failure("exception", "no model")


@given(st.binary(max_size=100))
def test_any_bytes_are_read_without_an_error(document: bytes) -> None:
    assert isinstance(parse_answer(document, OPTIONS), Failure)
