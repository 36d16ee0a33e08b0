"""The engine of one machine."""

import asyncio
import dataclasses
import re
from contextlib import aclosing
from decimal import Decimal

import pytest

from steepest.agents.llm import BudgetExceeded, ChatReply, ProviderError, Usage
from steepest.agents.llm.kept_replies import RepliesError, ReplyFile
from steepest.errors import InputError
from steepest.evals.attempts import Attempt
from steepest.evals.engines.local import LocalEngine
from steepest.evals.engines.protocol import Job, WorkOrder
from steepest.evals.problems import Question
from tests.evals.engines.conftest import ORDER


def jobs(n, epochs=1):
    return [Job(Question(id=f"q{i}", text=f"{i}"), epoch) for epoch in range(1, epochs + 1) for i in range(n)]


async def all_of(engine, work):
    try:
        return [finished async for finished in engine.work(work)]
    finally:
        await engine.close()


def made(engine, work):
    return asyncio.run(all_of(engine, work))


def text(request):
    return request.messages[-1].content


def test_every_job_is_made_once(engine_of):
    found = made(engine_of(text, concurrency=3), jobs(10))
    assert sorted(each.attempt.objective for each in found) == list(range(10))


def test_no_jobs_are_no_attempts(engine_of):
    assert made(engine_of(text), []) == []


def test_as_many_attempts_as_allowed_are_under_way_at_once(engine_of):
    under_way, most = 0, 0

    async def answer(request):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return "1"

    made(engine_of(answer, concurrency=4), jobs(20))
    assert most == 4


def test_jobs_are_drawn_only_as_they_can_be_made(engine_of):
    drawn = []

    def endless():
        for number in range(1_000_000):
            drawn.append(number)
            yield Job(Question(id=f"q{number}", text="1"))

    async def take_five():
        engine = engine_of(text, concurrency=2)
        async with aclosing(engine.work(endless())) as results:
            for _ in range(5):
                await anext(results)
        await engine.close()

    asyncio.run(take_five())
    assert len(drawn) <= 5 + 2 * 2 + 1


def test_what_breaks_in_one_attempt_is_its_own_outcome(engine_of):
    def answer(request):
        if text(request) == "1":
            raise ProviderError("HTTP 401 for key sk-abcdefgh12345678", kind="key")
        return text(request)

    outcomes = {each.job.question.id: each.attempt for each in made(engine_of(answer), jobs(3))}
    assert outcomes["q1"].outcome == "infrastructure_error"
    assert outcomes["q1"].message == "HTTP 401 for key [redacted]"
    assert outcomes["q2"].objective == 2


def test_a_defect_of_a_method_names_its_kind_and_place(engine_of, caplog):
    class Broken:
        name, prompts = "broken", ()

        async def attempt(self, question, bench):
            return 1 / 0

    caplog.set_level("INFO", "steepest")
    (found,) = made(engine_of(text, method=Broken()), jobs(1))
    assert re.fullmatch(r"ZeroDivisionError: division by zero \(test_local.py, line \d+\)", found.attempt.message)
    assert "the attempt at q0 broke down" in caplog.text


def test_giving_up_cancels_what_is_under_way(engine_of):
    cancelled = []

    async def answer(request):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(text(request))
            raise

    async def give_up():
        engine = engine_of(answer, concurrency=2)
        results = engine.work(jobs(5))
        first = asyncio.ensure_future(anext(results))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await results.aclose()
        await engine.close()

    asyncio.run(give_up())
    assert sorted(cancelled) == ["0", "1"]


@pytest.fixture
def kept(tmp_path):
    return dataclasses.replace(ORDER, cache=str(tmp_path / "replies.sqlite"))


def priced(request):
    usage = Usage(input_tokens=10, output_tokens=2)
    return ChatReply(text=text(request), model="m", provider="p", cost=Decimal("0.25"), usage=usage, seconds=3.0)


def test_what_was_paid_for_is_not_asked_again_and_comes_to_the_same_attempt(engine_of, kept):
    asked = []

    def answer(request):
        asked.append(text(request))
        return priced(request)

    first = made(engine_of(answer, kept, concurrency=1), jobs(3))
    second = made(engine_of(answer, kept, concurrency=1), jobs(3))
    assert asked == ["0", "1", "2"]
    assert [each.attempt.spent for each in second] == [each.attempt.spent for each in first]


def test_a_replayed_attempt_has_the_seconds_of_its_first_calls(engine_of, kept):
    made(engine_of(priced, kept), jobs(1))
    (again,) = made(engine_of(priced, kept), jobs(1))
    assert again.attempt.spent.seconds == 3.0
    assert again.attempt.seconds == pytest.approx(3.0, abs=0.5)


