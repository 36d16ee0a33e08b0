"""The ledger that the workers of a cluster share, without a cluster."""

import asyncio
import dataclasses
from decimal import Decimal

from steepest.agents.llm import BudgetExceeded, ChatReply, Usage
from steepest.evals.engines.protocol import WorkOrder
from steepest.evals.engines.ray_ledger import SharedLedger

ORDER = WorkOrder(method="asking", model="function", max_tokens=100)
REPLY = ChatReply(text="1", model="m", provider="p", usage=Usage(input_tokens=30, output_tokens=10), cost=Decimal(0))


def test_workers_spend_one_budget():
    async def spend():
        ledger = SharedLedger(ORDER)
        for worker in ("one", "two"):
            reservation = await ledger.begin(worker, "k", None, 50, "m")
            await ledger.end(worker, "k", reservation, REPLY)
        return await ledger.begin("one", "k", None, 50, "m")

    assert isinstance(asyncio.run(spend()), BudgetExceeded)


def test_what_a_dead_worker_set_aside_is_given_back():
    async def die():
        ledger = SharedLedger(ORDER)
        await ledger.begin("dead", "k", None, 90, "m")
        waiting = asyncio.create_task(ledger.begin("alive", "k", None, 90, "m"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await ledger.forget("dead")
        return await asyncio.wait_for(waiting, 5)

    assert asyncio.run(die()).tokens == 90


def test_a_call_of_a_dead_worker_that_was_still_waiting_holds_nothing():
    async def die():
        ledger = SharedLedger(ORDER)
        first = await ledger.begin("alive", "k", None, 90, "m")
        late = asyncio.create_task(ledger.begin("dead", "k", None, 90, "m"))
        await asyncio.sleep(0.01)
        await ledger.forget("dead")
        await ledger.end("alive", "k", first, None)
        await late
        return await asyncio.wait_for(ledger.begin("alive", "k", None, 90, "m"), 5)

    assert asyncio.run(die()).tokens == 90


def test_slots_of_a_dead_worker_go_to_others():
    async def die():
        ledger = SharedLedger(ORDER)
        for _ in range(8):
            await ledger.acquire("dead")
        waiting = asyncio.create_task(ledger.acquire("alive"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await ledger.forget("dead")
        await asyncio.wait_for(waiting, 5)

    asyncio.run(die())


def test_a_crowded_provider_slows_all_workers_down():
    async def crowd():
        ledger = SharedLedger(ORDER)
        eras = [await ledger.acquire("one") for _ in range(8)]
        await ledger.release("one", eras[0], "rate limit", False)
        for era in eras[1:4]:
            await ledger.release("one", era, None, True)
        waiting = asyncio.create_task(ledger.acquire("two"))
        await asyncio.sleep(0.01)
        assert not waiting.done()  # four slots are left, and four calls still run
        await ledger.release("one", eras[4], None, True)
        await asyncio.wait_for(waiting, 5)

    asyncio.run(crowd())


def test_a_reply_of_a_worker_that_was_only_taken_for_dead_is_kept(tmp_path):
    async def live():
        ledger = SharedLedger(dataclasses.replace(ORDER, cache=str(tmp_path / "replies.sqlite")))
        reservation = await ledger.begin("slow", "k", None, 50, "m")
        await ledger.forget("slow")
        await ledger.end("slow", "k", reservation, REPLY)
        known = await ledger.begin("other", "k", None, 50, "m")
        await ledger.close()
        return known

    assert asyncio.run(live()) == REPLY
