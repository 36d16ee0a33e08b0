"""Archives keep the best of every kind, whatever the order of events."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.archive import (
    Breeding,
    Grid,
    Member,
    after,
    diverse,
    migrated,
    parent_weights,
    top,
)
from steepest.agents.optimizers.search.records import Birth, StepRecord

figures = st.integers(-3, 3).map(float)
members = st.lists(st.tuples(figures, figures, figures), min_size=1, max_size=40).map(
    lambda rows: [Member(number, score, (x, y), (str(number),)) for number, (score, x, y) in enumerate(rows)]
)


def grown(given: Sequence[Member], bins: int = 3) -> Grid:
    grid = Grid(bins)
    for each in given:
        grid = grid.taking(each)
    return grid


@given(members)
def test_every_elite_is_in_its_own_cell_and_no_cell_has_two(given: list[Member]) -> None:
    grid = grown(given)
    assert all(grid.cell(elite) == cell for cell, elite in grid.elites.items())
    assert all(0 <= axis < 3 for cell in grid.elites for axis in cell)


@given(members)
def test_the_best_fitness_never_falls_and_is_that_of_all_that_came(given: list[Member]) -> None:
    grid, best = Grid(3), float("-inf")
    for each in given:
        grid, before = grid.taking(each), best
        best = grid.best.score
        assert best >= before
    assert best == max(each.score for each in given)


@given(members)
def test_who_loses_its_cell_does_not_stay_and_is_told_who_has_it(given: list[Member]) -> None:
    grid = Grid(3)
    for each in given:
        rival, grown_grid = grid.rival(each), grid.taking(each)
        assert (each in grown_grid.members) == (rival is None)
        if rival is not None:
            assert rival.score >= each.score
            assert grown_grid.cell(rival) == grown_grid.cell(each)
        grid = grown_grid


@given(members)
def test_a_wider_range_sorts_all_members_anew(given: list[Member]) -> None:
    grid = grown(given)
    for axis, (low, high) in enumerate(grid.ranges):
        assert low == min(each.features[axis] for each in given)
        assert high == max(each.features[axis] for each in given)


def test_of_equal_scores_the_first_keeps_the_cell() -> None:
    first, second = Member(1, 0.5, (0.0,), ("a",)), Member(2, 0.5, (0.0,), ("b",))
    assert grown([first, second]).members == [first]


@given(st.lists(members, min_size=1, max_size=4), st.floats(0, 1))
def test_migration_leaves_no_duplicate_on_an_island_and_no_island_worse(
    worlds: list[list[Member]], share: float
) -> None:
    islands = [grown(each) for each in worlds]
    for _ in range(3):
        moved = migrated(islands, share)
        for before, now in zip(islands, moved, strict=True):
            identities = [each.identity for each in now.members]
            assert len(identities) == len(set(identities))
            assert now.best.score >= before.best.score
        islands = list(moved)


def test_the_best_go_one_island_on_and_no_copy_travels_again() -> None:
    def one(number: int, score: float, at: float) -> Member:
        return Member(number, score, (at,), (str(number),))

    islands = [
        grown([one(number, score, 0.0), one(number + 10, 0.0, 1.0)]) for number, score in ((1, 9.0), (2, 5.0), (3, 1.0))
    ]
    once = migrated(islands, 0.1)
    assert [island.best.number for island in once] == [1, 1, 2]
    twice = migrated(once, 0.1)
    assert 1 not in [each.number for each in twice[2].members]


def test_a_step_is_taken_in_from_its_record() -> None:
    def member(number: int) -> Member:
        return Member(number, float(number), (float(number),), (str(number),))

    def birth(number: int) -> Birth:
        return Birth(number=number, values={}, parents=(0,), origin="diff")

    islands = after([Grid(4), Grid(4)], StepRecord(step=0), member, 2, 0.1)
    assert [each.best.number for each in islands] == [0, 0]
    islands = after(islands, StepRecord(step=1, births=(birth(1),), notes={"island": 1}), member, 2, 0.1)
    assert [each.best.number for each in islands] == [0, 1]
    islands = after(islands, StepRecord(step=2), member, 2, 0.1)
    assert [each.best.number for each in islands] == [1, 1]


@given(members, st.integers(0, 2**32))
def test_parents_come_from_the_grid_and_others_to_learn_from_are_others(given: list[Member], seed: int) -> None:
    grid = grown(given)
    parent = Breeding().parent(grid, lambda number: number % 3, random.Random(seed))
    best = top(grid, 3, parent)
    far = diverse(grid, 2, [parent, *best])
    numbers = [each.number for each in (parent, *best, *far)]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= {each.number for each in grid.members}
    assert len(numbers) == min(len(grid.members), 6)
    assert [each.score for each in best] == sorted((each.score for each in best), reverse=True)


@given(members)
def test_a_better_score_weighs_more_and_more_children_weigh_less(given: list[Member]) -> None:
    even = parent_weights(given, lambda number: 0)
    assert all(0 < weight <= 1 for weight in even)
    for first, one in zip(given, even, strict=True):
        for second, other in zip(given, even, strict=True):
            assert first.score <= second.score or one >= other
    assert parent_weights(given, lambda number: 1) == [weight / 2 for weight in even]


def test_the_weight_is_the_formula_of_shinka() -> None:
    scores = [Member(number, float(number), (0.0,), ()) for number in range(5)]  # median 2, MAD 1
    assert parent_weights(scores, lambda number: 3, steepness=1.0)[3] == 1 / (1 + 2.718281828459045**-1) / 4
