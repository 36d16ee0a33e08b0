"""Where rollouts run: when jobs are taken, and what closing leaves."""

import asyncio
import threading
import time
from contextlib import aclosing, closing

from steepest.agents.optimizers.search.executors import Job, Threads
from steepest.agents.optimizers.search.rollouts import Example, Rollout


class Waiting:
    """Runs until it is let go."""

    components = ()

    def __init__(self):
        self.begun, self.go = [], threading.Event()

    def seed(self):
        return {}

    def run(self, values, example, *, traced):
        self.begun.append(example.key)
        self.go.wait(10)
        return Rollout(example.key, 1.0)


def jobs(count):
    return [Job({}, Example(f"e{number}", None), traced=False) for number in range(count)]


async def first(executor, program, given):
    """Begin, and leave while all workers are busy."""
    async with aclosing(executor.run(program, given)) as made:
        coming = asyncio.ensure_future(anext(made))
        while len(program.begun) < executor.workers:
            await asyncio.sleep(0.001)
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def test_jobs_are_taken_when_there_is_a_worker_for_them():
    taken, done = [], []

    def given():
        for each in jobs(12):
            taken.append(each)
            assert len(taken) - len(done) <= 3
            yield each

    async def run():
        async for number, _ in threads.run(program, given()):
            done.append(number)

    program = Waiting()
    program.go.set()
    with closing(Threads(3)) as threads:
        asyncio.run(run())
    assert sorted(done) == list(range(12))


def test_after_a_threads_executor_is_closed_no_waiting_job_begins():
    program, late, threads = Waiting(), Waiting(), Threads(2)

    async def left_waiting():
        await first(threads, program, jobs(6))
        waiting = asyncio.ensure_future(anext(threads.run(late, jobs(4))))  # behind those that nobody hears
        await asyncio.sleep(0.02)
        threads.close()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(left_waiting())
    program.go.set()
    late.go.set()
    time.sleep(0.05)
    assert len(program.begun) == 2
    assert late.begun == []
