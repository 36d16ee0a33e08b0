"""Attempts on a Ray cluster that ask an experience library: every worker opens the run's copy."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from steepest.agents.library.library import Library
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.evals.engines.local import LocalEngine
from steepest.evals.engines.protocol import Engine, Finished, Job, WorkOrder
from steepest.evals.problems import Question
from tests.agents.library.insights import insight

ray = pytest.importorskip("ray", reason="Ray (the extra `ray`) is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # Ray's own warnings are Ray's

MODEL = """variables:
  tea: integer >= 0   # [cup]
maximize: 2.5 * tea   # "$2.5 a cup"
constraints:
  cups: tea <= 5   # "has 5 cups"
# insights: tea"""


def seller(request: ChatRequest) -> str:
    """Finds the insight about tea good wherever it is shown, and cites it."""
    return "tea: cups" if "Which of it applies" in request.messages[-1].content else MODEL


def jobs() -> list[Job]:
    text = "A kiosk sells tea at $2.5 a cup and has 5 cups. How much can it earn on day {}?"
    return [Job(Question(id=f"q{number}", text=text.format(number))) for number in range(8)]


async def all_of(engine: Engine) -> list[Finished]:
    try:
        async with aclosing(engine.work(jobs())) as results:
            return [finished async for finished in results]
    finally:
        await engine.close()


@pytest.fixture
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


def test_workers_find_what_one_machine_finds_and_count_nothing(cluster: None, tmp_path: Path) -> None:
    from steepest.evals.engines.ray_cluster import RayEngine

    place = tmp_path / "library.db"
    with Library.open(place) as library:
        library.add([insight("tea", condition="when cups of tea are sold"), insight("crane", condition="a crane")])
    order = WorkOrder("five+library", "seller", cache=str(tmp_path / "replies.sqlite"), library=str(place))
    model = FunctionModel(seller, name="seller")
    spread = asyncio.run(all_of(RayEngine(order, workers=2, model=model)))
    here = asyncio.run(all_of(LocalEngine(order, model=model)))

    assert [each.attempt.insights for each in spread] == [("tea",)] * 8
    assert [each.attempt.cited for each in spread] == [("tea",)] * 8
    assert {each.attempt.objective for each in spread + here} == {12.5}
    assert len({each.worker for each in spread}) == 2
    with Library.open(place) as library:
        assert library.store.number() == 1
