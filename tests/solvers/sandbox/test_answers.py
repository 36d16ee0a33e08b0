"""The solver's document as the supervisor reads it: strict, since a process broken into could send anything."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.answers import AnswerDocument, pack_answer, parse_answer
from steepest.solvers.sandbox.outcomes import Failure, ScriptAnswer

OPTIONS = SolveOptions(time_limit=3)
ANSWER: dict[str, Any] = {
    "status": "optimal",
    "message": "",
    "objective": 3.5,
    "values": 2,
    "bound": None,
    "gap": None,
    "problem_class": "LP",
    "sense": "minimize",
    "size": [1, 2, 2],
    "solver": "HiGHS 1.15.1",
    "seconds": 0.01,
}


def sent(*values: float, names: bytes = b"x\0y", **changes: object) -> bytes:
    return json.dumps(ANSWER | changes).encode() + b"\n" + np.array(values or (1.0, 2.0), "<f8").tobytes() + names


def parsed(*values: float, names: bytes = b"x\0y", **changes: object) -> ScriptAnswer | Failure:
    return parse_answer(sent(*values, names=names, **changes), OPTIONS)


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
        {"values": -1},
        {"values": 1},
        {"values": 3},
        {"values": 2**62},
        {"values": {"x": 1.0}},
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


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_finite_number_is_no_answer(value: float) -> None:
    assert isinstance(parsed(1.0, value), Failure)


@pytest.mark.parametrize("names", [b"", b"x", b"x\0y\0z", b"x\0x", b"x\0\xff", b"x\0x\x1b[31m"])
def test_names_that_are_not_one_a_value_are_no_answer(names: bytes) -> None:
    assert isinstance(parsed(names=names), Failure)


def test_names_come_without_what_a_terminal_obeys() -> None:
    answer = parsed(names=b"x\x1b[31m\0y\xe2\x80\xae")
    assert isinstance(answer, ScriptAnswer)
    assert answer.values == {"x": 1, "y": 2}


def test_an_answer_without_values_has_nothing_behind_its_line() -> None:
    line = json.dumps(ANSWER | {"status": "infeasible", "objective": None, "values": 0}).encode()
    assert isinstance(parse_answer(line + b"\n", OPTIONS), ScriptAnswer)
    assert isinstance(parse_answer(line + b"\nx", OPTIONS), Failure)


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=9)


@given(st.dictionaries(NAMES, st.floats(allow_nan=False, allow_infinity=False), max_size=9))
def test_what_is_packed_comes_out_again(values: dict[str, float]) -> None:
    document = AnswerDocument.model_validate_json(json.dumps(ANSWER | {"values": len(values)}))
    answer = parse_answer(pack_answer(document, np.array(list(values.values())), list(values)), OPTIONS)
    assert isinstance(answer, ScriptAnswer)
    assert answer.values == values


@pytest.mark.parametrize("document", [b"", b"{}", b"[" * 100_000, b"\xff", b"null", b'{"refused": 3}', b"{}\n"])
def test_what_is_no_document_is_no_answer(document: bytes) -> None:
    assert isinstance(parse_answer(document, OPTIONS), Failure)


def test_a_refusal_is_a_failure_without_what_a_terminal_obeys() -> None:
    failure = parse_answer(json.dumps({"refused": "no \x1b[31mmodel"}).encode() + b"\n", OPTIONS)
    assert failure == Failure("exception", "no model")


@given(st.binary(max_size=100))
def test_any_bytes_are_read_without_an_error(document: bytes) -> None:
    assert isinstance(parse_answer(document, OPTIONS), Failure)
