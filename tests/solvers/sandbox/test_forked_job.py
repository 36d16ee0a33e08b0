"""One job of a fork server, let go of at the worst moments."""

import time
from collections.abc import Iterator

import pytest

from steepest.solvers.sandbox import Limits
from steepest.solvers.sandbox.flavours import FUNCTIONS
from steepest.solvers.sandbox.fork_server import ForkServer, start_server
from steepest.solvers.sandbox.forked_job import ForkedJob
from steepest.solvers.sandbox.inside.channel import framed
from steepest.solvers.sandbox.running_job import Cancellation, JobCancelledError, resource_caps

CAPS = resource_caps(Limits())
CALL = b'{"source": "def f(): return 7", "calls": [{"args": [], "kwargs": {}}]}'
REQUEST = framed({"function": "f", "screening": True}, CALL)


@pytest.fixture(scope="module")
def server(isolated: None) -> Iterator[ForkServer]:
    server = start_server(FUNCTIONS, None)
    yield server
    server.close()


def answer(server: ForkServer) -> bytes:
    with ForkedJob(server, "function", CAPS) as job:
        job.send(REQUEST)
        return job.end().result


@pytest.mark.parametrize("seconds", [0.0, 0.002, 0.01, 0.05, 0.1])
def test_letting_go_of_a_job_that_was_not_listened_to_harms_no_other(server: ForkServer, seconds: float) -> None:
    for _ in range(10):
        job = ForkedJob(server, "function", CAPS)
        time.sleep(seconds)
        job.__exit__()
    assert answer(server) == b'{"returned": 7}\n'
    assert server.is_alive


def test_a_job_that_is_cancelled_before_it_starts_does_not_run(server: ForkServer) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(JobCancelledError), ForkedJob(server, "function", CAPS, cancellation) as job:
        job.end()
    assert answer(server) == b'{"returned": 7}\n'


def test_lines_are_read_as_they_come(server: ForkServer) -> None:
    with ForkedJob(server, "function", CAPS) as job:
        assert not job.is_ahead()
        job.send(REQUEST)
        assert job.read_line() == b'{"returned": 7}'
        assert job.end().exit_code == 0
