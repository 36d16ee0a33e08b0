import math
import random

from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Part, Pool
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.selection import Best, Shuffled


def candidate(number, *parents):
    return Candidate(number, {"x": number}, str(number), parents)


def grown(scores):
    """A pool with a member for each score, each made from the one before."""
    pool = Pool()
    for number, score in enumerate(scores):
        pool.add(candidate(number, *([number - 1] if number else [])))
        pool.record(number, "train", [Rollout("a", score)])
    return pool


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.booleans()), max_size=40))
def test_the_ranking_is_that_of_the_means_whatever_is_admitted_recorded_and_asked_in_which_order(events):
    pool = Pool()
    for place, (number, score, asks) in enumerate(events):
        if number not in pool:
            pool.add(candidate(number))
        pool.record(number, "train", [Rollout(f"example {place}", float(score))])
        if asks:
            pool.ranked("train")

    expected = sorted((pool.scores(each.number, "train").mean, each.number) for each in pool)
    assert list(pool.ranked("train")) == expected


def test_of_equally_good_members_the_latest_is_improved_on():
    assert Best("train").select(grown([1.0, 2.0, 2.0, 0.0]), random.Random(0)).number == 2


def test_asking_for_scores_that_are_not_there_leaves_nothing_behind():
    pool = grown([1.0])

    assert pool.scores(0, "validation").count == 0
    assert pool.mean(0, "validation") == -math.inf


def test_ancestors_are_those_of_all_parents():
    pool = Pool()
    for each in (candidate(0), candidate(1, 0), candidate(2, 0), candidate(3, 1, 2)):
        pool.add(each)

    assert pool.ancestors(3) == {0, 1, 2}
    assert pool.ancestors(0) == frozenset()


def test_a_part_knows_some_members_and_admits_to_the_whole():
    pool = grown([5.0, 6.0, 7.0])
    part = Part(pool, [0])
    assert [each.number for each in part] == [0]

    part.add(candidate(3, 0))
    part.record(3, "train", [Rollout("a", 6.5)])

    assert [number for _, number in part.ranked("train")] == [0, 3]
    assert [number for _, number in pool.ranked("train")] == [0, 1, 3, 2]
    assert part[2] == pool[2]
    assert 2 not in part


def test_an_epoch_has_every_example_once_and_a_batch_none_twice():
    keys = [f"{place}" for place in range(10)]
    batches = [Shuffled(3).batch(keys, step, 1) for step in range(1, 21)]

    assert all(len(set(batch)) == 3 for batch in batches)
    seen = [key for batch in batches for key in batch]
    assert {seen.count(key) for key in keys} <= {5, 6, 7}
