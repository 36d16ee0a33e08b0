import asyncio
import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.acceptance import Better, Exact, NotWorse, Paired, acceptance_for, sign_flip_p
from steepest.errors import InputError


class Examples:
    """Pairs of scores that a source draws, as long as there are any."""

    def __init__(self, pair, total=10**6):
        self.pair, self.left = pair, total
        self.asked = []

    def batch(self, count):
        taken = min(count, self.left)
        self.left -= taken
        pairs = [self.pair() for _ in range(taken)]
        return [first for first, _ in pairs], [second for _, second in pairs]

    async def draw(self, count):
        self.asked.append(count)
        return self.batch(count)


def decided(acceptance, pair, *, batch=3, total=10**6):
    examples = Examples(pair, total)
    return asyncio.run(acceptance.decide(*examples.batch(batch), examples.draw))


def rate(acceptance, make_pair, *, runs=500, total=10**6):
    """How often a child is accepted; the coroutine never waits, so no loop is needed."""
    accepted = 0
    for seed in range(runs):
        examples = Examples(make_pair(random.Random(seed)), total)
        coroutine = acceptance.decide(*examples.batch(3), examples.draw)
        try:
            coroutine.send(None)
        except StopIteration as done:
            accepted += done.value.accepted
    return accepted / runs


def normal(source, gain=0.0):
    return lambda: (source.gauss(0, 1), source.gauss(gain, 1))


def right_or_wrong(source, first=0.5, second=0.5):
    return lambda: (float(source.random() < first), float(source.random() < second))


def mostly_equal(source):
    """Ninety of a hundred pairs are equal, the others are either way."""
    return lambda: (0.0, source.choice([-1.0, 1.0]) if source.random() < 0.1 else 0.0)


@pytest.mark.parametrize("make_pair", [normal, right_or_wrong, mostly_equal])
@pytest.mark.parametrize("level", [0.05, 0.2, 0.4])
def test_a_child_that_is_no_better_is_accepted_at_the_stated_rate_at_most(make_pair, level):
    allowed = 3 * (level * (1 - level) / 500) ** 0.5

    assert rate(Paired(level), make_pair) <= level + allowed


def test_the_level_holds_where_the_examples_come_to_an_end():
    assert rate(Paired(0.2), normal, total=7) <= 0.2 + 0.054


def test_the_strict_sum_accepts_half_of_all_children_that_are_no_better_less_half_the_ties():
    steps = {-1: 0.25, 0: 0.5, 1: 0.25}
    tie = sum(steps[a] * steps[b] * steps[c] for a, b, c in itertools.product(steps, repeat=3) if a + b + c == 0)

    assert rate(Better(), right_or_wrong) == pytest.approx(0.5 - tie / 2, abs=0.063)
    assert rate(Better(), normal) == pytest.approx(0.5, abs=0.067)


def test_a_better_child_is_accepted_more_often_than_a_stricter_test_allows():
    loose, strict = (rate(Paired(level), lambda source: normal(source, 1.0), runs=300) for level in (0.3, 0.05))

    assert loose > 0.8
    assert strict > 0.75


def test_ties_are_drawn_again():
    examples = Examples(iter([(0, 0)] * 3 + [(0, 1)] * 21).__next__)

    decision = asyncio.run(Paired(0.1).decide(*examples.batch(3), examples.draw))

    assert decision.accepted
    assert examples.asked[0] == 3
    assert decision.pairs > 3


def test_a_child_that_looks_worse_is_given_up_at_once():
    decision = decided(Paired(), lambda: (1.0, 0.0))

    assert not decision.accepted
    assert decision.pairs == 3


def test_nothing_but_ties_is_given_up_before_the_end():
    decision = decided(Paired(0.1, most=100), lambda: (1.0, 1.0))

    assert not decision.accepted
    assert decision.pairs < 100


def test_no_more_pairs_are_drawn_than_allowed():
    source = random.Random(5)

    for _ in range(50):
        assert decided(Paired(0.05, most=10), right_or_wrong(source)).pairs <= 10


def test_a_rare_improvement_is_accepted_by_lot_and_always_the_same_lot():
    scores = [[0.0] * 12, [float(place == 4) for place in range(12)]]

    async def none(count):
        return [], []

    first, second = (asyncio.run(Paired(0.3).decide(*scores, none)) for _ in range(2))

    assert first == second
    lots = [
        asyncio.run(Paired(0.3).decide([0.0] * 12, [0.1 * size * (place == 4) for place in range(12)], none)).accepted
        for size in range(1, 400)
    ]
    assert sum(lots) / len(lots) == pytest.approx(0.6, abs=0.08)  # 0.3 of the 1/2 that chance brings so much with


@given(st.lists(st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=9))
def test_the_p_value_is_that_of_all_sign_patterns(differences):
    total = sum(differences)
    patterns = list(itertools.product([-1, 1], repeat=len(differences)))
    as_high = sum(
        sum(sign * abs(each) for sign, each in zip(signs, differences, strict=True)) >= total for signs in patterns
    )

    assert sign_flip_p(differences) == pytest.approx(as_high / len(patterns))


