"""The figure of the sealed split."""

import random
import tracemalloc

import pytest

from steepest.agents.optimizers.optimize import optimize
from steepest.agents.optimizers.sealed import SealedTest, count_recurring, interval
from steepest.agents.optimizers.search.rollouts import Example
from steepest.traces import Between, node


def test_the_interval_holds_the_mean_and_is_the_same_every_time() -> None:
    gains = [0.0, 1.0, 1.0, 0.0, 1.0, 0.5, -0.5, 1.0]
    low, high = interval(gains, 3)
    assert low is not None
    assert high is not None
    assert low < sum(gains) / len(gains) < high
    assert (low, high) == interval(gains, 3)


@pytest.mark.parametrize("gains", [[0.1], [0.1, 0.2], [0.0, 1.0, 1.0, 0.0, 1.0, 0.5, -0.5], [0.25] * 20])
def test_gains_that_do_not_show_how_they_differ_have_no_interval(gains: list[float]) -> None:
    assert interval(gains, 0) == (None, None)


@pytest.mark.parametrize("count", [8, 12, 20])
def test_the_interval_of_gains_of_0_or_1_holds_the_truth_mostly(count: int) -> None:
    source = random.Random(count)
    held = asked = 0
    for seed in range(120):
        low, high = interval([float(source.random() < 0.3) for _ in range(count)], seed)
        if low is not None and high is not None:
            asked += 1
            held += low <= 0.3 <= high
    assert held / asked > 0.8


def test_many_pairs_take_little_memory() -> None:
    tracemalloc.start()
    interval([float(place % 3) for place in range(5000)], 0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50e6


def test_it_reads_as_a_sentence() -> None:
    assert str(SealedTest(0.5, 0.75, 0.1, 0.4, 20)) == "0.5 to 0.75, gain +0.25 [+0.1, +0.4], n = 20"


def test_a_lacking_interval_is_accounted_for() -> None:
    few, equal = SealedTest(0.5, 0.75, None, None, 3), SealedTest(0.5, 0.75, None, None, 30)
    assert str(few) == "0.5 to 0.75, gain +0.25 (no interval of fewer than 8 pairs), n = 3"
    assert "no interval, all gains are equal" in str(equal)


def test_examples_recur_by_their_data_whatever_their_key_and_id() -> None:
    thing = object()
    seen = [Example("a", {"id": 1, "text": "x"}), Example("b", 3.0), Example("c", thing)]
    test = [Example("k", {"id": 9, "text": "x"}), Example("l", 4.0), Example("m", thing), Example("n", object())]

    assert count_recurring(test, seen) == 2


def test_a_test_of_what_was_learned_from_is_warned_of() -> None:
    price = node(1.0, "price", trainable=True, constraint=Between(0.0, 10.0))

    found = optimize(
        lambda weight: price * weight,
        [1.0, 2.0],
        guide=lambda example, output: -abs(output - 5 * example),
        validation=[3.0],
        test=[2.0, 3.0, 4.0],
        strategy="tpe",
        budget=30,
    )

    assert found.test is not None
    assert found.test.recurring == 2
    assert "too high: 2 of the 3 test examples recur in the data or the validation" in str(found)
