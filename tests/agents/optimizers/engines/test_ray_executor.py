"""Rollouts on a Ray cluster of two workers on this machine."""

import asyncio
import os
import threading
from contextlib import aclosing, closing

import pytest

from steepest.agents.llm import AdaptiveLimit, Budget, Budgeted
from steepest.agents.llm.errors import LLMError
from steepest.agents.llm.retries import ONCE, Retrying
from steepest.agents.optimizers.engines.choice import executor_named
from steepest.errors import InputError
from tests.agents.optimizers.engines.programs import Asking, Obedient, Paid, Weighty, jobs

ray = pytest.importorskip("ray", reason="Ray (the extra `ray`) is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # Ray's own warnings are Ray's


@pytest.fixture(scope="module")
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def executor(cluster):
    with closing(executor_named("ray", 2)) as opened:
        yield opened


async def rollouts(executor, program, given):
    found = {}
    async with aclosing(executor.run(program, given)) as results:
        async for number, rollout in results:
            found[number] = rollout
    return [found[number] for number in range(len(given))]


def test_rollouts_are_made_elsewhere_and_come_with_their_places(executor):
    found = asyncio.run(rollouts(executor, Obedient(), jobs(*["work"] * 20)))
    assert [each.example for each in found] == [f"e{number}" for number in range(20)]
    assert str(os.getpid()) not in {each.output for each in found}


def test_a_worker_that_dies_costs_its_own_rollout_alone(executor, tmp_path):
    orders = ["work"] * 4 + ["die"] + ["work"] * 4 + ["die once"]
    found = asyncio.run(rollouts(executor, Obedient(tmp_path), jobs(*orders)))
    assert [number for number, each in enumerate(found) if each.error] == [4]
    assert found[4].error.startswith("The worker that made this rollout died, 2 times")


def test_what_runs_when_it_is_given_up_is_killed(executor, tmp_path):
    async def late():
        running = asyncio.ensure_future(rollouts(executor, Obedient(tmp_path), jobs("hang", "hang", "work")))
        while len(list(tmp_path.glob("hanging-*"))) < 2:
            await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return await asyncio.wait_for(rollouts(executor, Obedient(), jobs("work", "work")), 60)

    assert [each.score for each in asyncio.run(late())] == [1.0, 1.0]


def test_a_program_is_sent_once_to_a_worker(executor, tmp_path):
    program = Weighty(tmp_path, megabytes=4)
    for _ in range(3):
        asyncio.run(rollouts(executor, program, jobs(*["work"] * 6)))
    unpacked = (tmp_path / "unpacked").read_text().split()
    assert len(unpacked) == len(set(unpacked)) <= 2


def test_what_a_program_raises_is_raised_here(executor):
    with pytest.raises(InputError, match="the guide is broken"):
        asyncio.run(rollouts(executor, Obedient(), jobs("break")))
    with pytest.raises(LLMError, match="no"):
        asyncio.run(rollouts(executor, Obedient(), jobs("fall")))


def test_a_program_that_cannot_be_sent_is_told_with_what_is_in_its_way(executor):
    with pytest.raises(InputError, match=r"the program\.parts\['lock'\] is a _thread\.lock"):
        asyncio.run(rollouts(executor, Obedient(lock=threading.Lock()), jobs("work")))


def test_models_in_rollouts_share_limit_and_budget_with_this_process(executor):
    limit, budget = AdaptiveLimit(start=1, most=4), Budget(tokens=1_000_000)
    program = Asking(Budgeted(Retrying(Paid(), ONCE, limit=limit), budget))
    found = asyncio.run(rollouts(executor, program, jobs(*["ask"] * 6)))
    assert {each.output for each in found} == {"yes"}
    assert limit.slots > 1
    with pytest.raises(LLMError, match="of 100 tokens are spent"):
        asyncio.run(rollouts(executor, Asking(Budgeted(Paid(), Budget(tokens=100))), jobs(*["ask"] * 10)))
