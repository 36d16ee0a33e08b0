"""The landscapes that strategies are measured on are what they say."""

import random

import pytest

from tests.agents.optimizers.landscapes import ALL, deceptive, noisy, words
from tests.agents.optimizers.scripted import drawn, random_search_result, sign_test


@pytest.mark.parametrize("name", ALL)
def test_nothing_that_is_drawn_scores_above_the_optimum(name: str) -> None:
    source = random.Random(name)
    for seed in range(3):
        landscape = ALL[name](seed)
        assert landscape.truth(landscape.seed()) < landscape.optimum
        for _ in range(50):
            values = {each.name: drawn(each, source, landscape) for each in landscape.components}
            assert landscape.truth(values) <= landscape.optimum


def test_the_noise_of_an_evaluation_is_the_same_when_it_is_made_again() -> None:
    landscape = noisy(words(1), 0.5)
    example = landscape.examples["train"][0]
    scores = {landscape.run({"prompt": "bade"}, example, traced=True).score for _ in range(3)}
    assert len(scores) == 1
    assert landscape.run({"prompt": "bafi"}, example, traced=True).score not in scores


def test_plain_words_pay_first_and_deep_words_pay_most() -> None:
    landscape = deceptive(0)
    random_search = random_search_result(landscape, 400, seed=0)
    assert random_search.truth < 0.6
    assert random_search.metric_calls <= 400


def test_the_sign_test_counts_wins_alone() -> None:
    assert sign_test([1, 1, 1, 1], [0, 0, 0, 0]) == pytest.approx(1 / 16)
    assert sign_test([1, 0, 5], [0, 1, 5]) == pytest.approx(0.75)
    assert sign_test([1], [1]) == 1
