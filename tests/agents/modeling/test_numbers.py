"""Numbers are found in digits and in words, in every reading that they allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.modeling.numbers import key, numbers_in, stated_numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("40 kg, 2.5kg and .75", [40, 2.5, 0.75]),
        ("$1,200 and 1'000'000 and 12,500.50", [1200, 1_000_000, 12_500.5]),
        ("2,5 litres", [2.5]),
        ("120 150 300", [120, 150, 300]),
        ("at least 25% and 3 percent", [25, 0.25, 3, 0.03]),
        (r"an attrition of 2\% a month", [2, 0.02]),
        (r"$x \leq15$ and $\frac{3}{8}$", [15, 3, 8]),
        ("grows by 10%, discount of 20%", [1.1, 0.8]),
        ("50 cents", [50, 0.5]),
        ("10k, 2 million, 3 dozen", [10_000, 2_000_000, 36]),
        ("1/4 of 3e-2", [1, 4, 0.25, 0.03]),
        ("three ovens, Twelve months", [3, 12]),
        ("twenty-five trucks", [25]),
        ("one hundred and fifty seats", [150]),
        ("two thousand five hundred", [2500]),
        ("half an hour, a third, two thirds, three quarters", [0.5, 1 / 3, 0.333, 0.67, 0.75]),
        ("one and a half hours", [1.5]),
        ("twice as many, triple, both", [2, 3]),
        ("half a million, half an hour", [500_000, 0.5]),
        ("1½ cups and ¾ of a pound", [1.5, 0.75]),
        (r"uses $13~{\frac{1}{3}}~kg$", [13 + 1 / 3]),
        ("from 8:30 to 1:15 pm", [8.5, 510, 13.25]),
    ],
)
def test_numbers_are_found(text: str, values: list[float]) -> None:
    assert {key(value) for value in values} <= stated_numbers(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("$1,200 and 25% of [120,150,90]", [("1,200", 1200), ("25%", 0.25), ("120", 120), ("150", 150), ("90", 90)]),
        ("120 150 300, then 1 000 000", [("120", 120), ("150", 150), ("300", 300), ("1 000 000", 1_000_000)]),
        ("twenty-five of one hundred and fifty", [("twenty-five", 25), ("one hundred and fifty", 150)]),
        ("10k in 3/4 of a year", [("10k", 10_000), ("3/4", 0.75)]),
        ("two thirds, three", [("two thirds", 2 / 3), ("three", 3)]),
    ],
)
def test_a_number_has_its_place_and_its_likeliest_meaning(text: str, numbers: list[tuple[str, float]]) -> None:
    assert [(text[each.start : each.end], each.values[0]) for each in numbers_in(text)] == numbers


def test_words_that_are_no_numbers_state_none() -> None:
    assert stated_numbers("What is the capital of France? Anyone, x2 or phone") == frozenset()


@given(st.floats(min_value=0, max_value=1e9).map(lambda value: round(value, 2)))
def test_a_number_written_out_is_found_with_and_without_thousands_commas(value: float) -> None:
    assert key(value) in stated_numbers(f"about {value:.2f} kg")
    assert key(value) in stated_numbers(f"about {value:,.2f} kg")


@given(st.text())
def test_no_text_breaks_the_search(text: str) -> None:
    stated_numbers(text)
