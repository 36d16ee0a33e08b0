"""The counter of instructions, where the machine gives one."""

import os

import pytest

from steepest.solvers.sandbox.instructions import open_counter, read_count
from steepest.solvers.sandbox.jail import libc
from steepest.solvers.sandbox.jail.syscalls import for_machine


def test_more_work_is_more_instructions() -> None:
    counter = open_counter()
    if counter is None:
        pytest.skip("this machine gives no counter of instructions")
    try:
        start = read_count(counter)
        sum(range(1000))
        small = read_count(counter)
        sum(range(1_000_000))
        large = read_count(counter)
    finally:
        os.close(counter)
    assert start is not None
    assert small is not None
    assert large is not None
    assert large - small > 10 * (small - start) > 0


def test_a_counter_that_was_taken_away_gives_none() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    assert read_count(reading) is None
    os.close(reading)


def test_an_unknown_machine_has_no_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libc, "this_machine", lambda: for_machine("abacus"))
    assert open_counter() is None
