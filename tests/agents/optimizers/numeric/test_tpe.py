"""What the estimator suggests follows from the trials and a seed alone."""

import random

import optuna
import pytest

from steepest.agents.optimizers.numeric.space import space_of
from steepest.agents.optimizers.numeric.tpe import Parzen
from steepest.agents.optimizers.search.values import Component

COMPONENTS = [
    Component("rate", "float", low=1e-4, high=1, log=True),
    Component("depth", "integer", low=1, high=9),
    Component("method", "choice", choices=("a", [1, 2], None)),
    Component("warm", "boolean"),
    Component("fixed", "float", low=2, high=2),
]


def told(count: int, seed: int = 0) -> Parzen:
    parzen, source = Parzen(space_of(COMPONENTS)), random.Random(seed)
    for _ in range(count):
        values = parzen.space.draw(source)
        parzen.tell(values, -abs(values["depth"] - 4) - values["rate"])
    return parzen


def test_the_same_trials_and_seed_give_the_same_point_however_often_it_was_asked_before() -> None:
    fresh, asked = told(30), told(30)
    for _ in range(5):
        asked.suggest(random.Random(99))
    assert asked.suggest(random.Random(7)) == fresh.suggest(random.Random(7))
    assert asked.suggest(random.Random(8)) != fresh.suggest(random.Random(7))


def test_trials_that_are_told_one_by_one_count_as_those_that_are_told_at_once() -> None:
    together = told(25)
    apart, source = Parzen(space_of(COMPONENTS)), random.Random(0)
    for _ in range(25):
        values = apart.space.draw(source)
        apart.tell(values, -abs(values["depth"] - 4) - values["rate"])
        apart.suggest(random.Random(1))
    assert apart.suggest(random.Random(3)) == together.suggest(random.Random(3))


def test_it_learns_from_every_trial_and_not_from_the_first_alone() -> None:
    parzen, source = told(40), random.Random(5)
    depths = [found["depth"] for _ in range(40) if (found := parzen.suggest(source)) is not None]
    assert sum(depth in (3, 4, 5) for depth in depths) > 25


def test_suggestions_lie_in_the_space_and_are_new() -> None:
    parzen, source = told(20), random.Random(2)
    for _ in range(30):
        found = parzen.suggest(source)
        assert found is not None
        assert found in parzen.space
        assert parzen.is_new(found)
        parzen.tell(found, 0.0)


def test_a_space_with_an_end_is_searched_to_it() -> None:
    space = space_of([Component("size", "integer", low=1, high=4), Component("warm", "boolean")])
    parzen, source = Parzen(space, startup=3), random.Random(0)
    found = []
    while (values := parzen.suggest(source)) is not None:
        found.append(values)
        parzen.tell(values, float(values["size"]))
    assert len(found) == 8
    assert parzen.suggest(source) is None
    assert parzen.draw(source) is None


def test_points_of_a_batch_differ() -> None:
    space = space_of([Component("size", "integer", low=1, high=3)])
    parzen, source = Parzen(space), random.Random(0)
    batch = []
    for _ in range(3):
        values = parzen.suggest(source, batch)
        assert values is not None
        batch.append(values)
    assert sorted(each["size"] for each in batch) == [1, 2, 3]


@pytest.mark.parametrize("level", [optuna.logging.INFO, optuna.logging.ERROR])
def test_optuna_s_log_stays_as_the_user_has_it(level: int) -> None:
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(level)
    try:
        told(12).suggest(random.Random(0))
        assert optuna.logging.get_verbosity() == level
    finally:
        optuna.logging.set_verbosity(before)
