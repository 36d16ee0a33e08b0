"""Threads that no exit waits for."""

import subprocess
import sys
import threading
import time

import pytest

from steepest.agents.spread.daemon_threads import DaemonThreads
from steepest.errors import InputError


@pytest.fixture
def threads():
    opened = DaemonThreads(3, "test")
    yield opened
    opened.close()


def test_what_functions_return_and_raise_is_in_their_futures(threads):
    assert [each.result(5) for each in [threads.submit(lambda n=n: n * n) for n in range(50)]] == [
        n * n for n in range(50)
    ]
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(5)


def test_so_many_run_at_once_and_no_more(threads):
    lock, now, most = threading.Lock(), [0], [0]

    def work():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1

    for each in [threads.submit(work) for _ in range(12)]:
        each.result(5)
    assert most[0] == 3


def test_closing_takes_back_what_has_not_begun(threads):
    begun, go = threading.Event(), threading.Event()

    def wait():
        begun.set()
        return go.wait(5)

    running = [threads.submit(wait) for _ in range(3)]
    waiting = threads.submit(lambda: 1)
    begun.wait(5)
    threads.close()
    assert waiting.cancelled()
    go.set()
    assert all(each.cancelled() or each.result(5) for each in running)
    with pytest.raises(InputError, match="closed"):
        threads.submit(lambda: 1)


HANGING = """
import threading
from steepest.agents.spread.daemon_threads import DaemonThreads
begun = threading.Event()
DaemonThreads(1, "test").submit(lambda: (begun.set(), threading.Event().wait()))
begun.wait()
"""


def test_the_interpreter_ends_though_a_call_hangs():
    subprocess.run([sys.executable, "-c", HANGING], check=True, timeout=60)


def test_no_threads_are_none():
    with pytest.raises(InputError, match="at least one"):
        DaemonThreads(0, "test")
