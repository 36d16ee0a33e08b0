"""What an answer is worth: what is tidied, and what is found broken."""

import numpy as np
import pytest

from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.verification import defect, tidied

BOX = "variables:\n  x: real in 0..10\n  y: real in 0..10\nmaximize: x + y"


def compiled(text: str) -> CompiledModel:
    formulation = Formulation.from_text(text)
    return compile_formulation(formulation, bind(formulation))


def found(text: str, *values: float) -> str | None:
    model = compiled(text)
    return defect(model, tidied(model, np.array(values)))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((500, -100), "variable x the value 500, beyond its bounds"),
        ((5, -1e-3), "variable y the value -0.001, beyond its bounds"),
        ((np.nan, 1), "variable x no finite value"),
        ((1, np.inf), "variable y no finite value"),
    ],
)
def test_a_value_beyond_its_bounds_or_without_any_size_is_found(values: tuple[float, ...], words: str) -> None:
    assert words in (found(BOX, *values) or "")


def test_dust_beyond_a_bound_is_taken_away() -> None:
    assert tidied(compiled(BOX), np.array([10 + 1e-8, -1e-13])).tolist() == [10, 0]


def test_a_semicontinuous_variable_near_zero_is_off() -> None:
    model = compiled("variables:\n  x: semicontinuous in 5..10\nminimize: x")
    assert tidied(model, np.array([1e-9])).tolist() == [0]
    assert defect(model, np.array([0.0])) is None
    assert "beyond its bounds" in (defect(model, np.array([1.0])) or "")


def test_a_number_between_two_whole_ones_is_found() -> None:
    assert "not whole" in (found("variables:\n  x: integer in 0..9\nmaximize: x", 2.5) or "")


def test_a_row_of_large_numbers_may_not_be_missed_by_much() -> None:
    text = "variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: x <= 1000000000"
    assert found(text, 1e9 + 5e-4) is None
    assert "breaks `c` by 10" in (found(text, 1e9 + 10) or "")


def test_rounding_of_large_terms_that_cancel_is_no_miss() -> None:
    text = "variables:\n  x: real\n  y: real\nmaximize: x\nconstraints:\n  c: x - y <= 0"
    assert found(text, 1e13 + 0.002, 1e13) is None


def test_a_row_of_tiny_numbers_is_judged_by_their_size() -> None:
    text = "variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: 0.0000000001 * x <= 0.0000000005"
    assert found(text, 5.000001) is None
    assert "breaks `c`" in (found(text, 6) or "")
