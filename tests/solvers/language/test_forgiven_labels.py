"""Labels of several words that a writer left without quotes."""

import pytest

from steepest.solvers.diagnostics import Diagnostics, FormulationError
from steepest.solvers.language.parser import parse_expression


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("build[regular mix] + 1", 'build["regular mix"] + 1'),
        ("ship[New York, d]", 'ship["New York", d]'),
        ("{regular mix, sour}", '{"regular mix", sour}'),
    ],
)
def test_words_side_by_side_are_one_label_and_noted(text: str, canonical: str) -> None:
    notes = Diagnostics()
    assert str(parse_expression(text, diagnostics=notes)) == canonical
    assert [note.code for note in notes] == ["spelling"]


@pytest.mark.parametrize("text", ["make[a if b]", "make[a b + 1]", "regular mix <= 3"])
def test_words_that_are_no_plain_label_stay_an_error(text: str) -> None:
    with pytest.raises(FormulationError):
        parse_expression(text)
