"""Units as people and models write them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.units.reading import read_unit


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("$/kg", "$/kg"),
        ("kg per loaf", "kg/loaf"),
        ("kg/loaves", "kg/loaf"),
        ("hours/unit", "h/unit"),
        ("h", "h"),
        ("Hours", "h"),
        ("1000 $", "1000 $"),
        ("k$", "1000 $"),
        ("kUSD", "1000 $"),
        ("$M", "1000000 $"),
        ("million dollars", "1000000 $"),
        ("thousands of dollars", "1000 $"),
        ("in thousands of $", "1000 $"),
        ("10^3 $", "1000 $"),
        ("1,000 $", "1000 $"),
        ("US$", "$"),
        ("¥", "CNY"),
        ("RMB/salad", "CNY/salad"),
        ("$/(kg*day)", "$/(day*kg)"),
        ("$/kg/day", "$/(day*kg)"),
        ("$ per 100 g", "$/(100*g)"),
        ("kg CO2", "kg"),
        ("tons of steel", "t"),
        ("machine hours", "h"),
        ("man-hours", "h"),
        ("m^2", "m^2"),
        ("m2", "m^2"),
        ("m²", "m^2"),
        ("m**2", "m^2"),
        ("sq. ft.", "ft^2"),
        ("square meters of cloth", "m^2"),
        ("kg·m⁻³", "kg/m^3"),
        ("m s-1", "m/s"),
        ("in^3", "in^3"),
        ("mph", "mile/h"),
        ("per hour", "1/h"),
        ("%", "%"),
        ("percent of sales", "%"),
        ("kwh", "kWh"),
        ("mwh", "MWh"),
        ("units", "unit"),
        ("pieces of bread", "piece"),
        ("trucks", "truck"),
        ("number of trucks", "truck"),
        ("people", "person"),
        ("Fire Stations", "fire station"),
        ("trip/week", "trip/week"),
        ("acre of corn", "acre"),
        ("drill bits/acre", "drill bit/acre"),
        ("weeks (7 days)", "week"),
        ("buses", "bus"),
        ("glasses", "glass"),
        ("a/b", "a/b"),
        ("1", "1"),
        ("-", "1"),
        ("share", "1"),
    ],
)
def test_a_unit_is_read_however_it_is_written(text: str, canonical: str) -> None:
    assert str(read_unit(text)) == canonical


@pytest.mark.parametrize("word", ["mWh", "mWH"])
def test_a_thousandth_is_not_read_as_a_million(word: str) -> None:
    assert read_unit(word) != read_unit("MWh")


NO_SINGLE_UNIT = [
    None,
    "",
    "h, h, ft^3",
    "transport + car",
    "kg or lb",
    "mixed",
    "half-hour",
    "a = b",
    "kg/",
    "Drill 2",
]
HOSTILE = ["m^99", "m**9**9**9", "9**99", "1e99 kg", "1/0 kg", "((m)", "(" * 40 + "m" + ")" * 40, "m" * 10_000_000]


@pytest.mark.parametrize("text", [*NO_SINGLE_UNIT, "unit (thousands)", *HOSTILE], ids=lambda text: str(text)[:20])
def test_what_is_no_single_unit_has_none(text: str | None) -> None:
    started = time.perf_counter()
    found = read_unit(text)
    assert found is None or str(found) == "1"
    assert time.perf_counter() - started < 0.5


@given(st.text(max_size=120))
def test_no_text_is_an_error(text: str) -> None:
    unit = read_unit(text)
    assert unit is None or read_unit(str(unit)) in (unit, None)


@given(
    st.lists(st.sampled_from(["kg", "$", "per", "/", "*", "of", "(", ")", "^", "2", "-", "day", "truck", "100", "sq"]))
)
def test_what_is_read_prints_as_what_it_was_read_as(words: list[str]) -> None:
    unit = read_unit(" ".join(words))
    assert unit is None or read_unit(str(unit)) == unit


@pytest.mark.parametrize(
    "word", ["cat", "ad", "item", "unit", "bar", "barrel", "point", "team", "bag", "hand", "chain"]
)
def test_a_word_that_a_registry_of_physics_would_claim_stays_the_users_own(word: str) -> None:
    assert str(read_unit(word)) == word
