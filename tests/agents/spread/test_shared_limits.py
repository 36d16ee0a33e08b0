"""One rate limit and one budget for the models of workers in other processes."""

import asyncio
import time
from decimal import Decimal

import pytest

from steepest.agents.llm import AdaptiveLimit, Budget, BudgetExceeded, ChatReply, LLMError, PriceUnknown, Usage
from steepest.agents.llm.errors import ProviderError
from steepest.agents.spread.shared_limits import SharedLimits
from steepest.agents.spread.shipping import arrived, packed

REPLY = ChatReply(text="x", usage=Usage(input_tokens=10, output_tokens=5), cost=Decimal("0.1"), model="m", provider="p")


@pytest.fixture
def shared():
    kept = SharedLimits()
    yield kept
    kept.close()


def there(shared, *things):
    """The things as a worker gets them."""
    return arrived(packed(things, "the models", shared.replace))


def until(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")


def test_slots_of_two_workers_are_those_of_one_limit(shared):
    limit = AdaptiveLimit(start=2, most=2)
    (one,), (other,) = there(shared, limit), there(shared, limit)

    async def work():
        eras = [await one.acquire(), await other.acquire()]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other.acquire(), 0.1)
        one.release(eras[0], REPLY)
        eras.append(await asyncio.wait_for(other.acquire(), 5))
        for era in eras[1:]:
            other.release(era, REPLY)

    asyncio.run(work())
    until(lambda: limit._used == 0)


def test_a_complaint_of_one_worker_slows_all(shared):
    limit = AdaptiveLimit(start=8)
    (one,) = there(shared, limit)

    async def work():
        one.release(await one.acquire(), ProviderError("slow down", kind="rate limit"))

    asyncio.run(work())
    until(lambda: limit.slots == 4)


def test_what_a_worker_held_when_it_died_comes_back(shared):
    limit, budget = AdaptiveLimit(start=1, most=1), Budget(tokens=100)
    slots, money = there(shared, limit, budget)

    async def die():
        await slots.acquire()
        money.reserve(Decimal(0), 100, "m")
        assert limit._used == 1
        for writer in slots._lent.values():  # what the system does to the connections of a process that ends
            writer.transport.abort()
        for connection in money._lent.values():
            connection.close()
        await asyncio.sleep(0)

    asyncio.run(die())
    until(lambda: limit._used == 0 and budget._reserved_tokens == 0)
    assert budget.spent_tokens == 0


def test_all_workers_spend_one_budget(shared):
    budget = Budget(tokens=100)
    (one,), (other,) = there(shared, budget), there(shared, budget)
    reservation = one.reserve(None, 60, "m")
    with pytest.raises(BudgetExceeded, match="60 of 100 tokens"):
        other.reserve(None, 60, "m")
    one.settle(reservation, REPLY)
    until(lambda: budget.spent_tokens == 15)
    other.settle(other.reserve(None, 60, "m"), None)
    other.charge(Decimal("0.5"), 5)
    until(lambda: budget._reserved_tokens == 0)
    assert (budget.spent_money, budget.spent_tokens) == (Decimal("0.6"), 20)


def test_an_unknown_price_is_told_there_too(shared):
    (money,) = there(shared, Budget(money=Decimal(1)))
    with pytest.raises(PriceUnknown, match="price of m is not known"):
        money.reserve(None, 60, "m")


def test_a_word_that_is_wrong_gets_nothing(shared):
    budget = Budget(tokens=100)
    (money,) = there(shared, budget)
    money._address = money._address._replace(word="guessed")
    with pytest.raises(LLMError, match="can't be reached"):
        money.reserve(None, 60, "m")
    assert budget._reserved_tokens == 0


def test_nobody_at_home_is_an_error_that_says_so(shared):
    slots, money = there(shared, AdaptiveLimit(), Budget())
    shared.close()
    with pytest.raises(LLMError, match="can't be reached"):
        money.reserve(None, 1, "m")
    with pytest.raises(LLMError, match="can't be reached"):
        asyncio.run(slots.acquire())
