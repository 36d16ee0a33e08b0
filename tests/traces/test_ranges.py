"""Bounds are a constraint, and optimizers can read them."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.errors import InputError
from steepest.traces import Between, RejectedValueError, node, update


def test_a_value_out_of_bounds_is_refused_with_the_bounds() -> None:
    step = node(0.5, "step", trainable=True, constraint=Between(0, 1))

    refused = update(step, 1.5)

    assert refused.outcome == "rejected"
    assert refused.reason == "step can't be 1.5: it has to be from 0 to 1"
    assert update(step, 1.0).outcome == "committed"


def test_a_first_value_out_of_bounds_is_refused() -> None:
    with pytest.raises(RejectedValueError, match="10 or more"):
        node(5, trainable=True, constraint=Between(10, math.inf))


@pytest.mark.parametrize("value", [math.nan, "0.5", None, True, [0.5]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(RejectedValueError):
        node(value, trainable=True, constraint=Between(0, 1))


def test_bounds_have_words() -> None:
    assert str(Between(-1, 1.5)) == "from -1 to 1.5"
    assert str(Between(-math.inf, 2)) == "2 or less"
    assert str(Between(3, math.inf)) == "3 or more"
    assert str(Between(-math.inf, math.inf)) == "a number"


@pytest.mark.parametrize(
    ("low", "high", "log", "told"),
    [
        (2, 1, False, "exchange the two"),
        (0, 1, True, "low is above 0"),
        (math.nan, 1, False, "it has to be a number"),
        ("0", 1, False, "it has to be a number"),
        (0, True, False, "it has to be a number"),
    ],
)
def test_bounds_that_make_no_sense_are_refused(low: float, high: float, log: bool, told: str) -> None:
    with pytest.raises(InputError, match=told):
        Between(low, high, log)


def test_bounds_travel_to_other_processes() -> None:
    kept = pickle.dumps(Between(1, 2, log=True))

    assert pickle.loads(kept) == Between(1, 2, log=True)  # noqa: S301  (made above)


@given(st.floats(), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_what_is_let_through_lies_between(value: float, low: float, width: float) -> None:
    bounds = Between(low, low + width)
    try:
        assert bounds(value)
    except InputError:
        assert not low <= value <= low + width
