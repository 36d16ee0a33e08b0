"""Bundles in pickles."""

import copy
import pickle
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.code.references import recalled
from steepest.traces.code.runners import using_runner
from steepest.traces.failures import TraceError
from steepest.traces.parameters import update
from tests.traces.runners_for_tests import RunnerHere


def pickled_and_back(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 (our own bytes)


@bundle(trainable=True)
def half(x: float) -> float:
    return x / 2


@bundle
def third(x: float) -> float:
    return x / 3


class Planner:
    @bundle(trainable=True)
    def plan(self, x: float) -> float:
        return x


def test_a_bundle_in_a_pickle_is_the_one_of_its_module() -> None:
    assert pickled_and_back(third) is third
    assert pickled_and_back(Planner.plan) is Planner.plan


def test_a_bundle_in_a_pickle_keeps_what_it_has_learned() -> None:
    other = copy.deepcopy(half)
    assert update(other.parameters[0], "def half(x):\n    return x * 50").outcome == "committed"
    again = pickled_and_back(other)
    with using_runner(RunnerHere()):
        assert again(1).value == 50
    assert half(1).value == 0.5


def test_a_bundle_that_can_not_be_imported_can_not_be_pickled() -> None:
    @bundle(trainable=True)
    def local(x: float) -> float:
        return x

    with pytest.raises(pickle.PicklingError, match="define it at the top of a module"):
        pickle.dumps(local)


def test_source_that_the_function_can_not_have_here_is_refused() -> None:
    with pytest.raises(TraceError, match=r"the saved <code of def half\(x\)> can't be used here: line 1: "):
        recalled(__name__, "half", "def half(x, y):\n    return x")
    assert half(1).value == 0.5
