"""What surrounds an operation: whether it is recorded, and which call it belongs to."""

import asyncio
import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from contextvars import copy_context
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.graph import Node
from steepest.traces.parameters import node
from steepest.traces.scope import Call, carried, charge, current_call, enter, is_tracing, leave, map, no_trace


def externals(made: Node[Any]) -> list[Node[Any]]:
    assert made.record is not None
    return list(made.inputs[len(made.inputs) - made.record.externals :])


def test_without_tracing_operations_give_nodes_that_come_from_nothing() -> None:
    x = node(1)
    with no_trace():
        y = x + 1
        z = bundle(lambda value: value * 2)(y)
    assert (y.value, y.is_leaf, y.inputs) == (2, True, ())
    assert (z.value, z.is_leaf, z.record) == (4, True, None)


def test_no_trace_nests() -> None:
    with no_trace():
        with no_trace():
            assert not is_tracing()
        assert not is_tracing()
    assert is_tracing()


def test_no_trace_ends_with_an_exception() -> None:
    with pytest.raises(KeyError), no_trace():
        raise KeyError
    assert is_tracing()


def test_errors_are_the_same_without_tracing() -> None:
    with no_trace(), pytest.raises(ExecutionError) as caught:
        node(1) / 0
    assert isinstance(caught.value, ZeroDivisionError)
    assert caught.value.node.inputs == ()


def test_no_trace_is_the_threads_own() -> None:
    seen: list[bool] = []
    with no_trace():
        thread = threading.Thread(target=lambda: seen.append(is_tracing()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_no_trace_is_the_tasks_own() -> None:
    async def silent(entered: asyncio.Event, done: asyncio.Event) -> None:
        with no_trace():
            entered.set()
            await done.wait()

    async def main() -> Node[int]:
        entered, done = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(silent(entered, done))
        await entered.wait()
        made = node(1) + 1
        done.set()
        await task
        return made

    assert not asyncio.run(main()).is_leaf


def test_map_carries_the_surroundings_into_its_threads() -> None:
    assert map(lambda _: is_tracing(), range(3)) == [True] * 3
    with no_trace():
        assert map(lambda _: is_tracing(), range(3)) == [False] * 3


def test_map_keeps_the_order_and_raises_the_first_error() -> None:
    assert [each.value for each in map(lambda i: node(i) * 2, range(20), workers=4)] == [2 * i for i in range(20)]
    with pytest.raises(ZeroDivisionError):
        map(lambda i: 1 / i, [1, 0, 2])


SECRET = node(10, "secret")


def read_in_a_thread() -> int:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(SECRET.value))
    thread.start()
    thread.join()
    return found[0]


class Reader(threading.Thread):
    found = 0

    def run(self) -> None:
        self.found = SECRET.value


def read_in_a_subclass() -> int:
    reader = Reader()
    reader.start()
    reader.join()
    return reader.found


def read_in_a_pool() -> int:
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda _: SECRET.value, range(4)))


def read_in_a_thread_of_a_thread() -> int:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read_in_a_thread).result()


def read_by_map() -> int:
    return sum(map(lambda _: SECRET.value, range(4)))


OLDER = ThreadPoolExecutor(1)
OLDER.submit(int).result()


def read_in_an_older_pool() -> int:
    return OLDER.submit(lambda: SECRET.value).result()


def read_by_carrying() -> int:
    return OLDER.submit(carried(lambda: SECRET.value)).result()


@pytest.mark.parametrize(
    "reader",
    [
        read_in_a_thread,
        read_in_a_subclass,
        read_in_a_pool,
        read_in_a_thread_of_a_thread,
        read_by_map,
        read_in_an_older_pool,
        read_by_carrying,
    ],
)
def test_what_a_bundle_reads_in_other_threads_is_found(reader: Any) -> None:
    made = bundle(reader)()
    assert made.value in (10, 40)
    assert [id(each) for each in externals(made)] == [id(SECRET)]


