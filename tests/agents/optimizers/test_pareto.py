import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.pareto import Fronts, ParetoSelector, criteria_of, nondominated
from steepest.agents.optimizers.search.candidates import Candidate, Scores
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.errors import InputError

TABLES = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 3), min_size=width, max_size=width), min_size=1, max_size=12)
)


def pool_of(rows, objectives=None):
    pool = Pool()
    for number, row in enumerate(rows):
        pool.add(Candidate(number, {"x": number}, str(number)))
        given_objectives = objectives[number] if objectives else [{}] * len(row)
        rollouts = [
            Rollout(str(key), float(score), objectives=figures)
            for key, (score, figures) in enumerate(zip(row, given_objectives, strict=True))
        ]
        pool.record(number, "train", rollouts)
    return pool


def fronts_of(rows, numbers):
    """The survivors on each example's front, found the slow way."""
    best = [max(column) for column in zip(*rows, strict=True)]
    return [{number for number in numbers if rows[number][key] == most} for key, most in enumerate(best)]


def gepa_survivors(rows):
    """GEPA's own removal, from the whole pool, to a fixpoint."""
    fronts = fronts_of(rows, range(len(rows)))
    left = sorted(set.union(*fronts), key=lambda number: (sum(rows[number]), number))
    removed = True
    while removed:
        removed = False
        for number in left:
            if all(front & set(left) - {number} for front in fronts if number in front):
                left.remove(number)
                removed = True
                break
    return set(left)


@given(TABLES)
def test_every_front_keeps_a_survivor_and_nobody_stays_who_has_company_everywhere(rows):
    memberships = ParetoSelector("train").memberships(pool_of(rows))

    fronts = fronts_of(rows, memberships)
    assert all(fronts)
    for number in memberships:
        mine = [front for front in fronts if number in front]
        assert any(front == {number} for front in mine)
        assert memberships[number] == len(mine)
    assert len(memberships) <= len(rows[0])


@given(TABLES)
def test_what_is_kept_from_admission_to_admission_is_what_one_pass_over_the_last_fronts_leaves(rows):
    fronts = Fronts()
    for number, row in enumerate(rows):
        before = sorted({*fronts.memberships, number})
        fronts.add(number, sum(row) / len(row), {key: (1, score) for key, score in enumerate(row)})
        best = [max(each[key] for each in rows[: number + 1]) for key in range(len(row))]
        survivors = {each for each in before if any(rows[each][key] == most for key, most in enumerate(best))}
        again = [rows[each] for each in sorted(survivors)]
        kept = {sorted(survivors)[place] for place in gepa_survivors(again)}
        assert set(fronts.memberships) == kept


def test_without_ties_the_survivors_are_gepas():
    source = random.Random(1)
    for _ in range(50):
        rows = list(zip(*(source.sample(range(100), 20) for _ in range(5)), strict=True))
        assert set(ParetoSelector("train").memberships(pool_of(rows))) == gepa_survivors(rows)


def test_who_is_dominated_by_another_is_never_drawn():
    selector, source = ParetoSelector("train"), random.Random(0)
    pool = pool_of([[1, 1, 0], [2, 1, 0], [0, 0, 5]])

    assert {selector.select(pool, source).number for _ in range(500)} == {1, 2}


def test_who_is_best_on_one_example_alone_is_drawn():
    pool = pool_of([[9, 9, 9, 9, 0], [0, 0, 0, 0, 1]])

    drawn = [ParetoSelector("train").select(pool, random.Random(seed)).number for seed in range(200)]

    assert 0.1 < drawn.count(1) / 200 < 0.3


def test_draws_are_proportional_to_the_fronts_that_a_member_is_on():
    rows = [[3, 3, 3, 0, 0, 0], [0, 0, 3, 3, 3, 0], [0, 0, 0, 0, 0, 3]]
    selector, pool, source = ParetoSelector("train"), pool_of(rows), random.Random(7)
    weights = {0: 3, 1: 3, 2: 1}

    counts = dict.fromkeys(weights, 0)
    for _ in range(10_000):
        counts[selector.select(pool, source).number] += 1

    expected = {number: 10_000 * weight / 7 for number, weight in weights.items()}
    chi_squared = sum((counts[number] - each) ** 2 / each for number, each in expected.items())
    assert chi_squared < 13.8  # 0.999 quantile with 2 degrees of freedom


def test_a_selector_follows_a_pool_that_grows_and_starts_anew_with_another():
    selector, pool = ParetoSelector("train"), pool_of([[1, 0]])
    assert set(selector.memberships(pool)) == {0}

    pool.add(Candidate(1, {"x": 1}, "1"))
    pool.record(1, "train", [Rollout("0", 0.0), Rollout("1", 1.0)])
    assert set(selector.memberships(pool)) == {0, 1}
    assert set(selector.memberships(pool_of([[5, 5]]))) == {0}


def test_fronts_of_objectives_and_of_both():
    objectives = [[{"speed": 1.0, "care": 0.0}] * 2, [{"speed": 0.0, "care": 1.0}] * 2]
    pool = pool_of([[1, 0], [0, 0]], objectives)

    assert ParetoSelector("train", "objective").memberships(pool) == {0: 1, 1: 1}
    assert ParetoSelector("train", "hybrid").memberships(pool) == {0: 3, 1: 2}
    assert ParetoSelector("train", "cartesian").memberships(pool) == {0: 2, 1: 2}
    assert ParetoSelector("train", "instance").memberships(pool) == {0: 2}


def test_failing_on_the_hard_examples_does_not_raise_the_mean_of_an_objective():
    honest, evasive = Scores(), Scores()
    for key, speed in (("easy", 1.0), ("hard", 0.0)):
        honest.add(Rollout(key, 1.0, objectives={"speed": speed}))
    evasive.add(Rollout("easy", 1.0, objectives={"speed": 1.0}))
    evasive.add(Rollout("hard", 0.0, error="gave up"))

    key = ("objective", "speed")
    assert criteria_of(honest, "objective")[key] > criteria_of(evasive, "objective")[key]


def test_fronts_of_objectives_that_no_guide_gives_are_refused():
    with pytest.raises(InputError, match="gives no objectives"):
        ParetoSelector("train", "objective").select(pool_of([[1.0]]), random.Random(0))


def test_a_pool_of_thousands_leaves_few_survivors_to_look_at():
    source = random.Random(3)
    fronts = Fronts()
    for number in range(3_000):
        row = [source.randint(0, 4) for _ in range(30)]
        fronts.add(number, sum(row) / 30, {key: (1, score) for key, score in enumerate(row)})

    assert len(fronts.memberships) <= 30
    assert sum(map(len, fronts._fronts.values())) <= 30 * 30


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), max_size=25))
def test_nondominated_points_are_those_that_no_other_dominates(points):
    def dominates(first, second):
        return all(a >= b for a, b in zip(first, second, strict=True)) and first != second

    expected = [place for place, each in enumerate(points) if not any(dominates(other, each) for other in points)]
    assert nondominated(points) == expected
