"""What the supervisor makes of its clocks around the calls of a job."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.solvers.sandbox.decoding import UnreadableError
from steepest.solvers.sandbox.timing import CallFailedError, Reading, clocks_of, time_calls, timing_report

FAILURE = {"kind": "exception", "message": "ValueError: no", "traceback": "", "line": 1}


CALL = b'{"args": [], "kwargs": {}}'


class Clockwork:
    """A job and its clocks: an empty call takes 1, the first call 101 and each further one as long as it is told."""

    def __init__(self, costs: list[float], *, value: Any = 42, instructions: bool = True) -> None:
        self.pid, self.counter = 0, None
        self.asked = b""
        self.now = 0.0
        self.instructions = instructions
        self._costs: Iterator[float] = iter([101.0, *costs])
        self._lines = [b"ready"]
        self._value = value

    def send(self, data: bytes) -> None:
        self.asked += data
        match data:
            case b"p":
                self.now += 1000.0  # preparations cost whatever they cost
            case b"e":
                self.now += 1.0
            case b"c":
                self.now += next(self._costs)
        self._lines.append(json.dumps({"returned": self._value}).encode() if data == b"v" else b"")

    def read_line(self) -> bytes:
        return self._lines.pop(0)

    def is_ahead(self) -> bool:
        return bool(self._lines)

    def clocks(self) -> Reading:
        return Reading(2 * self.now, self.now, int(self.now * 10) if self.instructions else None)


def test_the_cost_of_an_empty_call_is_taken_off_and_preparation_does_not_count() -> None:
    job = Clockwork([11, 21, 31])
    report = timing_report(time_calls(job, CALL, 3, job.clocks), job.now)
    assert report.cpu_seconds == (10, 20, 30)
    assert report.wall_seconds == (20, 40, 60)
    assert report.instructions == (100, 200, 300)
    assert (report.first_seconds, report.overhead_seconds) == (100, 1)
    assert (report.estimate, report.interval) == (20, (10, 30))
    assert report.value == 42


def test_what_is_used_outside_of_the_calls_is_told_up_to_the_end_of_the_process() -> None:
    job = Clockwork([11, 21])
    report = timing_report(time_calls(job, CALL, 2, job.clocks), job.now + 500)
    assert report.unmeasured_seconds == 12 * 1000 + 9 * 1 + 500


def test_an_answer_before_its_question_is_forged() -> None:
    job = Clockwork([11, 21])
    job.send(b"e")
    with pytest.raises(UnreadableError):
        time_calls(job, CALL, 2, job.clocks)


def test_the_first_call_is_no_repeat_and_the_value_comes_last() -> None:
    job = Clockwork([2, 2])
    time_calls(job, CALL, 2, job.clocks)
    assert job.asked == b"a" + CALL + b"\n" + b"pe" * 9 + b"pc" * 3 + b"v"


def test_a_call_cheaper_than_an_empty_one_costs_nothing_rather_than_less() -> None:
    job = Clockwork([0.5, 0.25])
    report = timing_report(time_calls(job, CALL, 2, job.clocks), job.now)
    assert report.cpu_seconds == (0, 0)
    assert report.instructions == (0, 0)


def test_without_a_counter_there_are_no_instructions() -> None:
    job = Clockwork([2], instructions=False)
    assert timing_report(time_calls(job, CALL, 1, job.clocks), job.now).instructions is None


class Scripted:
    """A job that says what it is told to."""

    def __init__(self, *lines: bytes) -> None:
        self.pid, self.counter = 0, None
        self._lines = list(lines)

    def send(self, data: bytes) -> None:
        pass

    def read_line(self) -> bytes:
        return self._lines.pop(0)

    def is_ahead(self) -> bool:
        return False


def still() -> Reading:
    return Reading(0, 0, None)


@pytest.mark.parametrize(
    "lines",
    [
        [json.dumps({"failure": FAILURE}).encode()],
        [b"ready", b"", json.dumps({"raised": FAILURE}).encode()],
        [b"ready", *[b""] * 23, json.dumps({"raised": FAILURE}).encode()],
    ],
    ids=["load", "call", "value"],
)
def test_a_failure_at_any_step_is_handed_on(lines: list[bytes]) -> None:
    with pytest.raises(CallFailedError) as caught:
        time_calls(Scripted(*lines), CALL, 1, still)
    assert caught.value.failure.message == "ValueError: no"


@pytest.mark.parametrize(
    "lines",
    [
        [b"steady"],
        [b"{}"],
        [b"[1]"],
        [b"ready", b"what?"],
        [b"ready", b'{"returned": 1}'],
        [b"ready", *[b""] * 23, b""],
        [b"ready", *[b""] * 23, b'{"value": 1}'],
    ],
)
def test_an_answer_that_is_none_of_the_protocol_is_not_believed(lines: list[bytes]) -> None:
    with pytest.raises(UnreadableError):
        time_calls(Scripted(*lines), CALL, 1, still)


@pytest.mark.parametrize("repeats", [0, -1, 2001])
def test_so_many_repeats_are_refused(repeats: int) -> None:
    with pytest.raises(InputError, match="1 to 2000 times"):
        time_calls(Scripted(), CALL, repeats, still)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process read another's clock")
def test_the_clock_of_a_process_shows_what_it_works_and_not_what_it_waits() -> None:
    import subprocess

    work = (
        "import sys, time\nsys.stdin.readline()\nend = time.process_time() + 0.2\n"
        "while time.process_time() < end: pass\nprint('done', flush=True)\nsys.stdin.readline()"
    )
    with subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        job = Scripted()
        job.pid = process.pid
        clocks = clocks_of(job)
        time.sleep(0.2)
        before = clocks()
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.stdout.readline()
        after = clocks()
        process.stdin.close()
    assert 0.19 < after.cpu_seconds - before.cpu_seconds < 0.6
    assert after.wall_seconds > before.wall_seconds
