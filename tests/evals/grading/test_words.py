import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.grading.words import likeness, words_of_name, words_of_prose


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SmallTruckTrips", ("small", "truck", "trip")),
        ("num_small_trucks", ("num", "small", "truck")),
        ("rye bread", ("rye", "bread")),
        ("x12", ("x", "12", "x12")),
        ("A", ("a",)),
        ("ABCHall", ("abc", "hall")),
        ("boxes and dishes", ("box", "and", "dish")),
        ("10,000 seats", ("10000", "seat")),
        ("", ()),
    ],
)
def test_names_are_cut_into_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of_name(name) == words


def test_prose_loses_its_function_words_but_no_product_called_a() -> None:
    assert words_of_prose("The number of loaves of a type A") == ("number", "loave", "type", "a")


def test_a_number_goes_with_the_word_before_it() -> None:
    asked = words_of_prose("litres of crude 1 in fuel 2")
    assert {"crude1", "fuel2"} <= set(asked)
    assert not {"crude2", "fuel1"} & set(asked)


@pytest.mark.parametrize(
    ("asked", "named", "least", "most"),
    [
        ("truck", "truck", 1, 1),
        ("invested", "investment", 0, 0.9),
        ("invested", "invest", 0.8, 0.8),
        ("vegetable", "veg", 0.6, 0.6),
        ("radius", "r", 0.5, 0.5),
        ("radius", "h", 0, 0),
        ("12", "1", 0, 0),
        ("small", "large", 0, 0),
        ("palladium", "platinum", 0, 0),
    ],
)
def test_forms_and_abbreviations_are_alike_in_degrees(asked: str, named: str, least: float, most: float) -> None:
    assert least <= likeness(asked, named) <= most


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    assert all(words_of_name(text)) or not words_of_name(text)
    assert set(words_of_prose(text)) <= {word for word in words_of_name(text)} | _joined(words_of_prose(text))


def _joined(words: tuple[str, ...]) -> set[str]:
    """A number is joined with the word before it, which dropping function words may change."""
    return {first + second for first in words for second in words if second[0].isdigit()}