def test_epochs_are_asked_anew(engine_of, kept):
    asked = []

    def answer(request):
        asked.append(request.sample)
        return "1"

    made(engine_of(answer, kept), jobs(1, epochs=3))
    assert sorted(asked) == [0, 1, 2]


def test_a_reply_is_kept_before_the_attempt_goes_on(engine_of, kept):
    class Killed:
        name, prompts = "killed", ()

        async def attempt(self, question, bench):
            from tests.evals.engines.conftest import Asking

            await Asking().attempt(question, bench)
            raise KeyError("stands for a kill right after the reply")

    made(engine_of(priced, kept, method=Killed()), jobs(1))
    log = ReplyFile(kept.cache)
    assert log.paid().money == Decimal("0.25")
    log.close()


def test_replies_that_cannot_be_kept_end_the_work(engine_of, kept):
    engine = engine_of(priced, kept)

    def full(batch):
        raise RepliesError("the disk is full")

    engine._ledger.replies._writer._write = full
    with pytest.raises(RepliesError, match="the disk is full"):
        made(engine, jobs(3))


def test_money_spent_before_counts_against_the_budget(engine_of, kept):
    made(engine_of(priced, kept), jobs(2))
    order = dataclasses.replace(kept, max_tokens=12 * 2)
    found = made(engine_of(priced, order), jobs(3))
    assert [each.out_of_budget for each in sorted(found, key=lambda each: each.job.question.id)] == [False, False, True]


def test_a_budget_is_not_called_spent_while_calls_under_way_may_give_back(engine_of, kept):
    """Each call sets aside 50 tokens and more and takes 12: with eight at once, most have to wait for their turn."""
    order = dataclasses.replace(kept, max_tokens=200)
    found = made(engine_of(priced, order, concurrency=8), jobs(8))
    assert [each.out_of_budget for each in found] == [False] * 8


def test_a_limit_in_money_needs_a_price(kept):
    class Unpriced:
        name, structured = "unpriced", False

        async def complete(self, request):
            raise AssertionError("must not be asked")

    from tests.evals.engines.conftest import Asking

    order = dataclasses.replace(kept, max_cost=Decimal(1))
    (found,) = made(LocalEngine(order, model=Unpriced(), method=Asking()), jobs(1))
    assert found.out_of_budget
    assert "price of unpriced is not known" in found.attempt.message


def test_a_method_that_hides_the_spent_budget_is_still_found_out(engine_of, kept):
    class Hiding:
        name, prompts = "hiding", ()

        async def attempt(self, question, bench):
            from tests.evals.engines.conftest import Asking

            try:
                return await Asking().attempt(question, bench)
            except BudgetExceeded:
                return Attempt(outcome="not_formulated")

    (found,) = made(engine_of(priced, dataclasses.replace(kept, max_tokens=1), method=Hiding()), jobs(1))
    assert found.out_of_budget


def test_no_attempt_at_once_is_refused():
    with pytest.raises(InputError, match="not 0"):
        LocalEngine(ORDER, concurrency=0)


def test_an_unknown_model_is_told_before_any_work():
    with pytest.raises(InputError, match="There is no model"):
        LocalEngine(WorkOrder(method="direct", model="nobody"))


def test_scripts_and_solves_get_one_thread_and_the_time_limit(engine_of):
    benches = []

    class Looking:
        name, prompts = "looking", ()

        async def attempt(self, question, bench):
            benches.append((bench.options.threads, bench.options.time_limit, bench.options.seed, bench.epoch))
            return Attempt(outcome="answered", objective=1)

    order = dataclasses.replace(ORDER, solver_seconds=7, seed=5)
    made(engine_of(text, order, method=Looking()), jobs(1, epochs=2))
    assert sorted(benches) == [(1, 7, 5, 1), (1, 7, 5, 2)]


def test_two_problems_of_one_text_pay_for_one_reply(engine_of, kept):
    asked = []

    async def answer(request):
        asked.append(text(request))
        await asyncio.sleep(0.01)
        return str(len(asked))

    work = [Job(Question(id=f"q{i}", text="1")) for i in range(6)]
    found = made(engine_of(answer, kept, concurrency=6), work)
    assert asked == ["1"]
    assert {each.attempt.objective for each in found} == {1}


def test_a_failed_request_is_made_by_the_next_who_waits_for_it(engine_of, kept):
    asked = []

    async def answer(request):
        asked.append(text(request))
        await asyncio.sleep(0.01)
        if len(asked) == 1:
            raise ProviderError("down", kind="server")
        return "1"

    work = [Job(Question(id=f"q{i}", text="1")) for i in range(3)]
    found = made(engine_of(answer, kept, concurrency=3), work)
    assert sorted(each.attempt.outcome for each in found) == ["answered", "answered", "infrastructure_error"]
    assert len(asked) == 2
