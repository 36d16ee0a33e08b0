import threading
from decimal import Decimal

import pytest

from steepest.agents.llm import Cached, FunctionModel, ReplyCache, Usage, complete_sync
from steepest.errors import InputError


@pytest.fixture
def cache(tmp_path):
    return ReplyCache(tmp_path / "replies.db")


def counting(text="Hello", **fields):
    """A model that counts its calls."""
    calls = []

    def answer(request):
        calls.append(request)
        return fields.get("reply", text)

    model = FunctionModel(answer)
    return model, calls


def test_the_same_question_is_asked_once(cache, ask):
    model, calls = counting()
    first = complete_sync(Cached(model, cache), ask())
    second = complete_sync(Cached(model, cache), ask())
    assert len(calls) == 1
    assert (first.text, first.cached) == ("Hello", False)
    assert (second.text, second.cached) == ("Hello", True)


def test_a_cached_reply_costs_nothing_and_keeps_its_usage(cache, ask, reply_of):
    usage = Usage(input_tokens=10, output_tokens=2)
    model, _ = counting(reply=reply_of(cost=Decimal("0.5"), usage=usage))
    complete_sync(Cached(model, cache), ask())
    again = complete_sync(Cached(model, cache), ask())
    assert (again.cost, again.usage) == (Decimal(0), usage)


@pytest.mark.parametrize("stop", ["refusal", "length", "context", "other"])
def test_replies_that_did_not_end_are_not_kept(cache, ask, reply_of, stop):
    model, calls = counting(reply=reply_of(stop=stop))
    complete_sync(Cached(model, cache), ask())
    complete_sync(Cached(model, cache), ask())
    assert len(calls) == 2


def test_an_empty_reply_is_not_kept(cache, ask):
    model, calls = counting("")
    complete_sync(Cached(model, cache), ask())
    complete_sync(Cached(model, cache), ask())
    assert len(calls) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"sample": 1},
        {"system": "Be brief."},
        {"max_tokens": 9},
        {"effort": "low"},
        {"temperature": 0.5},
        {"output_schema": {"type": "object"}},
    ],
)
def test_a_request_that_differs_is_another(cache, ask, change):
    model, calls = counting()
    complete_sync(Cached(model, cache), ask())
    complete_sync(Cached(model, cache), ask(**change))
    assert len(calls) == 2


def test_models_do_not_share_replies(cache, ask, reply_of):
    cache.keep("one", ask(), reply_of())
    assert cache.find("two", ask()) is None


def test_another_process_finds_what_was_kept(cache, ask, reply_of):
    cache.keep("m", ask(), reply_of("Kept"))
    assert ReplyCache(cache.path).find("m", ask()).text == "Kept"


def test_threads_write_at_once(cache, ask, reply_of):
    def keep(number):
        for sample in range(10):
            cache.keep("m", ask(sample=100 * number + sample), reply_of(f"{number}"))

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [cache.find("m", ask(sample=100 * n + s)) for n in range(4) for s in range(10)]
    assert all(found)


def test_the_prompt_is_not_stored(cache, ask, reply_of):
    cache.keep("m", ask("a trade secret of the bakery"), reply_of())
    stored = b"".join(path.read_bytes() for path in cache.path.parent.iterdir())
    assert b"trade secret" not in stored


def test_a_file_that_is_no_database_is_told(tmp_path):
    path = tmp_path / "replies.db"
    path.write_text("This is a shopping list, not a database." * 50)
    with pytest.raises(InputError, match=r"replies\.db"):
        ReplyCache(path)
