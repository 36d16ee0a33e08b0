"""A text falls into sentences, entries of lists and rows of tables; those that demand something are told apart."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.modeling.reading.sentences import sentences_in
from steepest.agents.modeling.reading.tables import tables_in


def told(text: str) -> list[str]:
    return [sentence.span.of(text) for sentence in sentences_in(text, tables_in(text))]


def test_sentences_end_at_stops_but_not_in_numbers_and_abbreviations() -> None:
    assert told("It takes 0.5 kg, e.g. of flour. No. 3 is sold for $2. What now?") == [
        "It takes 0.5 kg, e.g. of flour.",
        "No. 3 is sold for $2.",
        "What now?",
    ]


def test_a_sentence_goes_on_over_the_end_of_a_line_but_not_over_an_empty_one() -> None:
    assert told("Each loaf\nuses flour\n\nEach cake too") == ["Each loaf\nuses flour", "Each cake too"]


def test_entries_of_a_list_and_rows_of_a_table_are_sentences() -> None:
    assert told("Limits:\n- at most 3\n- at least 2\n") == ["Limits", "- at most 3", "- at least 2"]
    assert told("Data:\n| a | 1 |\n| b | 2 |\nGo.") == ["Data:", "a | 1", "b | 2", "Go."]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("At least 60% of the trips must be by canoe.", "requirement"),
        ("No worker can do two tasks.", "requirement"),
        ("How many trips minimize the time?", "aim"),
        ("A boat takes 10 ducks per trip.", "statement"),
    ],
)
def test_what_a_sentence_is_for(sentence: str, kind: str) -> None:
    assert [each.kind for each in sentences_in(sentence)] == [kind]


@given(st.text(max_size=300))
def test_sentences_lie_one_after_another(text: str) -> None:
    spans = [sentence.span for sentence in sentences_in(text, tables_in(text))]

    assert all(first.end <= second.start for first, second in pairwise(spans))
