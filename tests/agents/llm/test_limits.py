import asyncio
import threading

import pytest

from steepest.agents.llm import (
    AdaptiveLimit,
    FunctionModel,
    ProviderError,
    Retrying,
    RetryPolicy,
    complete_sync,
    with_policies,
)
from steepest.agents.llm.limits import limit_of
from steepest.errors import InputError


def crowded():
    return ProviderError("Too often.", kind="rate limit")


def test_no_more_calls_run_at_once_than_there_are_slots(ask):
    running, most = 0, 0

    async def answer(request):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return "Hello"

    limit = AdaptiveLimit(start=2, most=2)
    model = with_policies(FunctionModel(answer), limiter=limit)

    async def many():
        return await asyncio.gather(*(model.complete(ask(sample=number)) for number in range(20)))

    assert len(asyncio.run(many())) == 20
    assert most == 2


def test_success_adds_a_slot_and_a_rate_limit_halves_them(ask, reply_of):
    limit = AdaptiveLimit(start=4, most=64)

    async def learn():
        for _ in range(4):
            limit.release(await limit.acquire(), reply_of())
        grown = limit.slots
        limit.release(await limit.acquire(), crowded())
        return grown, limit.slots

    assert asyncio.run(learn()) == (5, 2)


def test_slots_never_pass_the_most_nor_fall_below_one(reply_of):
    limit = AdaptiveLimit(start=1, most=2)

    async def learn():
        for _ in range(10):
            limit.release(await limit.acquire(), reply_of())
        high = limit.slots
        for _ in range(5):
            limit.release(await limit.acquire(), crowded())
        return high, limit.slots

    assert asyncio.run(learn()) == (2, 1)


def test_calls_that_began_before_a_halving_do_not_halve_again():
    limit = AdaptiveLimit(start=8)

    async def burst():
        eras = [await limit.acquire() for _ in range(4)]
        for era in eras:
            limit.release(era, crowded())

    asyncio.run(burst())
    assert limit.slots == 4


def test_other_failures_do_not_halve():
    limit = AdaptiveLimit(start=8)

    async def fail():
        limit.release(await limit.acquire(), ProviderError("Broken.", kind="server"))

    asyncio.run(fail())
    assert limit.slots == 8


def test_a_cancelled_wait_leaves_no_hole(ask):
    limit = AdaptiveLimit(start=1, most=1)

    async def scene():
        era = await limit.acquire()
        waiting = asyncio.create_task(limit.acquire())
        next_one = asyncio.create_task(limit.acquire())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        limit.release(era, crowded())
        return await asyncio.wait_for(next_one, 1)

    asyncio.run(scene())


def test_a_slot_granted_to_a_cancelled_wait_goes_on_to_the_next():
    limit = AdaptiveLimit(start=1, most=1)

    async def scene():
        era = await limit.acquire()
        waiting = asyncio.create_task(limit.acquire())
        next_one = asyncio.create_task(limit.acquire())
        await asyncio.sleep(0)
        limit.release(era, crowded())
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return await asyncio.wait_for(next_one, 1)

    asyncio.run(scene())


def test_the_limit_holds_over_threads_with_loops_of_their_own(ask):
    running, most = 0, 0
    lock = threading.Lock()

    async def answer(request):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        await asyncio.sleep(0)
        with lock:
            running -= 1
        return "Hello"

    model = with_policies(FunctionModel(answer), limiter=AdaptiveLimit(start=2, most=2))
    threads = [threading.Thread(target=complete_sync, args=(model, ask(sample=n))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert most <= 2


def test_waiting_for_a_slot_does_not_count_against_the_deadline(ask, reply_of):
    now = 0.0

    async def answer(request):
        nonlocal now
        now += 60
        await asyncio.sleep(0)
        return "Hello"

    policy = RetryPolicy(deadline=100)
    model = Retrying(FunctionModel(answer), policy, limit=AdaptiveLimit(start=1, most=1), clock=lambda: now)

    async def many():
        return await asyncio.gather(*(model.complete(ask(sample=number)) for number in range(5)))

    assert [reply.seconds for reply in asyncio.run(many())] == [60] * 5


def test_a_broken_off_call_gives_its_slot_back(ask):
    limit = AdaptiveLimit(start=1, most=1)

    def broken(request):
        raise KeyError("a defect")

    for _ in range(3):
        with pytest.raises(KeyError):
            complete_sync(with_policies(FunctionModel(broken), limiter=limit), ask())
    assert repr(limit) == "AdaptiveLimit(0 of 1 slots used)"


def test_all_clients_of_a_model_share_its_limit():
    assert limit_of("test:one") is limit_of("test:one")
    assert limit_of("test:one") is not limit_of("test:two")


def test_a_limit_below_one_is_refused():
    with pytest.raises(InputError, match="at once"):
        AdaptiveLimit(start=0)
