"""The batch runner: what is done, what is left, and how a run ends."""

import asyncio
import dataclasses
import os
import signal
from collections import Counter

import pytest

from steepest.agents.llm import ChatReply, FunctionModel, ProviderError, Usage
from steepest.errors import InputError
from steepest.evals.engines.local import LocalEngine
from steepest.evals.progress import AttemptStarted, RunStarted, SampleFinished, Stopping
from steepest.evals.runner import run_batch
from steepest.evals.specification import Selection
from steepest.evals.stores.folder import FolderRun, FolderWriter
from tests.evals.engines.conftest import ORDER, Asking
from tests.evals.stores.bakeries import bakeries, specification


def grade(problem, attempt):
    if attempt.outcome == "infrastructure_error":
        return "infrastructure_error", ()
    return ("correct" if attempt.objective == problem.answer else "wrong_value"), ()


def right(request):
    return str(2 * int(request.messages[-1].content.split()[3]))


class Events(list):
    """What a listener was told."""

    def of(self, kind):
        return [event for event in self if isinstance(event, kind)]


@pytest.fixture
def run(tmp_path):
    """Starts or continues the run in a folder: `run(answer, n, ...)` gives its end and the events."""

    def run(answer=right, n=4, *, asked=None, epochs=1, concurrency=2, order=ORDER, grade=grade, **options):
        return asyncio.run(started(answer, n, asked, epochs, concurrency, order, grade, options))

    async def started(answer, n, asked, epochs, concurrency, order, grade, options):
        store = FolderWriter(tmp_path / "run", specification(selection=Selection(epochs=epochs)), bakeries(n))
        order = dataclasses.replace(order, cache=store.replies)
        engine = LocalEngine(order, model=FunctionModel(answer), method=Asking(), concurrency=concurrency)
        events = Events()
        try:
            problems = bakeries(n) if asked is None else asked
            end = await run_batch(
                problems, store, engine, grade=grade, epochs=epochs, on_event=events.append, **options
            )
            return end, events
        finally:
            await engine.close()
            store.close()

    return run


@pytest.fixture
def recorded(tmp_path):
    return lambda: {sample.key: sample.verdict for sample in FolderRun(tmp_path / "run").samples()}


def test_every_problem_is_asked_graded_and_recorded(run, recorded):
    end, _ = run()
    assert (end.reason, end.total, end.done, end.made, end.failed) == ("done", 4, 4, 4, 0)
    assert recorded() == {(f"bakery/{i}", 1): "correct" for i in range(4)}


def test_a_second_start_has_nothing_to_do_and_asks_nothing(run):
    run()
    end, events = run(answer=None)
    assert (end.reason, end.done, end.made) == ("done", 4, 0)
    assert events == [RunStarted(4, Counter(correct=4))]


def test_a_larger_selection_asks_only_what_is_new(run):
    run(n=2)
    _, events = run(n=4)
    assert [event.job.question.id for event in events.of(AttemptStarted)] == ["bakery/2", "bakery/3"]


def test_more_epochs_ask_only_what_is_new(run, recorded):
    run()
    end, _ = run(epochs=3)
    assert (end.made, len(recorded())) == (8, 12)


def test_epochs_go_over_all_problems_before_the_next_one(run):
    _, events = run(n=3, epochs=2, concurrency=1)
    assert [event.job.epoch for event in events.of(AttemptStarted)] == [1, 1, 1, 2, 2, 2]


def test_a_part_of_the_problems_can_be_asked(run, recorded):
    end, _ = run(asked=bakeries(4)[1:2])
    assert (end.total, end.done, list(recorded())) == (1, 1, [("bakery/1", 1)])


def failing_for(*numbers):
    def answer(request):
        if int(request.messages[-1].content.split()[3]) in numbers:
            raise ProviderError("no route to the server", kind="network")
        return right(request)

    return answer


def test_a_failure_of_the_infrastructure_is_recorded_and_tried_again(run, recorded):
    end, _ = run(failing_for(1, 2))
    assert (end.done, end.made, end.failed) == (2, 4, 2)
    assert recorded()["bakery/1", 1] == "infrastructure_error"
    end, events = run()
    assert (end.done, end.made, end.failed) == (4, 2, 0)
    assert events.of(RunStarted) == [RunStarted(4, Counter(correct=2))]
    assert recorded()["bakery/1", 1] == "correct"


def test_an_end_with_failures_says_how_to_go_on(run):
    end, _ = run(failing_for(1))
    assert (end.reason, end.message) == (
        "errors",
        "3 of 4 attempts have a verdict: give the same command again to go on.",
    )


def test_too_many_failures_in_a_row_stop_the_run(run):
    end, events = run(failing_for(*range(100)), n=100, max_errors=5)
    assert end.reason == "errors"
    assert 5 <= end.failed <= 5 + 2 * 2 + 8  # under way, and done but not yet recorded
    assert "attempts in a row failed, the last one so: no route to the server" in end.message
    assert [event.reason for event in events.of(Stopping)] == ["errors"]


def test_failures_that_are_not_in_a_row_do_not_stop_the_run(run):
    end, _ = run(failing_for(*range(0, 40, 2)), n=40, concurrency=1, max_errors=2)
    assert (end.reason, end.failed) == ("errors", 20)


def test_no_limit_on_failures(run):
    end, _ = run(failing_for(*range(40)), n=40, max_errors=None)
    assert (end.reason, end.failed) == ("errors", 40)


