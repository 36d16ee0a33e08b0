"""Threads and tasks record what is theirs and nothing else, however often they are switched."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.feedback import backward
from steepest.traces.graph import Node
from steepest.traces.parameters import node, state_of
from steepest.traces.scope import is_tracing, map, no_trace


@pytest.fixture(autouse=True)
def _tight_switching() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


SHARED = node(1000, "shared")


@bundle
def combine(first: int, second: int = 0, *rest: int) -> list[int]:
    return [first, second, *rest, SHARED.value]


def is_right(made: Node[Any], place: int, x: Node[int]) -> bool:
    """Whether a record tells of its own call and no other."""
    record = made.record
    return (
        made._value == [place, place + 1, place + 2, 1000]
        and record is not None
        and record.names == ("first", "second", "rest0", "shared")
        and record.externals == 1
        and made.inputs[0] is x
        and [each._value for each in made.inputs] == [place, place + 1, place + 2, 1000]
        and made.inputs[3] is SHARED
    )


def wrong_records(begin: int, count: int) -> tuple[int, list[int]]:
    wrong, orders = 0, []
    for place in range(begin, begin + count):
        x = node(place)
        made = combine(x, place + 1, place + 2)
        wrong += not is_right(made, place, x)
        orders.append(made.order)
    return wrong, orders


def check_threads(calls: int, threads: int = 8) -> None:
    share = calls // threads
    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(lambda index: wrong_records(index * share, share), range(threads)))
    assert sum(wrong for wrong, _ in results) == 0
    orders = [order for _, part in results for order in part]
    assert len(set(orders)) == len(orders)


def test_no_record_of_a_thread_is_wrong() -> None:
    check_threads(8_000)


@pytest.mark.slow
def test_no_record_in_100_000_calls_is_wrong() -> None:
    check_threads(100_000, threads=16)


@bundle
async def combine_later(first: int, second: int = 0, *rest: int) -> list[int]:
    await asyncio.sleep(0)
    seen = SHARED.value
    await asyncio.sleep(0)
    return [first, second, *rest, seen]


async def wrong_of_tasks(count: int) -> int:
    nodes = [node(place) for place in range(count)]
    made = await asyncio.gather(*[combine_later(x, place + 1, place + 2) for place, x in enumerate(nodes)])
    return sum(not is_right(each, place, x) for place, (each, x) in enumerate(zip(made, nodes, strict=True)))


def test_no_record_of_a_task_is_wrong() -> None:
    assert asyncio.run(wrong_of_tasks(2_000)) == 0


@pytest.mark.slow
def test_no_record_in_100_000_tasks_is_wrong() -> None:
    async def main() -> int:
        return sum([await wrong_of_tasks(10_000) for _ in range(10)])

    assert asyncio.run(main()) == 0


def test_loops_in_several_threads_do_not_meet() -> None:
    assert map(lambda _: asyncio.run(wrong_of_tasks(200)), range(8)) == [0] * 8


def test_threads_inside_of_many_calls_at_once_are_told_apart() -> None:
    nodes = [node(place, f"n{place}") for place in range(64)]

    @bundle
    def reads(place: int) -> int:
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(nodes[place].value))
        thread.start()
        thread.join()
        return found[0]

    made = map(reads, range(64), workers=8)
    assert all(each.inputs[-1] is nodes[place] and len(each.inputs) == 2 for place, each in enumerate(made))


def test_a_shared_pool_tells_calls_apart() -> None:
    nodes = [node(place) for place in range(200)]
    with ThreadPoolExecutor(4) as shared:

        @bundle
        def reads(place: int) -> int:
            return shared.submit(lambda: nodes[place].value).result()

        made = map(reads, range(200), workers=8)
    assert all(each.inputs[-1] is nodes[place] and len(each.inputs) == 2 for place, each in enumerate(made))


def test_no_trace_in_one_thread_drops_nothing_in_others() -> None:
    stop = threading.Event()

    def silent() -> None:
        while not stop.is_set():
            with no_trace():
                node(1) + 1

    noisy = threading.Thread(target=silent)
    noisy.start()
    try:
        made = [node(place) + 1 for place in range(2_000)]
        assert is_tracing()
    finally:
        stop.set()
        noisy.join()
    assert not any(each.is_leaf for each in made)


def test_async_gives_the_graph_that_plain_code_gives() -> None:
    async def main() -> Any:
        x = node(1, "x")
        first = await combine_later(x, 2, 3)
        return first[0] + first[1]

    x = node(1, "x")
    plain = combine(x, 2, 3)
    expected = plain[0] + plain[1]

    def shape(each: Node[Any]) -> Any:
        name = each.operation.name.removesuffix("_later") if each.operation else each.label
        return (name, each._value, [shape(source) for source in each.inputs])

    assert shape(asyncio.run(main())) == shape(expected)


def test_feedback_from_many_threads_adds_up() -> None:
    x = node(1, trainable=True)
    map(lambda place: backward(x + place, str(place)), range(500))
    assert sorted(int(each.text) for each in state_of(x).feedback) == list(range(500))


def test_counting_tokens_in_threads_loses_none() -> None:
    from steepest.traces.scope import charge

    @bundle
    def spend(a: int) -> int:
        map(lambda _: charge(1), range(100))
        return a

    assert map(lambda place: spend(place).record.tokens, range(16)) == [100] * 16
