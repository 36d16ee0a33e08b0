import asyncio
import random

import pytest

from steepest.agents.optimizers.bandits import Arm, SuccessiveHalving, SuccessiveRejects, Ucb, UcbE, screen
from steepest.agents.optimizers.search.executors import Inline
from steepest.agents.optimizers.search.limits import SearchLimits, Spending
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError

CHANCES = (0.3, 0.4, 0.45, 0.5, 0.55, 0.8)
ALL = [Ucb(), Ucb(1.0, at_once=2), UcbE(), SuccessiveRejects(), SuccessiveHalving()]


def played(bandit, pulls, seed, most=10**6, chances=CHANCES):
    """The arms at the end, and the places in the order in which they were pulled."""
    source, arms, order = random.Random(seed), [Arm(most=most) for _ in chances], []
    while chosen := bandit.choose(arms, pulls):
        for place in chosen:
            arms[place] = arms[place].plus(float(source.random() < chances[place]))
            order.append(place)
    return arms, order


@pytest.mark.parametrize("bandit", ALL, ids=repr)
def test_the_regret_is_below_that_of_pulling_all_alike(bandit):
    uniform = sum(0.8 - each for each in CHANCES) / len(CHANCES) * 120

    regrets = [sum(0.8 - CHANCES[place] for place in played(bandit, 120, seed)[1]) for seed in range(100)]

    assert sum(regrets) / len(regrets) < 0.85 * uniform


@pytest.mark.parametrize("bandit", ALL, ids=repr)
def test_the_best_of_many_arms_is_found_more_often_than_by_pulling_all_alike(bandit):
    chances = [*(0.1 + 0.03 * place for place in range(15)), 0.75]

    def is_found(seed):
        return bandit.ranked(played(bandit, 128, seed, chances=chances)[0])[0] == 15

    def is_found_uniformly(seed):
        source = random.Random(seed)
        means = [sum(source.random() < chance for _ in range(8)) for chance in chances]
        return means.index(max(means)) == 15

    assert sum(map(is_found, range(300))) > sum(map(is_found_uniformly, range(300)))


@pytest.mark.parametrize("bandit", ALL, ids=repr)
@pytest.mark.parametrize("pulls", [6, 7, 17, 100])
def test_every_arm_is_pulled_first_and_no_more_is_pulled_than_there_is(bandit, pulls):
    for seed in range(10):
        arms, order = played(bandit, pulls, seed)
        assert len(order) <= pulls
        assert all(each.count for each in arms)
        if isinstance(bandit, (Ucb, UcbE)):
            assert order[:6] == [0, 1, 2, 3, 4, 5]
            assert len(order) == pulls


@pytest.mark.parametrize("bandit", ALL, ids=repr)
def test_an_arm_that_can_take_no_more_is_left(bandit):
    arms, _ = played(bandit, 1_000, 1, most=4)

    assert max(each.count for each in arms) == 4


def test_of_equal_arms_the_first_is_pulled():
    assert Ucb().choose([Arm(2, 1.0), Arm(2, 1.0)], 10) == [0]


def test_rewards_far_from_one_only_scale_what_is_explored():
    assert Ucb(c=500).choose([Arm(1, -4000.0), Arm(9, -9 * 3900.0)], 100) == [0]


class Program:
    components = (Component("x", "float"),)

    def seed(self):
        return {"x": 0.0}

    def run(self, values, example, *, traced):
        return Rollout(example.key, -abs(values["x"] - 3) - example.data)


def screened(pulls, bandit=None, count=8):
    examples = [Example(str(key), key % 2) for key in range(10)]
    search = Search(Program(), {"train": examples}, Spending(SearchLimits()), executor=Inline())
    seed = search.sow()
    search.begin(1)
    candidates = [search.child(seed, {"x": float(x)}, origin="test") for x in range(1, count + 1)]
    ranked = asyncio.run(screen(search, candidates, pulls, bandit=bandit))
    return [each.candidate.values["x"] for each in ranked], ranked, search


@pytest.mark.parametrize("bandit", [None, Ucb(0.1), UcbE(0.1), SuccessiveRejects(), SuccessiveHalving()], ids=repr)
def test_screening_finds_the_best_candidate_within_its_runs(bandit):
    order, ranked, search = screened(40, bandit)

    assert order[0] == 3
    assert search.spending.metric_calls == sum(each.arm.count for each in ranked) <= 40


def test_screening_everything_on_all_examples_ends():
    order, ranked, _ = screened(1_000)

    assert order[0] == 3
    assert {each.arm.count for each in ranked} == {10}


def test_too_few_runs_to_judge_all_are_refused():
    with pytest.raises(InputError, match="3 runs are too few to screen 8"):
        screened(3)