def counted(request):
    usage = Usage(input_tokens=10, output_tokens=2)
    return ChatReply(text=right(request), model="m", provider="p", usage=usage)


def test_a_spent_budget_stops_the_run_cleanly(run, recorded):
    order = dataclasses.replace(ORDER, max_tokens=200)
    end, events = run(counted, n=40, order=order)
    assert end.reason == "budget"
    assert end.failed == 0
    assert 5 < end.done == len(recorded()) < 40
    assert end.message.startswith("Budget: ")
    assert "of 40 attempts have a verdict: give the same command again to go on." in end.message
    assert len(events.of(Stopping)) == 1


def test_a_larger_budget_goes_on_where_the_smaller_one_stopped(run):
    first, _ = run(counted, n=20, order=dataclasses.replace(ORDER, max_tokens=200))
    end, _ = run(counted, n=20, order=dataclasses.replace(ORDER, max_tokens=2000))
    assert (end.reason, end.done, end.made) == ("done", 20, 20 - first.made)


def sending(number, after, then):
    """Answers like `then`, and sends this process a signal with the `after`-th question."""
    asked = []

    def answer(request):
        asked.append(request)
        if len(asked) == after:
            os.kill(os.getpid(), number)
        return then(request)

    return answer


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_the_run_after_what_is_under_way(run, recorded, number):
    async def slowly(request):
        await asyncio.sleep(0.05)
        return right(request)

    end, events = run(sending(number, 3, slowly), n=40)
    assert end.reason == "interrupted"
    assert len(events.of(AttemptStarted)) == len(recorded()) == end.done < 10
    assert (
        end.message == f"Interrupted. {end.done} of 40 attempts have a verdict: give the same command again to go on."
    )


def test_what_takes_too_long_after_an_interruption_is_given_up(run, recorded):
    async def forever(request):
        await asyncio.sleep(600)

    end, _ = run(sending(signal.SIGINT, 2, forever), grace=0.1)
    assert (end.reason, end.made, recorded()) == ("interrupted", 0, {})


def test_a_second_interruption_waits_for_nothing(run):
    async def again_and_forever(request):
        await asyncio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(600)

    end, _ = run(sending(signal.SIGINT, 1, again_and_forever), concurrency=1, grace=600)
    assert (end.reason, end.made) == ("interrupted", 0)


def test_signals_are_handled_as_before_once_the_run_has_ended(run):
    before = signal.getsignal(signal.SIGINT)
    run()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_store_that_cannot_be_written_ends_the_run_with_its_error(run, recorded, monkeypatch):
    whole = FolderWriter.append

    def full(store, sample):
        if sample.id == "bakery/2":
            raise InputError("the disk is full")
        whole(store, sample)

    monkeypatch.setattr(FolderWriter, "append", full)
    with pytest.raises(InputError, match="the disk is full"):
        run(n=40)
    monkeypatch.undo()
    end, _ = run(n=40)
    assert (end.reason, len(recorded())) == ("done", 40)


def test_an_attempt_is_told_before_its_sample(run):
    _, events = run(n=2, concurrency=1)
    assert isinstance(events[0], RunStarted)
    for number in range(2):
        begun = next(i for i, each in enumerate(events) if _is_about(each, AttemptStarted, number))
        ended = next(i for i, each in enumerate(events) if _is_about(each, SampleFinished, number))
        assert begun < ended


def _is_about(event, kind, number):
    if not isinstance(event, kind):
        return False
    return (event.job.question.id if kind is AttemptStarted else event.sample.id) == f"bakery/{number}"


def test_a_defect_of_the_grader_is_not_hidden(run):
    def broken(problem, attempt):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(grade=broken)


def test_an_interruption_after_the_last_attempt_changes_nothing(run):
    end, _ = run(sending(signal.SIGINT, 4, right), concurrency=1)
    assert (end.reason, end.done) == ("done", 4)


@pytest.mark.parametrize("kind", ["key", "quota", "not found", "request"])
def test_a_model_that_cannot_be_asked_stops_the_run_at_once_with_the_providers_words(run, recorded, kind):
    def refuse(request):
        raise ProviderError("set the key", kind=kind)

    end, events = run(refuse, 40, concurrency=2)
    assert (end.reason, end.done) == ("errors", 0)
    assert end.message.startswith("The model can't be asked as things are: set the key.")
    assert end.made == len(recorded()) <= 4
    assert len(events.of(Stopping)) == 1


def test_a_request_that_is_refused_for_its_text_alone_does_not_stop_the_run(run):
    def refuse_one(request):
        if " 5 " in request.messages[-1].content:
            raise ProviderError("that text", kind="request")
        return right(request)

    end, _ = run(refuse_one, 12, concurrency=1)
    assert (end.reason, end.done, end.failed) == ("errors", 11, 1)


def test_a_key_that_is_taken_away_in_the_middle_stops_the_run_and_loses_nothing(run, recorded):
    asked = []

    def answer(request):
        asked.append(request)
        if len(asked) > 5:
            raise ProviderError("set the key", kind="key")
        return right(request)

    end, _ = run(answer, 20, concurrency=1)
    assert (end.reason, end.done) == ("errors", 5)
    end, _ = run(right, 20)
    assert (end.reason, end.done, end.made) == ("done", 20, 15)
