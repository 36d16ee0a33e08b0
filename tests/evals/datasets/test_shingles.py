"""Texts as words, and the index of their n-grams."""

import pytest

from steepest.evals.datasets.shingles import ShingleIndex, masked, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,200.50 kg for $3.00", ["1200.5", "kg", "for", "3"]),
        ("Don't\\nstop", ["don", "t", "stop"]),
        ("x_1 und Öl, 面粉 5", ["x", "1", "und", "öl", "面", "粉", "5"]),
        ("\uff11\uff12 apples", ["12", "apples"]),
        ("", []),
    ],
)
def test_words_are_told_apart_in_any_script(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_masking_hides_numbers_alone() -> None:
    assert masked(["40", "kg", "0.5"]) == ["#", "kg", "#"]


def test_the_first_of_equals_is_the_best() -> None:
    index = ShingleIndex(2)
    for number, text in enumerate(["a b c", "b c d", "b c d"]):
        index.add(number, text.split())
    assert index.best(["b", "c", "d", "e"]) == (1, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert index.best(["a", "b", "c", "d"]) == (0, pytest.approx(2 / 3), 1.0)
    assert index.best([]) == (None, 0.0, 0.0)
