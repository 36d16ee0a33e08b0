import random

from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.merge import find_merge, telling_examples
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.rollouts import Rollout


def pool_of(*members):
    """Each as values, parents and scores."""
    pool = Pool()
    for number, (values, parents, scores) in enumerate(members):
        pool.add(Candidate(number, values, str(number), tuple(parents)))
        pool.record(number, "train", [Rollout(str(key), float(score)) for key, score in enumerate(scores)])
    return pool


SEED = ({"plan": "a", "answer": "b", "tone": "c"}, [], [0, 0])
PLANNED = ({"plan": "A", "answer": "b", "tone": "c"}, [0], [1, 0])
ANSWERED = ({"plan": "a", "answer": "B", "tone": "c"}, [0], [0, 1])


def merged(pool, tried=(), seed=0):
    return find_merge(pool, "train", [each.number for each in pool], tried, random.Random(seed))


def test_each_component_comes_from_who_changed_it_and_the_others_from_the_ancestor():
    merge = merged(pool_of(SEED, PLANNED, ANSWERED))

    assert (merge.first, merge.second, merge.ancestor) == (1, 2, 0)
    assert merge.sources == {"plan": 1, "answer": 2, "tone": 0}
    assert merge.changes == {"answer": "B"}


def test_of_a_component_that_both_changed_the_better_ones_version_is_taken():
    both = ({"plan": "X", "answer": "B", "tone": "c"}, [0], [3, 3])

    assert merged(pool_of(SEED, PLANNED, both)).sources["plan"] == 2


def test_equally_good_versions_are_taken_either_way():
    both = ({"plan": "X", "answer": "B", "tone": "c"}, [0], [0, 1])

    assert {merged(pool_of(SEED, PLANNED, both), seed=seed).sources["plan"] for seed in range(20)} == {1, 2}


def test_the_same_merge_is_not_tried_twice():
    pool = pool_of(SEED, PLANNED, ANSWERED)

    assert merged(pool, tried={merged(pool).tag}) is None


def test_a_member_is_not_merged_with_its_ancestor():
    child = ({"plan": "A", "answer": "B", "tone": "c"}, [1], [1, 1])

    assert merged(pool_of(SEED, PLANNED, child)) is None


def test_an_ancestor_that_is_better_than_one_of_them_is_none_to_merge_by():
    seed = ({"plan": "a", "answer": "b", "tone": "c"}, [], [1, 1])

    assert merged(pool_of(seed, PLANNED, ANSWERED)) is None


def test_two_that_changed_the_same_components_are_not_merged():
    other = ({"plan": "Z", "answer": "b", "tone": "c"}, [0], [0, 1])

    assert merged(pool_of(SEED, PLANNED, other)) is None


def test_negative_scores_merge_as_well():
    shifted = [
        (values, parents, [score - 10 for score in scores]) for values, parents, scores in (SEED, PLANNED, ANSWERED)
    ]

    assert merged(pool_of(*shifted)) is not None


VALUES = st.fixed_dictionaries({name: st.sampled_from("pq") for name in ("plan", "answer", "tone")})


@given(
    st.lists(st.tuples(VALUES, st.integers(0, 100), st.lists(st.integers(0, 2), min_size=2, max_size=2)), max_size=8)
)
def test_what_neither_changed_is_the_ancestors_and_what_is_taken_is_someones(made):
    members = [SEED, *((values, [parent % (place + 1)], scores) for place, (values, parent, scores) in enumerate(made))]
    pool = pool_of(*members)
    tried = set()
    while (merge := merged(pool, tried)) is not None:
        assert merge.tag not in tried
        tried.add(merge.tag)
        one, two, old = (pool[number].values for number in (merge.first, merge.second, merge.ancestor))
        values = {**one, **merge.changes}
        for name in old:
            if one[name] == two[name] == old[name]:
                assert values[name] == old[name]
            elif (one[name] == old[name]) != (two[name] == old[name]):
                assert values[name] != old[name]
        assert merge.first not in pool.ancestors(merge.second)
        assert merge.second not in pool.ancestors(merge.first)


def test_a_merge_is_tried_on_examples_that_tell_its_parents_apart():
    pool = pool_of(
        SEED,
        (PLANNED[0], [0], [1, 1, 1, 0, 0, 0, 0, 0, 0]),
        (ANSWERED[0], [0], [0, 0, 0, 1, 1, 0, 0, 0, 0]),
    )

    keys = telling_examples(pool, "train", merged(pool_of(SEED, PLANNED, ANSWERED)), random.Random(4), count=6)

    assert len(set(keys)) == 6
    assert sum(key in "012" for key in keys) == 2
    assert sum(key in "34" for key in keys) == 2
