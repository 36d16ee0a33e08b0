"""Choosing problems: the same everywhere, and more of the same when a limit grows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.errors import InputError
from steepest.evals.datasets.selection import select
from steepest.evals.problems import Problem
from steepest.evals.specification import Selection

PROBLEMS = [
    Problem(
        id=f"pots/{number}",
        question="q",
        answer=1,
        type="LP" if number % 3 else None,
        notes="doubtful" if number % 5 == 0 else None,
    )
    for number in range(40)
]


def ids(selection: Selection, seed: int = 0, problems: list[Problem] = PROBLEMS) -> list[str]:
    return [problem.id for problem in select(problems, selection, seed)]


def test_no_wishes_give_all_in_order() -> None:
    assert ids(Selection()) == [problem.id for problem in PROBLEMS]


def test_the_sample_of_a_seed_is_always_the_same() -> None:
    assert ids(Selection(limit=4), seed=7) == ["pots/7", "pots/10", "pots/23", "pots/34"]
    assert ids(Selection(limit=4), seed=7, problems=PROBLEMS[::-1]) == ["pots/34", "pots/23", "pots/10", "pots/7"]


@given(st.integers(1, 60), st.integers())
def test_a_limit_takes_a_part_of_what_a_larger_one_takes_in_the_same_order(limit: int, seed: int) -> None:
    larger = ids(Selection(limit=limit + 1), seed)
    assert len(larger) == min(limit + 1, 40)
    smaller = ids(Selection(limit=limit), seed)
    assert [id for id in larger if id in smaller] == smaller


@given(st.integers(1, 50), st.one_of(st.none(), st.integers(1, 60)), st.integers(0, 5))
def test_shards_part_the_selection(parts: int, limit: int | None, seed: int) -> None:
    shards = [ids(Selection(limit=limit, shard=(part, parts)), seed) for part in range(1, parts + 1)]
    assert sorted(id for shard in shards for id in shard) == sorted(ids(Selection(limit=limit), seed))
    sizes = [len(shard) for shard in shards]
    assert max(sizes) - min(sizes) <= 1


@given(st.integers(1, 39), st.integers(1, 6))
def test_a_problem_stays_in_its_shard_when_the_limit_grows(limit: int, parts: int) -> None:
    for part in range(1, parts + 1):
        small = ids(Selection(limit=limit, shard=(part, parts)))
        assert set(small) <= set(ids(Selection(limit=limit + 1, shard=(part, parts))))


def test_ids_types_and_notes_narrow_before_the_limit() -> None:
    wanted = Selection(ids=("pots/0", "pots/1", "pots/3", "pots/2"), types=("LP",), without_notes=True)
    assert ids(wanted) == ["pots/1", "pots/2"]
    assert len(ids(Selection(without_notes=True, limit=30))) == 30
    assert not {"pots/0", "pots/5"} & set(ids(Selection(without_notes=True)))


def test_an_unknown_id_or_type_is_told_with_what_is_near() -> None:
    with pytest.raises(InputError, match=r'no problem with the id "pots/400" \(near: pots/'):
        ids(Selection(ids=("pots/1", "pots/400")))
    with pytest.raises(InputError, match=r'no problem with the type "Lp"'):
        ids(Selection(types=("Lp",)))


def test_nothing_left_is_an_error() -> None:
    with pytest.raises(InputError, match="No problem is left"):
        ids(Selection(ids=("pots/0",), without_notes=True))


@pytest.mark.parametrize("shard", [(0, 3), (4, 3), (1, 0), (-1, 3)])
def test_a_shard_that_is_not_there_is_refused(shard: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="There is no shard"):
        ids(Selection(shard=shard))


def test_a_shard_may_be_empty() -> None:
    assert ids(Selection(shard=(50, 50))) == []
