"""What nobody holds is freed, and what is held is small."""

import gc
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from steepest.traces.bundle import bundle
from steepest.traces.feedback import backward
from steepest.traces.graph import Node
from steepest.traces.parameters import node, update, zero_feedback
from steepest.traces.scope import no_trace


@pytest.fixture(autouse=True)
def _measured() -> Iterator[None]:
    gc.collect()
    tracemalloc.start()
    yield
    tracemalloc.stop()


def kept_by(work: Callable[[], Any]) -> int:
    """Bytes that are held after some work and were not before; its result is held while they are counted."""
    work()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    result = work()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    del result
    return after - before


@bundle
def step(a: int, by: int = 1) -> int:
    return a + by


def test_a_node_takes_at_most_400_bytes() -> None:
    def chain() -> Node[int]:
        x = node(1)
        y = x
        for _ in range(10_000):
            y = -y
        return y

    assert kept_by(chain) < 400 * 10_000

    def sums() -> Node[int]:
        y = node(1)
        for _ in range(10_000):
            y = y + 1
        return y

    assert kept_by(sums) < 400 * 10_000


def test_forward_only_loops_stay_flat() -> None:
    x = node(1, trainable=True)

    def loop() -> None:
        for _ in range(5_000):
            y = x * 2 + 1
            step(y)

    assert kept_by(loop) < 5_000


def test_loops_without_tracing_stay_flat_though_one_name_is_kept() -> None:
    def loop() -> Node[int]:
        y = node(1)
        with no_trace():
            for _ in range(5_000):
                y = y + 1
        return y

    assert kept_by(loop) < 5_000


def test_reading_often_inside_a_bundle_stays_flat() -> None:
    outside = node(1)
    sizes: list[int] = []

    @bundle
    def loop() -> None:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(5_000):
            outside + 1
        sizes.append(tracemalloc.get_traced_memory()[0] - before)

    loop()
    assert sizes[0] < 5_000


def test_a_training_loop_stays_flat_once_feedback_is_cleared() -> None:
    x = node(1.0, trainable=True)

    def loop() -> None:
        for _ in range(1_000):
            backward(step(x) * 2, "told")
            zero_feedback([x])

    assert kept_by(loop) < 5_000


def test_failures_are_freed() -> None:
    fails = bundle(lambda a: a / 0)

    def loop() -> None:
        for _ in range(300):
            try:
                fails(1)
            except ZeroDivisionError:
                continue

    assert kept_by(loop) < 20_000


def test_many_kinds_of_calls_and_dicts_stay_bounded() -> None:
    def loop() -> None:
        for place in range(5_000):
            node([{f"k{place}": node(place)}])
            update(node(place, trainable=True), place + 1)

    assert kept_by(loop) < 300_000


class Big:
    """8 MB of a value that a weak reference can watch."""

    def __init__(self) -> None:
        self.data = bytearray(8_000_000)

    def __add__(self, other: int) -> "Big":
        return Big()


def test_100_rounds_of_8_megabytes_hold_one_at_a_time() -> None:
    tracemalloc.reset_peak()
    x = node(Big(), "x", trainable=True)
    for _ in range(100):
        y = x + 1
        z = bundle(lambda a: a)(y)
        backward(z, "told")
        zero_feedback([x])
        del y, z
    assert tracemalloc.get_traced_memory()[1] < 60_000_000


def test_arrays_are_not_copied() -> None:
    big = np.zeros(10_000_000)

    def hold() -> list[Node[Any]]:
        return [node(big) for _ in range(10)]

    assert kept_by(hold) < 100_000


def test_an_output_frees_its_inputs_without_the_garbage_collector() -> None:
    gc.disable()
    try:
        x = node(Big())
        watched = weakref.ref(x._value)
        made = step.function and bundle(lambda a: 1)(x)
        del x
        assert watched() is not None
        del made
        assert watched() is None
    finally:
        gc.enable()


def test_a_caller_is_not_held_by_the_record() -> None:
    def call() -> tuple[Node[int], "weakref.ref[Big]"]:
        local = Big()
        return step(1), weakref.ref(local)

    made, watched = call()
    assert made.record is not None
    assert made.record.caller is not None
    assert watched() is None


def test_decorating_does_not_hold_what_is_around() -> None:
    def decorate() -> tuple[Any, "weakref.ref[Big]"]:
        local = Big()
        return bundle(lambda a: a), weakref.ref(local)

    _, watched = decorate()
    assert watched() is None


@pytest.mark.slow
def test_a_million_operations_forward_only_stay_flat() -> None:
    tracemalloc.stop()  # it would take minutes
    x = node(1)
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(500_000):
        y = x * 2
        y + 1
    assert len(gc.get_objects()) - before < 100
    tracemalloc.start()
