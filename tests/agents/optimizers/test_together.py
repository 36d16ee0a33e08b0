"""Questions that are asked at once."""

import asyncio

import pytest

from steepest.agents.optimizers.together import together


def test_answers_come_in_the_order_of_the_questions() -> None:
    async def answer(number: int) -> int:
        await asyncio.sleep((3 - number) / 1000)
        return number

    assert asyncio.run(together(answer(number) for number in range(3))) == [0, 1, 2]


def test_when_one_fails_the_others_are_given_up() -> None:
    ended = []

    async def fail() -> None:
        raise ValueError("no")

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("given up")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(together([wait(), fail()]))
    assert ended == ["given up"]
