import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.rendering.characters import fitted, not_a_formula, visible, width_of, without_addresses, wrapped

VISIBLE = st.text(max_size=80).map(visible)


def test_control_and_bidi_characters_are_written_as_escapes() -> None:
    assert visible("a\x1b[31m\u202e\u200bb\x00\ud800") == "a\\x1b[31m\\u202e\\u200bb\\x00\\ud800"


def test_lines_stay_lines_only_where_that_is_wanted() -> None:
    assert visible("a\r\n\tb") == "a\\r\\n\\tb"
    assert visible("a\r\n\tb", multiline=True) == "a\n    b"


@given(st.text())
def test_what_is_visible_is_printable_and_stays_so(text: str) -> None:
    assert visible(text).isprintable()
    assert visible(visible(text)) == visible(text)


@given(VISIBLE, st.integers(1, 60))
def test_a_fitted_text_fits(text: str, width: int) -> None:
    assert width_of(fitted(text, width)) <= width


@given(VISIBLE, st.integers(4, 40))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = list(wrapped(text, width))
    assert all(width_of(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_wide_characters_take_two_columns_and_accents_none() -> None:
    assert width_of("面包") == 4
    assert width_of("e\u0301") == 1
    assert fitted("面包面包", 5) == "面包…"


def test_addresses_are_left_out() -> None:
    assert without_addresses("<object object at 0x7f54a12a4c10>") == "<object object>"


@pytest.mark.parametrize("text", ["=1+1", "+a", "-a", "@a", "\t=1", "\r=1", "  =1", "＝1", "-2+3", "-inf"])
def test_a_text_that_a_spreadsheet_would_compute_is_marked(text):
    assert not_a_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=b", "-3", "+4.5", "-1e-3", "-.5", "1-2"])
def test_numbers_and_other_texts_are_not(text):
    assert not_a_formula(text) == text