def test_the_p_value_of_right_and_wrong_is_the_binomial_one():
    assert sign_flip_p([1, 1, 1, 1, -1, 0, 0]) == pytest.approx(6 / 32)


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=40))
def test_the_p_value_of_any_numbers_is_a_probability(differences):
    assert 0 < sign_flip_p(differences) <= 1


def test_an_outlier_does_not_carry_a_child():
    assert not decided(Paired(0.3, most=8), iter([(0, 1)] * 7 + [(1000, 0)]).__next__, batch=8).accepted


def test_exact_compares_all_examples_and_takes_a_difference_as_a_fact():
    assert decided(Exact(), lambda: (1.0, 1.5), batch=1, total=1).accepted
    assert not decided(Exact(), lambda: (1.0, 1.0), batch=1, total=1).accepted
    mixed = iter([(0, 1), (1, 0), (1, 0)]).__next__
    decision = decided(Exact(), mixed, batch=1, total=3)
    assert (decision.accepted, decision.pairs) == (False, 3)


def test_not_worse_takes_a_tie_and_better_does_not():
    assert decided(NotWorse(), lambda: (1.0, 1.0)).accepted
    assert not decided(Better(), lambda: (1.0, 1.0)).accepted


def test_few_examples_are_compared_and_many_are_tested():
    assert isinstance(acceptance_for(1, 1), Exact)
    assert acceptance_for(50, 200, level=0.1) == Paired(0.1)


def test_where_admission_costs_little_a_higher_sum_is_enough_for_it_and_ties_are_drawn_again() -> None:
    assert acceptance_for(50, 12) == Better(redraws=1)


def test_a_tie_of_examples_that_differ_is_drawn_again_once() -> None:
    examples = Examples(iter([(1, 0), (0, 1), (1, 1), (0, 1), (1, 1), (0, 0)]).__next__)

    decision = asyncio.run(Better(redraws=1).decide(*examples.batch(3), examples.draw))

    assert (decision.accepted, decision.pairs, examples.asked) == (True, 6, [3])


@pytest.mark.parametrize("pair", [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0)])
def test_what_is_no_tie_or_changes_nothing_is_not_drawn_again(pair) -> None:
    assert decided(Better(redraws=1), lambda: pair).pairs == 3


def test_the_comparison_accepts_at_most_half_of_the_children_that_are_as_good() -> None:
    chances = {1: 0.25, 0: 0.5, -1: 0.25}
    threes = list(itertools.product(chances, repeat=3))
    tied = {signs: chances[signs[0]] * chances[signs[1]] * chances[signs[2]] for signs in threes if sum(signs) == 0}
    tie, differing = sum(tied.values()), sum(share for signs, share in tied.items() if any(signs))

    found = rate(Better(redraws=1), right_or_wrong, runs=2000)

    assert found == pytest.approx((1 - tie) / 2 + differing * (1 - tie) / 2, abs=0.034)
    assert found < 0.5


def test_rounding_is_no_gain() -> None:
    assert not decided(Better(), iter([(0.1, 0.3), (0.3, 0.1), (0.5, 0.5)]).__next__).accepted


def test_ties_are_not_drawn_again_a_negative_number_of_times() -> None:
    with pytest.raises(InputError, match="-1 times"):
        Better(redraws=-1)


def right_beside_partial_credit(score, right):
    return lambda source: lambda: (score, float(source.random() < right))


@pytest.mark.parametrize(("score", "right", "level", "most"), [(0.9, 0.9, 0.3, 0.37), (0.95, 0.9, 0.05, 0.13)])
def test_all_or_nothing_beside_partial_credit_is_not_taken_for_better_by_small_gains(score, right, level, most):
    assert rate(Paired(level), right_beside_partial_credit(score, right)) <= most


def test_right_beside_partial_credit_is_accepted_where_it_is_better():
    assert rate(Paired(0.3), right_beside_partial_credit(0.6, 1.0)) == 1
    assert rate(Paired(0.3), right_beside_partial_credit(0.9, 0.95)) > 0.5
    assert decided(Paired(0.3), lambda: (0.9, 0.93)).accepted


def test_right_or_wrong_takes_no_more_pairs_than_the_signs_need():
    assert decided(Paired(0.3), lambda: (0.0, 1.0)).pairs == 6


def test_what_can_be_lost_of_other_scores_is_not_guessed():
    assert decided(Paired(0.3), lambda: (400.0, 402.0)).pairs == 6


def test_examples_that_end_leave_the_decision_to_the_signs():
    assert decided(Paired(0.3), lambda: (0.9, 0.93), total=6).accepted


def test_many_pairs_take_little_time():
    source = random.Random(0)
    pairs = iter([(source.random(), source.random()) for _ in range(2000)])

    began = time.process_time()
    decided(Paired(), pairs.__next__, batch=2000)

    assert time.process_time() - began < 1


def test_the_level_holds_on_a_coarse_grid():
    assert rate(Paired(0.3, most=400), normal, runs=300) <= 0.3 + 0.08


@pytest.mark.parametrize("level", [0, 0.5, 1, -0.1, float("nan")])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(InputError, match="between 0 and"):
        Paired(level)
