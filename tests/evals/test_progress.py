import random

import pytest

from steepest.evals.engines.protocol import Job
from steepest.evals.problems import Question
from steepest.evals.progress import AttemptStarted, Progress, RunStarted, SampleFinished, Stopping, Tally
from steepest.evals.samples import Sample, Verdict
from tests.evals.runs_for_tests import sample


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def paid(number: int, verdict: Verdict = "correct", *, tokens: int | None = 600, cost: str | None = "0.01") -> Sample:
    spent = {"calls": 1, "input_tokens": tokens, "output_tokens": tokens and 0, "cost": cost}
    return sample(f"kiosks/{number}", verdict, spent=spent)


def begun(total: int, **recorded: int) -> tuple[Progress, Clock]:
    clock = Clock()
    progress = Progress(clock)
    progress.receive(RunStarted(total, recorded))  # type: ignore[arg-type]
    return progress, clock


def test_right_wrong_and_failures_of_the_infrastructure_are_counted_apart() -> None:
    tally = Tally()
    for verdict in ("correct", "wrong_value", "llm_error", "infrastructure_error"):
        tally.add(paid(1, verdict))  # type: ignore[arg-type]
    assert (tally.samples, tally.correct, tally.wrong, tally.infrastructure_errors) == (4, 1, 2, 1)


def test_what_has_no_price_is_counted_and_adds_no_money() -> None:
    tally = Tally()
    tally.add(paid(1))
    tally.add(paid(2, cost=None, tokens=None))
    assert (str(tally.cost), tally.unpriced, tally.tokens, tally.uncounted) == ("0.01", 1, 600, 1)


def test_a_run_that_goes_on_begins_with_what_it_has() -> None:
    progress, _ = begun(10, correct=3, wrong_value=1)
    assert (progress.done, progress.tally.correct, progress.tally.measured) == (4, 3, 0)


def test_attempts_are_under_way_until_their_sample_is_kept() -> None:
    progress, clock = begun(2)
    progress.receive(AttemptStarted(Job(Question(id="kiosks/1", text="?"))))
    clock.now += 3
    progress.receive(AttemptStarted(Job(Question(id="kiosks/2", text="?"))))
    clock.now += 1
    assert [(key.id, seconds) for key, seconds in progress.longest_under_way] == [("kiosks/1", 4), ("kiosks/2", 1)]
    progress.receive(SampleFinished(paid(1)))
    assert [key.id for key, _ in progress.longest_under_way] == ["kiosks/2"]


def test_tokens_a_minute_are_those_of_the_last_five_minutes() -> None:
    progress, clock = begun(9)
    assert progress.tokens_per_minute is None
    clock.now += 120
    progress.receive(SampleFinished(paid(1)))
    assert progress.tokens_per_minute == pytest.approx(300)
    clock.now += 240
    progress.receive(SampleFinished(paid(2)))
    assert progress.tokens_per_minute == pytest.approx(2 * 600 / 5)
    clock.now += 120
    assert progress.tokens_per_minute == pytest.approx(600 / 5)


def test_the_time_left_is_told_after_five_samples_and_not_before() -> None:
    progress, clock = begun(20)
    for number in range(5):
        assert progress.time_left() is None
        clock.now += 2
        progress.receive(SampleFinished(paid(number)))
    left = progress.time_left()
    assert left is not None
    assert (left.low, left.expected, left.high) == (30, 30, 30)


def test_the_range_of_the_time_left_holds_in_nine_of_ten_runs() -> None:
    held = [_holds(random.Random(seed)) for seed in range(300)]
    assert 0.85 <= sum(held) / len(held) <= 0.96


def _holds(chance: random.Random) -> bool:
    progress, clock = begun(100)
    gaps = [chance.uniform(0, 10) for _ in range(100)]
    for number, gap in enumerate(gaps[:40]):
        clock.now += gap
        progress.receive(SampleFinished(paid(number)))
    left = progress.time_left()
    return left is not None and left.low <= sum(gaps[40:]) <= left.high


def test_a_complete_run_has_no_time_left() -> None:
    progress, clock = begun(6)
    for number in range(6):
        clock.now += 1
        progress.receive(SampleFinished(paid(number)))
    assert progress.time_left() is None


def test_why_a_run_stops_is_kept() -> None:
    progress, _ = begun(6)
    progress.receive(Stopping("budget", "The budget is spent."))
    assert progress.stopping == Stopping("budget", "The budget is spent.")