def test_what_a_bundle_reads_in_asyncio_threads_and_groups_is_found() -> None:
    if not hasattr(asyncio, "TaskGroup"):
        pytest.skip("from Python 3.11 on")
    other = node(5, "other")

    @bundle
    async def reads() -> int:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(asyncio.to_thread(lambda: SECRET.value))

            async def read() -> int:
                return other.value

            second = group.create_task(read())
        return first.result() + second.result()

    async def main() -> Node[Any]:
        return await reads()

    made = asyncio.run(main())
    assert made.value == 15
    assert {id(each) for each in externals(made)} == {id(SECRET), id(other)}


def test_a_thread_that_outlives_the_call_is_part_of_none() -> None:
    go_on = threading.Event()
    made: list[Node[Any]] = []

    def work() -> None:
        go_on.wait()
        made.append(SECRET + 1)

    @bundle
    def starts() -> threading.Thread:
        thread = threading.Thread(target=work)
        thread.start()
        return thread

    started = starts()
    go_on.set()
    started.value.join()
    assert not made[0].is_leaf
    assert started.record is not None
    assert started.record.externals == 0


def test_a_pool_first_used_inside_a_call_traces_afterwards() -> None:
    pool = ThreadPoolExecutor(1)

    @bundle
    def first() -> int:
        return pool.submit(lambda: SECRET.value).result()

    assert first().record.externals == 1
    made = pool.submit(lambda: SECRET + 1).result()
    pool.shutdown()
    assert not made.is_leaf


def test_work_from_outside_is_not_the_calls_whose_thread_it_runs_in() -> None:
    pool = ThreadPoolExecutor(1)
    go_on = threading.Event()
    started = threading.Event()

    @bundle
    def first() -> int:
        pool.submit(int).result()
        started.set()
        go_on.wait()
        return 1

    thread = threading.Thread(target=first)
    thread.start()
    started.wait()
    made = pool.submit(lambda: SECRET + 1).result()
    go_on.set()
    thread.join()
    pool.shutdown()
    assert not made.is_leaf


def test_a_thread_keeps_its_own_run() -> None:
    thread = threading.Thread(target=lambda: None)
    ran: list[str] = []
    vars(thread)["run"] = lambda: ran.append("own")

    @bundle
    def start() -> None:
        thread.start()
        thread.join()

    start()
    assert ran == ["own"]


def test_tokens_and_money_go_to_the_call_they_were_spent_in() -> None:
    @bundle
    def asks(text: str) -> str:
        charge(100, 0.01)
        map(lambda _: charge(10), range(3))
        return text

    made = asks("a")
    assert made.record.tokens == 130
    assert made.record.money == pytest.approx(0.01)
    charge(5)
    assert asks("b").record.tokens == 130


def test_leaving_in_another_context_is_no_error() -> None:
    call = Call(is_opaque=True)
    import contextvars

    token = contextvars.copy_context().run(enter, call)
    leave(token)
    assert current_call() is None


def test_the_last_test_of_a_transparent_call_is_noted() -> None:
    x = node(3)
    call = Call(is_opaque=False)
    token = enter(call)
    try:
        condition = x > 2
        assert condition
        assert 3 in node([3])
        assert f"{x}" == "3"
    finally:
        leave(token)
    assert call.tests[0] is condition
    assert call.tests[-1] is x


def test_watching_threads_leaves_threads_alone() -> None:
    program = (
        "import threading\nfrom steepest.traces.bundle import bundle\n"
        "bundle(len)\n"
        "t = threading.Thread(target=print, args=('ran',)); t.start(); t.join()\n"
        "import concurrent.futures as c\n"
        "print(list(c.ThreadPoolExecutor(2).map(abs, [-1, 2])))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ran", "[1,", "2]"]


