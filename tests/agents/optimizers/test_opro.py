"""OPRO shows the best solutions in ascending order and asks for a better one."""

import asyncio
import random

import pytest

from steepest.agents.optimizers.opro import OproProposer, ascending, buckets, thinned
from steepest.agents.optimizers.search.rollouts import Rollout
from tests.agents.optimizers.situations import PLAN, Asked, change, pool_of, situation


@pytest.mark.parametrize(
    ("scores", "shown"),
    [
        ([0.0, 0.123, 0.5, 1.0], [0, 12, 50, 100]),
        ([-4.0, -2.0, 0.0], [0, 50, 100]),
        ([120.0, 130.0], [0, 100]),
        ([7.0, 7.0], [100, 100]),
        ([0.4], [40]),
        ([], []),
    ],
)
def test_scores_are_shown_from_0_to_100(scores: list[float], shown: list[int]) -> None:
    assert buckets(scores) == shown


def test_solutions_are_in_ascending_order_and_of_equal_ones_the_latest_is_last() -> None:
    pool = pool_of(({"plan": "A"}, [0.5, 0.7]), ({"plan": "B"}, [0.1]), ({"plan": "C"}, [0.6]))

    assert [candidate.values["plan"] for candidate, _ in ascending(pool, 9)] == ["B", "A", "C"]


def test_the_validation_split_ranks_where_there_is_one() -> None:
    pool = pool_of(({"plan": "A"}, [0.5]), ({"plan": "B"}, [0.1]))
    pool.record(0, "validation", [Rollout("v", 0.2)])
    pool.record(1, "validation", [Rollout("v", 0.9)])

    assert [score for _, score in ascending(pool, 9)] == [0.2, 0.9]


def test_only_the_best_are_shown_and_they_stand_last() -> None:
    asked = Asked(change("plan", "Z"))
    pool = pool_of(*(({"plan": f"plan {number}."}, [number / 30]) for number in range(30)))

    asyncio.run(OproProposer(solutions=20).propose(situation(asked, components=[PLAN], pool=pool, parent=pool[29])))

    shown = asked.questions[0]
    assert "plan 9." not in shown
    assert shown.index("plan 10.") < shown.index("plan 20.") < shown.index("plan 29.")
    assert shown.count("Score: ") == 20


def test_long_solutions_are_left_out_from_the_worst_on_and_never_cut() -> None:
    asked = Asked(change("plan", "Z"))
    pool = pool_of(*(({"plan": f"{number} " * 3000}, [number / 10]) for number in range(10)))

    asyncio.run(OproProposer(room=20_000).propose(situation(asked, components=[PLAN], pool=pool, parent=pool[9])))

    assert asked.questions[0].count("Score: ") == 3
    assert all(f"{number} " * 3000 in asked.questions[0] for number in (7, 8, 9))


def test_every_proposal_of_a_step_is_asked_for_in_its_own_way_and_sees_the_best() -> None:
    asked = Asked(*(change("plan", f"Z{number}") for number in range(4)))
    pool = pool_of(*(({"plan": f"plan {number}."}, [number / 30]) for number in range(30)))

    proposals = asyncio.run(
        OproProposer().propose(situation(asked, components=[PLAN], pool=pool, parent=pool[29], count=4))
    )

    assert [each.changes["plan"] for each in proposals] == ["Z0", "Z1", "Z2", "Z3"]
    assert len(set(asked.questions)) == 4
    assert all("plan 29." in each for each in asked.questions)


def test_a_thinned_history_keeps_order_and_size() -> None:
    ranked = ascending(pool_of(*(({"plan": str(number)}, [number / 50]) for number in range(50))), 40)
    for seed in range(20):
        shown = thinned(ranked, 20, random.Random(seed))
        assert len(shown) == 20
        assert shown[-1] == ranked[-1]
        assert shown == sorted(shown, key=lambda each: each[1])
    assert thinned(ranked[:1], 20, random.Random(0)) == ranked[:1]


def test_solutions_of_several_components_are_shown_as_json() -> None:
    asked = Asked(change("plan", "Z"))

    asyncio.run(OproProposer().propose(situation(asked)))

    assert 'Solution:\n{\n "plan": "Think twice.",\n "rate": 0.5\n}\nScore: 75' in asked.questions[0]
