"""The heaviest of several answers wins: by value, at half the weight by structure, and then by what is against it."""

import random

from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.sampling.election import elect
from steepest.agents.modeling.sampling.groups import grouped
from tests.agents.modeling.sampling.conftest import ended, solved

values = st.lists(st.sampled_from([0.0, 336.0, 342.0, 1e9]), min_size=1, max_size=8)


def test_the_value_that_most_agree_on_wins() -> None:
    election = elect([solved(1), solved(336), solved(2), solved(336)])

    assert (election.winner, election.groups[0].samples, election.lead) == (1, (2, 4), 1)


def test_a_larger_group_of_unlike_structures_can_lose_to_a_smaller_one_that_all_are_built_like() -> None:
    election = elect([solved(7, rows=1), solved(7, rows=2), solved(5, rows=3), solved(5, rows=3), solved(9, rows=3)])

    assert election.groups[0].objective == 5
    assert [group.weight for group in election.groups] == [2.0, 1.0, 1.0]


def test_within_a_group_the_most_frequent_structure_speaks_for_it() -> None:
    election = elect([solved(7, rows=2), solved(7, rows=1), solved(7, rows=1)])

    assert (election.winner, election.alike, election.groups[0].structures) == (1, 2, 2)


def test_of_a_tie_the_answer_wins_that_less_stands_against() -> None:
    assert elect([solved(5, unused=2), solved(7)]).winner == 1
    assert elect([solved(5), solved(7)]).winner == 0


def test_values_that_differ_in_the_last_digits_are_the_same_in_any_order() -> None:
    near = [solved(100.0), solved(100.00005), solved(100.0001), solved(101.0)]

    assert [len(group) for group in grouped(near)] == [3, 1]
    assert [len(group) for group in grouped(near[::-1])] == [3, 1]


def test_a_verdict_without_a_value_is_a_group_and_a_failure_is_none(failed: Answer) -> None:
    election = elect([failed, ended("infeasible"), solved(3), ended("infeasible"), failed])

    assert [(group.outcome, group.samples) for group in election.groups] == [("infeasible", (2, 4)), ("solved", (3,))]


def test_without_any_verdict_an_answer_that_has_a_value_wins(failed: Answer) -> None:
    stopped = solved(3).model_copy(update={"outcome": "stopped"})

    assert elect([failed, stopped]).winner == 1
    assert elect([failed, failed]).winner == 0
    assert elect([failed, stopped]).groups == ()


@given(values, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_change_how_they_are_grouped(
    drawn: list[float], shuffle: random.Random
) -> None:
    shuffled = list(drawn)
    shuffle.shuffle(shuffled)
    one, other = elect([solved(each) for each in drawn]), elect([solved(each) for each in shuffled])

    assert sorted((group.objective, len(group.samples)) for group in one.groups) == sorted(
        (group.objective, len(group.samples)) for group in other.groups
    )
    assert one.groups[0].weight == other.groups[0].weight


@given(values)
def test_every_answer_is_in_one_group(drawn: list[float]) -> None:
    election = elect([solved(each) for each in drawn])

    assert sorted(number for group in election.groups for number in group.samples) == list(range(1, len(drawn) + 1))
