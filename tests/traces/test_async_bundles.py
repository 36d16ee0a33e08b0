"""Bundles of coroutine functions and of asynchronous generators."""

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError
from steepest.traces.graph import Node
from steepest.traces.parameters import node
from steepest.traces.scope import is_tracing
from tests.traces.test_bundle import add


@bundle
async def later(a: int) -> int:
    await asyncio.sleep(0)
    return a + 1


def passed_on(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


def test_async_functions_give_the_same_as_plain_ones() -> None:
    x = node(1)
    made: Node[int] = asyncio.run(later(x))
    assert (made.value, made.inputs[0]) == (2, x)
    assert made.record is not None
    assert made.record.names == ("a",)


@pytest.mark.parametrize(
    "function",
    [
        passed_on(later.function),
        functools.partial(later.function),
        lambda a: later.function(a),
    ],
)
def test_what_gives_a_coroutine_is_awaited(function: Any) -> None:
    async def main() -> Any:
        return await bundle(function)(node(1))

    assert asyncio.run(main()).value == 2


def test_callable_instances_with_an_async_call() -> None:
    class Model:
        async def __call__(self, a: int) -> int:
            return a + 1

    async def main() -> Any:
        return await bundle(Model())(1)

    assert asyncio.run(main()).value == 2


def test_async_methods_and_generators() -> None:
    class Worker:
        @bundle
        async def work(self, a: int) -> int:
            return a + 1

        @bundle
        async def items(self, n: int) -> AsyncIterator[int]:
            for place in range(n):
                yield place

    async def main() -> Any:
        return await Worker().work(1), await Worker().items(3)

    one, many = asyncio.run(main())
    assert (one.value, many.value) == (2, [0, 1, 2])


def test_async_failures_are_execution_errors() -> None:
    @bundle
    async def fails(a: int) -> int:
        await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as caught:
        asyncio.run(fails(1))
    assert isinstance(caught.value, ExecutionError)


def test_a_cancelled_call_is_cancelled_and_leaves_no_surroundings() -> None:
    @bundle
    async def waits() -> None:
        await asyncio.sleep(60)

    async def main() -> Node[int]:
        task = asyncio.ensure_future(waits())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert not isinstance(caught.value, ExecutionError)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(waits(), 0.001)
        return node(1) + 1

    assert not asyncio.run(main()).is_leaf


def test_a_coroutine_that_is_closed_elsewhere_leaves_no_surroundings() -> None:
    @bundle
    async def waits() -> None:
        await asyncio.sleep(60)

    async def start(made: list[Any]) -> None:
        coroutine = waits()
        made.append(coroutine)
        coroutine.send(None)

    made: list[Any] = []
    asyncio.run(start(made))
    made[0].close()
    assert is_tracing()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_is_no_exception_passes_untouched(error: type[BaseException]) -> None:
    @bundle
    def stop() -> None:
        raise error

    with pytest.raises(error) as caught:
        stop()
    assert type(caught.value) is error
    assert is_tracing()


def test_python_knows_that_a_bundle_of_a_coroutine_function_is_one() -> None:
    if not hasattr(inspect, "markcoroutinefunction"):
        pytest.skip("from Python 3.12 on")
    assert inspect.iscoroutinefunction(later)
    assert not inspect.iscoroutinefunction(add)


@bundle
async def counted(prompt: str, most: int) -> AsyncIterator[str]:
    for number in range(most):
        await asyncio.sleep(0)
        yield f"{prompt} {number}"


def test_an_asynchronous_generator_is_gone_through_with_async_for() -> None:
    prompt = node("n", "prompt", trainable=True)

    async def main() -> tuple[list[Any], Any, Any]:
        items = [each async for each in counted(prompt, 3)]
        return items, await counted(prompt, 2), await asyncio.create_task(counted(prompt, 1))

    items, awaited, in_a_task = asyncio.run(main())
    assert [each.value for each in items] == ["n 0", "n 1", "n 2"]
    assert all(each.inputs[0].inputs[0] is prompt for each in items)
    assert (awaited.value, in_a_task.value) == (["n 0", "n 1"], ["n 0"])


def test_an_asynchronous_generator_inside_of_a_bundle_gives_plain_items() -> None:
    @bundle
    async def listed(prompt: str) -> list[str]:
        return [each async for each in counted(prompt, 2)]

    async def main() -> Any:
        return await listed("n")

    made = asyncio.run(main())
    assert made.value == ["n 0", "n 1"]
    assert type(made.value[0]) is str


def test_an_asynchronous_generator_that_fails_is_an_execution_error() -> None:
    @bundle
    async def fails() -> AsyncIterator[int]:
        yield 1
        raise LookupError("none left")

    async def main() -> None:
        with pytest.raises(LookupError) as caught:
            async for _ in fails():
                pass
        assert isinstance(caught.value, ExecutionError)

    asyncio.run(main())
