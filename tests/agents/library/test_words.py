from concurrent.futures import ThreadPoolExecutor

import pytest

from steepest.agents.library.words import stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("scheduling the schedules", "schedule, scheduled"),
        ("Warehouses OPENING", "a warehouse opens"),
        ("big-M constraints", "big constraint"),
    ],
)
def test_forms_of_a_word_have_one_stem(one, other):
    assert set(stems(one)) == set(stems(other))


def test_numbers_short_words_and_the_commonest_ones_say_nothing():
    assert stems("the 40 kg of x are for 2026 it is") == []


def test_words_keep_their_order_and_number():
    assert stems("flow, then flow; bounded") == ["flow", "flow", "bound"]


def test_words_of_other_languages_are_words():
    assert stems("Größe café_au lait") == ["grösse", "café", "lait"]


def test_threads_stem_at_once():
    words = [f"{first}{last}ing" for first in "bcdfghklmnprst" for last in ("all", "end", "ill", "oost", "unn")]
    expected = [stems(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(stems, words * 5)) == expected * 5
