"""A model whose replies belong to a run: found again, or asked and kept before anybody sees them."""

import asyncio
import threading
from decimal import Decimal

import pytest

from steepest.agents.llm import Budget, Budgeted, ChatMessage, ChatReply, ChatRequest, FunctionModel, Usage
from steepest.agents.llm.errors import ProviderError
from steepest.agents.llm.kept_replies import KeptModel, Paid, RepliesError, ReplyFile


def request(text="How many?", sample=0):
    return ChatRequest(messages=(ChatMessage(role="user", content=text),), sample=sample)


class Counting:
    """A model that counts, takes a moment, and is paid."""

    def __init__(self, fails=0):
        self.asked = 0
        self.fails = fails
        self._lock = threading.Lock()

    async def answer(self, request):
        with self._lock:
            self.asked += 1
            if self.asked <= self.fails:
                raise ProviderError("not now", kind="server")
            number = self.asked
        await asyncio.sleep(0.02)
        usage = Usage(input_tokens=10, output_tokens=5)
        return ChatReply(text=f"answer {number}", usage=usage, cost=Decimal("0.25"), model="m", provider="p")


@pytest.fixture
def replies(tmp_path):
    opened = ReplyFile(tmp_path / "replies.sqlite")
    yield opened
    opened.close()


def kept(counting, replies, budget=None):
    model = FunctionModel(counting.answer)
    return KeptModel(Budgeted(model, budget) if budget is not None else model, replies)


def test_a_request_is_asked_once_and_found_as_it_was_first_answered(replies):
    counting = Counting()
    first = asyncio.run(kept(counting, replies).complete(request()))
    again = asyncio.run(kept(counting, replies).complete(request()))
    assert again == first
    assert again.cost == Decimal("0.25")
    assert counting.asked == 1


def test_another_sample_is_another_request(replies):
    counting = Counting()
    model = kept(counting, replies)
    texts = [asyncio.run(model.complete(request(sample=sample))).text for sample in (0, 1, 0)]
    assert texts == ["answer 1", "answer 2", "answer 1"]


def test_what_is_found_is_not_charged_again(replies):
    counting, budget = Counting(), Budget(tokens=100_000)
    model = kept(counting, replies, budget)
    for _ in range(3):
        asyncio.run(model.complete(request()))
    assert (budget.spent_money, budget.spent_tokens) == (Decimal("0.25"), 15)
    assert model.totals() == Paid(Decimal("0.25"), 15)


def test_a_run_that_goes_on_begins_where_it_was(tmp_path):
    counting = Counting()
    for expected in (1, 2, 3):
        replies = ReplyFile(tmp_path / "replies.sqlite")
        model = kept(counting, replies)
        for sample in range(expected):
            asyncio.run(model.complete(request(sample=sample)))
        assert model.totals() == Paid(expected * Decimal("0.25"), 15 * expected)
        replies.close()
    assert counting.asked == 3


def test_the_same_request_at_once_is_asked_once_also_from_several_threads(replies):
    counting = Counting()
    model = kept(counting, replies)
    texts = []

    def ask():
        async def both():
            return await asyncio.gather(model.complete(request()), model.complete(request()))

        texts.extend(each.text for each in asyncio.run(both()))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=10)
    assert texts == ["answer 1"] * 8
    assert counting.asked == 1


def test_who_waits_for_a_request_that_fails_asks_for_itself(replies):
    counting = Counting(fails=1)
    model = kept(counting, replies)

    async def both():
        return await asyncio.gather(model.complete(request()), model.complete(request()), return_exceptions=True)

    failed, answered = asyncio.run(both())
    assert isinstance(failed, ProviderError)
    assert answered.text == "answer 2"


def test_a_reply_that_is_paid_for_is_kept_though_whoever_asked_has_gone(replies):
    counting = Counting()
    keep = replies.keep
    begun = threading.Event()

    def slowly(key, reply):
        begun.set()
        return keep(key, reply)

    replies.keep = slowly
    model = kept(counting, replies)

    async def leave():
        asked = asyncio.create_task(model.complete(request()))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)

    asyncio.run(leave())
    assert asyncio.run(model.complete(request())).text == "answer 1"
    assert counting.asked == 1


def test_replies_that_cannot_be_kept_are_an_error_before_the_reply_is_used(replies):
    model = kept(Counting(), replies)
    with replies._database:
        replies._database.execute("DROP TABLE replies")
    with pytest.raises(RepliesError, match="What was recorded so far is whole"):
        asyncio.run(model.complete(request()))
