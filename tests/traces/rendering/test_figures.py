from decimal import Decimal

import pytest

from steepest.traces.rendering.figures import duration, money, number, p_value, percent, percent_range, points


def test_an_unknown_price_is_not_zero() -> None:
    assert money(None) == money(0.0, unpriced=3) == "price unknown"
    assert money(Decimal("0.5"), unpriced=1) == "0.5000 $ + 1 attempt of unknown price"


@pytest.mark.parametrize(("cost", "shown"), [(Decimal(0), "0 $"), (0.00123, "0.0012 $"), (12.345, "12.35 $")])
def test_money_is_as_precise_as_it_is_small(cost: float, shown: str) -> None:
    assert money(cost) == shown


def test_what_was_not_measured_says_so() -> None:
    assert percent(None) == duration(None) == points(None) == "not measured"
    assert percent_range(None, None) == number(None) == p_value(None) == ""


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.012, "12 ms"), (3.14, "3.1 s"), (600, "10 min"), (9000, "2.5 h"), (400_000, "4.6 days")],
)
def test_time_is_told_in_the_unit_that_suits_it(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_p_value_is_never_zero() -> None:
    assert p_value(1e-30) == "< 0.0001"
    assert p_value(0.0625) == "0.0625"


def test_numbers_have_no_noise() -> None:
    assert number(0.1 + 0.2) == "0.3"
    assert number(-0.0) == "0"
    assert number(17075) == "17,075"
