import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.grading.tolerances import half_unit, strict_tolerance, strictly_close


@pytest.mark.parametrize(
    ("written", "room"),
    [("12.50", 0.005), ("0.3", 0.05), ("-7.125", 0.0005), ("1,234.5", 0.05), ("$9.99", 0.005), ("2.5e-3", 0.00005)],
)
def test_half_a_unit_of_the_last_decimal(written: str, room: float) -> None:
    assert half_unit(written) == pytest.approx(room)


@pytest.mark.parametrize("written", ["12", "12.0", "1e3", "-40", "1,200", "best", "", "Infinity"])
def test_a_whole_number_has_no_decimals_to_round(written: str) -> None:
    assert half_unit(written) == 0.0


def test_a_label_in_cents_takes_any_answer_that_rounds_to_it() -> None:
    assert strictly_close(3.3349, 3.33, "3.33")
    assert strictly_close(3.335, 3.33, "3.33")
    assert not strictly_close(3.3352, 3.33, "3.33")


def test_without_the_written_form_the_shortest_one_counts() -> None:
    assert strictly_close(0.126, 0.13)
    assert not strictly_close(12.004, 12.0)


def test_large_values_are_compared_relatively_and_zero_by_the_floor() -> None:
    assert strictly_close(1_000_099.0, 1_000_000.0)
    assert not strictly_close(1_000_101.0, 1_000_000.0)
    assert strictly_close(9e-7, 0.0)
    assert not strictly_close(2e-6, 0.0)


def test_the_other_sign_and_the_percent_are_other_numbers() -> None:
    assert not strictly_close(-100.0, 100.0)
    assert not strictly_close(25.0, 0.25)


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_a_value_is_close_to_its_own_rounding(value: float, decimals: int) -> None:
    written = f"{value:.{decimals}f}"
    if decimals == 0 or math.isclose(float(written), round(float(written)), rel_tol=0, abs_tol=0):
        return
    assert strictly_close(value, float(written), written)


@given(st.floats(-1e12, 1e12))
def test_the_tolerance_is_never_less_than_the_floor(expected: float) -> None:
    assert strict_tolerance(expected) >= 1e-6
    assert strictly_close(expected, expected)
