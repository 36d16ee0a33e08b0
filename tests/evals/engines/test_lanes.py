import asyncio

import pytest

from steepest.evals.attempts import Attempt
from steepest.evals.engines.lanes import results_of
from steepest.evals.engines.protocol import Finished, Job
from steepest.evals.problems import Question


def finished(number):
    return Finished(Job(Question(id=f"{number}", text="?")), Attempt(outcome="answered", objective=number))


async def lane(*numbers, pause=0.0):
    for number in numbers:
        await asyncio.sleep(pause)
        yield finished(number)


async def gathered(*lanes):
    return [each.attempt.objective async for each in results_of(lanes)]


def test_the_results_of_all_lanes_come():
    assert sorted(asyncio.run(gathered(lane(1, 2), lane(3), lane()))) == [1, 2, 3]


def test_a_quick_lane_does_not_wait_for_a_slow_one():
    assert asyncio.run(gathered(lane(1, pause=0.2), lane(2, 3))) == [2, 3, 1]


def test_what_a_lane_raises_is_raised_where_its_results_are_taken():
    async def broken():
        yield finished(1)
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        asyncio.run(gathered(broken(), lane(2, pause=5)))


def test_a_lane_waits_until_its_results_are_taken():
    drawn = []

    async def eager():
        for number in range(100):
            drawn.append(number)
            yield finished(number)

    async def take_one():
        results = results_of([eager()])
        await anext(results)
        await asyncio.sleep(0.01)
        await results.aclose()

    asyncio.run(take_one())
    assert len(drawn) <= 4
