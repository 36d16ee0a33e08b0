"""Candidates of one workflow in many threads: each run sees the values of its own candidate alone."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from steepest.agents.optimizers.stages import Copies, TakingTurns, stage_of
from steepest.traces import Node, model, node


@model
class Scaler:
    """A number and what holds it."""

    def __init__(self, extra: Any = None) -> None:
        self.factor = node(1, trainable=True)
        self.extra = extra

    def forward(self, x: int) -> Any:
        """A product."""
        return self.factor * x


def product_of(stage: Any, number: int) -> tuple[int, int]:
    with stage.using({"factor": number}) as (workflow, parameters):
        before = workflow(10).value
        time.sleep(random.Random(number).random() / 200)
        assert parameters["factor"].value == number
        return before, workflow(10).value


@pytest.mark.parametrize("extra", [None, threading.Lock()], ids=["copied", "taking turns"])
def test_runs_of_different_candidates_never_mix(extra: Any) -> None:
    scaler = Scaler(extra)
    stage = stage_of(scaler, {"factor": scaler.factor})
    assert isinstance(stage, Copies if extra is None else TakingTurns)
    numbers = [random.Random(place).randint(1, 5) for place in range(60)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: product_of(stage, number), numbers))
    assert results == [(number * 10, number * 10) for number in numbers]


def test_runs_of_one_candidate_go_on_side_by_side() -> None:
    factor = node(1, "factor", trainable=True)
    stage = TakingTurns(lambda x: factor * x, {"factor": factor})
    together = threading.Barrier(3, timeout=20)

    def run(_: int) -> bool:
        with stage.using({"factor": 2}):
            together.wait()
            return True

    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(run, range(3)))


def test_no_candidate_waits_for_ever_behind_another_that_keeps_coming() -> None:
    factor = node(1, "factor", trainable=True)
    stage = TakingTurns(lambda x: factor * x, {"factor": factor})
    stop = threading.Event()

    def keep_coming() -> None:
        while not stop.is_set():
            with stage.using({"factor": 2}):
                time.sleep(0.002)

    busy = [threading.Thread(target=keep_coming, daemon=True) for _ in range(3)]
    for each in busy:
        each.start()
    waited = threading.Thread(target=lambda: product_of(stage, 3), daemon=True)
    waited.start()
    waited.join(20)
    stop.set()
    assert not waited.is_alive()


def test_only_the_latest_copies_are_kept() -> None:
    scaler = Scaler()
    stage = stage_of(scaler, {"factor": scaler.factor})
    assert isinstance(stage, Copies)
    for number in range(100):
        product_of(stage, number)
    assert len(stage._kept) < 20


def test_a_module_with_parameters_outside_of_it_is_not_copied() -> None:
    scaler, other = Scaler(), node(1, "other", trainable=True)
    parameters: dict[str, Node[Any]] = {"factor": scaler.factor, "other": other}
    assert isinstance(stage_of(scaler, parameters), TakingTurns)