def test_no_trace_in_a_generator_is_not_its_consumers() -> None:
    inside: list[bool] = []

    def steps() -> Iterator[int]:
        with no_trace():
            inside.append(is_tracing())
            yield 1
            inside.append(is_tracing())
        inside.append(is_tracing())

    for _ in steps():
        assert is_tracing()
    assert inside == [False, False, True]
    next(steps())
    assert is_tracing(), "nor does a generator that is dropped leave anything behind"


def test_no_trace_in_an_asynchronous_generator_is_not_its_consumers() -> None:
    inside: list[bool] = []

    async def look() -> None:
        await asyncio.sleep(0)
        inside.append(is_tracing())

    async def steps() -> AsyncIterator[int]:
        with no_trace():
            await asyncio.gather(look(), look())  # in tasks of their own, while the generator waits
            yield 1
            await look()

    async def consume() -> None:
        async for _ in steps():
            assert is_tracing()
            await asyncio.sleep(0)
            assert is_tracing()
        assert is_tracing()

    asyncio.run(consume())
    assert inside == [False, False, False]


def test_a_context_manager_of_ones_own_may_use_no_trace() -> None:
    @contextmanager
    def quiet() -> Iterator[None]:
        with no_trace():
            yield

    @asynccontextmanager
    async def quiet_too() -> AsyncIterator[None]:
        with no_trace():
            yield

    async def entered() -> bool:
        async with quiet_too():
            return is_tracing()

    with quiet():
        assert not is_tracing()
    assert not asyncio.run(entered())
    assert is_tracing()


def test_no_trace_blocks_may_end_in_any_order() -> None:
    def steps() -> Iterator[int]:
        with no_trace():
            yield 1

    generator = steps()
    next(generator)
    with no_trace():
        generator.close()
        assert not is_tracing()
    assert is_tracing()


def test_no_trace_that_is_left_in_another_context_says_so() -> None:
    def steps() -> Iterator[int]:
        with no_trace():
            yield 1

    generator = steps()
    copy_context().run(next, generator)
    with pytest.raises(TraceError, match="entered in another thread"):
        next(generator)
    assert is_tracing()


def test_no_trace_decorates_functions() -> None:
    @no_trace()
    def quiet(depth: int) -> list[bool]:
        return [is_tracing(), *(quiet(depth - 1) if depth else [])]

    assert quiet(2) == [False] * 3
    assert is_tracing()


@pytest.mark.parametrize(
    "reads",
    [
        lambda pool, read: pool.map(read, [1, 2]),
        lambda pool, read: pool.apply(read, (1,)),
        lambda pool, read: pool.apply_async(func=read, args=(1,)).get(),
        lambda pool, read: pool.starmap(read, [(1,), (2,)]),
        lambda pool, read: list(pool.imap(read, [1, 2])),
        lambda pool, read: list(pool.imap_unordered(read, [1, 2])),
    ],
)
def test_what_is_read_in_a_pool_of_threads_of_multiprocessing_is_found(reads: Any) -> None:
    prompt = node("p", "prompt", trainable=True)
    with ThreadPool(2) as pool:

        @bundle
        def read_all(x: int) -> Any:
            return reads(pool, lambda place: f"{prompt}{place}")

        made = read_all(1)
        assert externals(made) == [prompt]
        assert all(pool.map(lambda _: is_tracing(), range(4)))
        pool.terminate()
        pool.join()


def test_a_thread_that_outlives_a_call_keeps_nothing_of_it() -> None:
    class Large:
        pass

    def call(pool: ThreadPoolExecutor) -> "weakref.ref[Large]":
        outside = node(Large(), "outside")
        bundle(lambda: pool.submit(lambda: id(outside.value)).result())()
        return weakref.ref(outside.value)

    with ThreadPoolExecutor(1) as pool:
        read = call(pool)
        gc.collect()
        assert read() is None


def test_an_ended_call_holds_and_takes_nothing() -> None:
    call = Call(is_opaque=False)
    token = enter(call)
    call.end()
    assert not node(0)
    charge(5)
    leave(token)
    assert (call.reads, call.tests, call.charges) == ({}, [], [])
