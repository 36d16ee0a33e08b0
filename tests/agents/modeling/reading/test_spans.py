"""Quotes are found where the text has them."""

from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.modeling.reading.spans import Span, passages


def found(quote: str, text: str) -> list[str]:
    return [span.of(text) for span in passages(quote, text)]


def test_a_quote_is_found_whatever_its_case_space_and_signs() -> None:
    text = "The baker’s flour:\n  40 kg – no more."

    assert found("THE baker's flour", text) == ["The baker’s flour"]
    assert found("40 kg - no more.", text) == ["40 kg – no more"]


def test_the_parts_around_an_ellipsis_are_found_one_by_one() -> None:
    assert found("at most ... cakes", "at most 30 of the cakes") == ["at most", "cakes"]


def test_a_number_is_not_found_in_a_longer_one() -> None:
    assert found("40 kg", "140 kg and 40 kg") == ["40 kg"]


def test_what_two_spans_share() -> None:
    assert Span(2, 5).holds(Span(3, 5))
    assert Span(2, 5).meets(Span(4, 9))
    assert not Span(2, 5).meets(Span(5, 9))


@given(st.text(max_size=40), st.text(max_size=200))
def test_no_quote_and_no_text_break_the_search(quote: str, text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in passages(quote, text))
