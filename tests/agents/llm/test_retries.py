"""The retry flow is run by hand here: no clock, no network, no waiting."""

from datetime import UTC, datetime

import pytest

from steepest.agents.llm import FunctionModel, ProviderError, Retrying, RetryPolicy, complete_sync
from steepest.agents.llm.endpoints import parse_retry_after
from steepest.agents.llm.retries import Call, Wait, retry_flow
from steepest.errors import InputError


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def steps(policy, outcomes, *, draw=1.0, call_seconds=0.0):
    """Run the flow on given outcomes; return its steps, and its reply or its error."""
    clock = Clock()
    flow = retry_flow(policy, clock, lambda: draw)
    outcomes = iter(outcomes)
    seen = [next(flow)]
    try:
        while True:
            if isinstance(seen[-1], Wait):
                clock.now += seen[-1].seconds
                seen.append(flow.send(None))
            else:
                clock.now += call_seconds
                seen.append(flow.send(next(outcomes)))
    except StopIteration as end:
        return seen, end.value
    except ProviderError as error:
        return seen, error


def failed(kind="server", **fields):
    return ProviderError("It failed.", kind=kind, **fields)


def test_a_success_is_one_call(reply_of):
    seen, reply = steps(RetryPolicy(), [reply_of()], call_seconds=2)
    assert seen == [Call(1, 900.0)]
    assert (reply.attempts, reply.seconds) == (1, 2)


def test_waits_double_up_to_the_longest(reply_of):
    policy = RetryPolicy(attempts=6, first_wait=1, longest_wait=5)
    seen, reply = steps(policy, [failed()] * 5 + [reply_of()])
    assert [step.seconds for step in seen if isinstance(step, Wait)] == [1, 2, 4, 5, 5]
    assert reply.attempts == 6


def test_jitter_draws_from_zero_to_the_ceiling(reply_of):
    seen, _ = steps(RetryPolicy(first_wait=8), [failed(), reply_of()], draw=0.25)
    assert seen[1].seconds == 2


def test_the_server_s_wait_comes_first(reply_of):
    seen, _ = steps(RetryPolicy(), [failed("rate limit", retry_after=17.0), reply_of()])
    assert seen[1].seconds == 17


@pytest.mark.parametrize("kind", ["key", "not found", "request", "quota"])
def test_what_a_person_must_mend_is_not_tried_again(kind):
    error = failed(kind)
    seen, raised = steps(RetryPolicy(), [error])
    assert raised is error
    assert len(seen) == 1


def test_the_last_attempt_s_error_says_how_many_there_were():
    seen, error = steps(RetryPolicy(attempts=3), [failed()] * 3)
    assert "It failed." in str(error)
    assert "3 calls" in str(error)
    assert sum(isinstance(step, Call) for step in seen) == 3


def test_a_dead_endpoint_is_given_up_sooner():
    seen, _ = steps(RetryPolicy(network_attempts=2), [failed("network")] * 9)
    assert sum(isinstance(step, Call) for step in seen) == 2


def test_a_wait_past_the_deadline_is_not_begun():
    seen, error = steps(RetryPolicy(deadline=60), [failed("rate limit", retry_after=3600.0)])
    assert len(seen) == 1
    assert "deadline" in str(error)
    assert error.retry_after == 3600


def test_calls_get_only_the_time_that_is_left(reply_of):
    policy = RetryPolicy(deadline=100, first_wait=10)
    seen, _ = steps(policy, [failed(), reply_of()], call_seconds=30)
    assert [step.seconds for step in seen if isinstance(step, Call)] == [100, 60]


def test_a_policy_without_attempts_is_refused():
    with pytest.raises(InputError, match="at least one attempt"):
        RetryPolicy(attempts=0)


def test_the_driver_calls_waits_and_calls_again(ask):
    outcomes = [failed("overloaded"), failed("malformed"), "Hello"]
    waits = []

    def answer(request):
        outcome = outcomes.pop(0)
        if isinstance(outcome, ProviderError):
            raise outcome
        return outcome

    async def sleep(seconds):
        waits.append(seconds)

    model = Retrying(FunctionModel(answer), RetryPolicy(first_wait=3), sleep=sleep, draw=lambda: 1.0)
    reply = complete_sync(model, ask())
    assert (reply.text, reply.attempts, waits) == ("Hello", 3, [3, 6])


def test_a_call_that_outlasts_the_deadline_is_a_timeout(ask):
    import asyncio

    async def never(request):
        await asyncio.Event().wait()
        return ""

    with pytest.raises(ProviderError, match="deadline"):
        complete_sync(Retrying(FunctionModel(never), RetryPolicy(deadline=0.02)), ask())


def test_errors_of_our_own_pass_through(ask):
    def broken(request):
        raise KeyError("a defect of the caller's function")

    with pytest.raises(KeyError):
        complete_sync(Retrying(FunctionModel(broken), RetryPolicy()), ask())


NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(headers, seconds):
    assert parse_retry_after(headers, NOW) == seconds


def test_a_server_that_recovers_is_asked_until_it_answers(wire, server, monkeypatch, ask, answer):
    server.plays(answer(429, headers={"retry-after": "2"}), answer(500), wire.answer("Hello"))
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    connected = wire.connect(server.url, monkeypatch)
    reply = complete_sync(Retrying(connected, RetryPolicy(), sleep=sleep, draw=lambda: 0.5), ask())
    assert (reply.text, reply.attempts, waits) == ("Hello", 3, [2, 1])
    assert len(server.asked) == 3
