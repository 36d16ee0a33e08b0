"""The engine of a Ray cluster, on a cluster of two workers on this machine."""

import asyncio
import dataclasses
import os
import signal
from contextlib import aclosing

import pytest

from steepest.agents.llm.kept_replies import ReplyFile
from steepest.errors import InputError
from steepest.evals.engines.choice import open_engine
from steepest.evals.engines.local import LocalEngine
from steepest.evals.engines.protocol import Job, WorkOrder
from steepest.evals.problems import Question
from tests.evals.runner_to_kill import Served, ThreeQuestions

ray = pytest.importorskip("ray", reason="Ray (the extra `ray`) is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # Ray's own warnings are Ray's

PROBLEMS = 30


@pytest.fixture(scope="module")
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


@pytest.fixture
def order(tmp_path):
    return WorkOrder("three", "served", cache=str(tmp_path / "replies.sqlite"))


def jobs():
    return [Job(Question(id=f"q{number}", text=f"Question {number}?")) for number in range(PROBLEMS)]


def spread(order, server, **options):
    from steepest.evals.engines.ray_cluster import RayEngine

    return RayEngine(order, workers=2, model=Served(server.port), method=ThreeQuestions(), **options)


async def all_of(engine, on_result=lambda finished: None):
    found = []
    try:
        async with aclosing(engine.work(jobs())) as results:
            async for finished in results:
                found.append(finished)
                on_result(finished)
    finally:
        await engine.close()
    return found


def answers(found):
    return {each.job.question.id: (each.attempt.outcome, each.attempt.objective, each.attempt.spent) for each in found}


def test_a_cluster_comes_to_the_same_as_one_machine(cluster, order, server, tmp_path):
    here = dataclasses.replace(order, cache=str(tmp_path / "local.sqlite"))
    local = asyncio.run(all_of(LocalEngine(here, model=Served(server.port), method=ThreeQuestions())))
    found = asyncio.run(all_of(spread(order, server)))
    assert answers(found) == answers(local)
    assert len({each.worker for each in found}) == 2


def test_a_killed_worker_costs_its_own_calls_alone(cluster, order, server):
    killed = []

    def kill_the_first(finished):
        if not killed:
            killed.append(int(finished.worker.rpartition(":")[2]))
            os.kill(killed[0], signal.SIGKILL)

    found = asyncio.run(all_of(spread(order, server, concurrency=8), kill_the_first))
    assert sorted(each.job.question.id for each in found) == sorted(job.question.id for job in jobs())
    assert {each.attempt.outcome for each in found} == {"answered"}
    assert len({each.worker for each in found}) >= 2
    assert len(server.asked) == PROBLEMS * 3
    assert server.asked.total() - len(server.asked) <= 4  # those under way at the one that was killed


def test_a_worker_that_dies_over_an_attempt_every_time_is_a_failure_of_the_infrastructure(cluster, order, server):
    from steepest.evals.engines.ray_cluster import RayEngine

    engine = RayEngine(order, workers=1, concurrency=1, model=Served(server.port), method=Dying())

    async def work():
        try:
            return [finished async for finished in engine.work(jobs()[:2])]
        finally:
            await engine.close()

    died, made = asyncio.run(work())
    assert died.attempt.outcome == "infrastructure_error"
    assert died.attempt.message.startswith("Its worker died, 3 times: ")
    assert made.attempt.outcome == "answered"


class Dying(ThreeQuestions):
    """Takes its process along with the first question."""

    async def attempt(self, question, bench):
        if question.id == "q0":
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().attempt(question, bench)


def test_all_workers_spend_one_budget(cluster, order, server):
    order = dataclasses.replace(order, max_tokens=500)
    found = asyncio.run(all_of(spread(order, server)))
    assert any(each.out_of_budget for each in found)
    log = ReplyFile(order.cache)
    assert 250 < log.paid().tokens <= 500
    log.close()


def test_what_was_paid_for_is_not_asked_again(cluster, order, server):
    first = asyncio.run(all_of(spread(order, server)))
    asked = server.asked.total()
    assert answers(asyncio.run(all_of(spread(order, server)))) == answers(first)
    assert server.asked.total() == asked


def test_an_unknown_model_is_told_before_a_cluster_is_started(order):
    with pytest.raises(InputError, match="There is no model"):
        open_engine("ray", dataclasses.replace(order, model="nobody"))
