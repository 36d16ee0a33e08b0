"""Things of which few are in memory come back as they were."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.search.cabinet import Cabinet
from steepest.agents.optimizers.search.candidates import Candidate, Scores
from steepest.agents.optimizers.search.digests import Digests
from steepest.agents.optimizers.search.ranking import Ranking
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.shelf import Shelf
from steepest.agents.optimizers.search.values import digest_of


@given(st.lists(st.tuples(st.integers(0, 9), st.integers()), max_size=60))
def test_a_shelf_is_a_dictionary_whatever_was_put_away_meanwhile(settings):
    shelf: Shelf[int, int] = Shelf(str, int, most=2)
    known: dict[int, int] = {}
    for key, value in settings:
        shelf[key] = known[key] = value
        for other in range(10):
            assert shelf.get(other) == known.get(other)
            assert (other in shelf) == (other in known)


def test_there_is_no_file_until_there_is_need_of_one():
    shelf: Shelf[int, int] = Shelf(str, int, most=3)
    for key in range(3):
        shelf[key] = key
    assert shelf._connection is None


def test_the_file_is_closed_with_the_shelf(recwarn):
    shelf: Shelf[int, int] = Shelf(str, int, most=1)
    for key in range(3):
        shelf[key] = key
    del shelf
    gc.collect()
    assert not [each for each in recwarn if issubclass(each.category, ResourceWarning)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), json_values, min_size=1), min_size=1, max_size=5))
def test_candidates_come_back_equal_to_the_last_digit(every_values):
    cabinet = Cabinet()
    cabinet._candidates._most = 1
    made = [
        Candidate(number, values, digest_of(values), (0, number), 7, "merge", ("a",), "a note", "a model")
        for number, values in enumerate(every_values)
    ]
    for each in made:
        cabinet.put(each)
    for each in made:
        back = cabinet.candidate(each.number)
        assert back == each
        assert digest_of(back.values) == each.digest
        assert list(back.values) == list(each.values)


def test_a_value_that_many_candidates_have_is_kept_once():
    cabinet = Cabinet()
    cabinet._candidates._most = 1
    prompt = "word " * 1_000
    for number in range(50):
        cabinet.put(Candidate(number, {"prompt": prompt, "x": number}, str(number)))
    kept = cabinet._candidates._connection
    assert kept is not None
    (size,) = kept.execute("SELECT SUM(LENGTH(content)) FROM things").fetchone()
    assert size < 50 * 300
    assert cabinet.candidate(3).values["prompt"] == prompt


def test_scores_come_back_with_their_objectives():
    cabinet = Cabinet()
    scores = Scores()
    scores.add(Rollout("a", 0.1, objectives={"size": -3.0}))
    cabinet.put_scores(0, "train", scores)
    for number in range(1, 400):
        cabinet.put_scores(number, "train", Scores())
    assert cabinet.scores(0, "train") == scores
    assert cabinet.scores(0, "validation") is None


def test_who_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        Cabinet().candidate(3)


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from([-1.0, 0.0, 0.5, 1.0, float("-inf")])), min_size=1))
def test_a_ranking_is_the_sorted_list_of_means_and_numbers(puts):
    ranking, known = Ranking(), {}
    for number, mean in puts:
        ranking.put(number, mean)
        known[number] = mean
    expected = sorted((mean, number) for number, mean in known.items())
    assert list(ranking) == expected
    assert ranking[-3:] == expected[-3:]
    assert ranking[0] == expected[0]
    assert ranking.best == min(number for mean, number in expected if mean == expected[-1][0])
    assert all(ranking.mean(number) == mean for number, mean in known.items())
    assert ranking.mean(99) == float("-inf")


@given(st.lists(st.integers(0, 2**64 - 1), unique=True))
def test_digests_find_the_number_of_who_came_first(numbers):
    digests = Digests()
    for place, each in enumerate(numbers):
        assert digests.find(f"{each:016x}") is None
        digests.add(f"{each:016x}", place)
        digests.add(f"{each:016x}", place + 1)
    assert [digests.find(f"{each:016x}") for each in numbers] == list(range(len(numbers)))
