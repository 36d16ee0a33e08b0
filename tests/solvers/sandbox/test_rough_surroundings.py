"""What happens around a sandbox: many jobs given up at once, a server that hangs, a supervisor that forks itself."""

import asyncio
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from steepest.solvers.sandbox import Completed, FunctionCalls, Isolation, Limits, Sandbox, SandboxError
from tests.solvers.sandbox.conftest import children_of, is_gone, open_descriptors

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("isolated")]
SLEEP = FunctionCalls("import time\ndef f():\n    time.sleep(300)", "f")
ONE = FunctionCalls("def f():\n    return 1", "f")
LONG = Limits(wall_seconds=120)


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def below(pid: int) -> list[int]:
    """All processes below one that have not ended."""
    children = children_of(pid)
    return [each for each in children if not is_gone(each)] + [each for child in children for each in below(child)]


@contextmanager
def served(**options: object) -> Iterator[tuple[Sandbox, int]]:
    """A sandbox whose server for functions runs, and the server's process."""
    with Sandbox(LONG, **options) as sandbox:  # type: ignore[arg-type]
        before = set(children_of(os.getpid()))
        assert isinstance(sandbox.run(ONE), Completed)
        (server,) = set(children_of(os.getpid())) - before
        assert within(5, lambda: not below(server))
        yield sandbox, server


def test_many_jobs_that_are_given_up_leave_nothing() -> None:
    async def give_up(sandbox: Sandbox) -> list[object]:
        tasks = [asyncio.create_task(sandbox.run_async(SLEEP)) for _ in range(60)]
        await asyncio.sleep(1)
        for task in tasks:
            task.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    with served(workers=4) as (sandbox, server):
        before = open_descriptors()
        ends = asyncio.run(give_up(sandbox))
        assert {type(end) for end in ends} == {asyncio.CancelledError}
        assert within(5, lambda: not below(server))
        assert within(5, lambda: open_descriptors() <= before)
        assert isinstance(sandbox.run(ONE), Completed)


def test_a_server_that_hangs_is_replaced() -> None:
    with served() as (sandbox, server):
        os.kill(server, signal.SIGSTOP)
        begin = time.monotonic()
        try:
            outcome = sandbox.run(ONE, limits=Limits(wall_seconds=1))
        except SandboxError:
            outcome = sandbox.run(ONE)
        assert isinstance(outcome, Completed)
        assert time.monotonic() - begin < 60
        assert is_gone(server)


@pytest.mark.parametrize("isolation", [Isolation.FULL, Isolation.PORTABLE])
def test_a_child_of_the_supervisor_that_holds_its_descriptors_keeps_no_job_alive(isolation: Isolation) -> None:
    async def give_up(sandbox: Sandbox, server: int) -> int:
        task = asyncio.create_task(sandbox.run_async(SLEEP))
        await asyncio.to_thread(within, 10, lambda: bool(below(server)))
        child = forked()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return child

    try:
        with served(isolation=isolation) as (sandbox, server):
            child = asyncio.run(give_up(sandbox, server))
            try:
                assert within(5, lambda: not below(server))
                assert not is_gone(child)
                sandbox.close()
                assert within(5, lambda: is_gone(server))
            finally:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
    except SandboxError as error:
        pytest.skip(str(error))


def forked() -> int:
    """A copy of this process with all its descriptors, which does nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a process that has threads; the copy needs none
        child = os.fork()
    if child == 0:
        while True:
            signal.pause()
    return child
