"""TPE finds what random search does not, goes on after a kill as if there had been none, and stays in its bounds."""

from pathlib import Path

import pytest

from steepest.agents.optimizers.search.rollouts import Example, Judgement, Split
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.strategies.tpe import Tpe
from steepest.errors import InputError
from tests.agents.optimizers.landscapes import ALL, Landscape, mixture, sphere, words
from tests.agents.optimizers.scripted import random_search_result, searched, sign_test

SEEDS = range(20)


@pytest.mark.parametrize("name", ["sphere", "valley", "lattice", "mixture"])
def test_it_beats_random_search_at_equal_budget(name: str) -> None:
    """By the one-sided sign test over 20 seeds, p < 0.01."""
    ours = [searched(ALL[name](seed), Tpe(), 60, seed).truth for seed in SEEDS]
    theirs = [random_search_result(ALL[name](seed), 60, seed).truth for seed in SEEDS]
    assert sign_test(ours, theirs) < 0.01


@pytest.mark.parametrize("steps", [0, 7, 23])
def test_a_search_that_was_stopped_goes_on_to_the_same_result(tmp_path: Path, steps: int) -> None:
    whole = searched(mixture(3), Tpe(batch=2), 50, 3)
    searched(mixture(3), Tpe(batch=2), 50, 3, folder=tmp_path, steps=steps)
    resumed = searched(mixture(3), Tpe(batch=2), 50, 3, folder=tmp_path)
    assert resumed.search is not None
    assert whole.search is not None
    assert [each.values for each in resumed.search.pool] == [each.values for each in whole.search.pool]
    assert list(resumed.search.past) == list(whole.search.past)
    assert resumed.metric_calls == whole.metric_calls == 50


def test_a_search_whose_budget_ended_goes_on_with_a_larger_one(tmp_path: Path) -> None:
    whole = searched(mixture(4), Tpe(batch=4), 60, 4)
    assert searched(mixture(4), Tpe(batch=4), 31, 4, folder=tmp_path).metric_calls == 31
    resumed = searched(mixture(4), Tpe(batch=4), 60, 4, folder=tmp_path)
    assert (resumed.values, resumed.metric_calls) == (whole.values, whole.metric_calls)


def test_no_value_leaves_its_bounds() -> None:
    landscape = mixture(5)
    search = searched(landscape, Tpe(), 80, 5).search
    assert search is not None
    tried = [each.changes for each in search.past]
    assert len(tried) > 70
    for changes in tried:
        assert 1e-5 <= changes.get("rate", 1) <= 1
        assert changes.get("size", 1) in range(1, 25)
        assert type(changes.get("size", 1)) is int
        assert changes.get("method", "sgd") in ("adam", "bfgs", "cg", "newton", "sgd")
        assert changes.get("warm", True) in (True, False)


def test_a_text_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="prompt is a component of kind text"):
        searched(words(0), Tpe(), 100, 0)


def test_only_the_named_components_change() -> None:
    search = searched(sphere(0), Tpe(("x1",)), 30, 0).search
    assert search is not None
    assert {name for each in search.past for name in each.changes} == {"x1"}


def test_what_is_best_in_training_alone_is_ranked_on_the_validation_split() -> None:
    landscape = _shifted()
    search = searched(landscape, Tpe(examples=2), 200, 1).search
    assert search is not None
    assert abs(search.best.values["x"] - 3) < 0.3
    assert 2 <= len(search.pool) < len(search.past)


def _shifted() -> Landscape:
    """Every training example wants another number, about 3 on average; those of validation want 3."""
    training = [Example(f"training {place}", 3 + shift) for place, shift in enumerate((-0.4, 0.4, 0.1, -0.1))]
    validation = [Example(f"validation {place}", 3) for place in range(2)]
    examples: dict[Split, list[Example]] = {"train": training, "validation": validation}
    return Landscape(
        "shifted",
        [Component("x", "float", low=-5, high=5)],
        {"x": 0.0},
        examples,
        lambda values, wanted: Judgement(-abs(values["x"] - wanted)),
        0.0,
    )


@pytest.mark.parametrize("examples", [0, -1])
def test_a_trial_on_no_example_is_refused(examples: int) -> None:
    with pytest.raises(InputError, match="at least one example"):
        Tpe(examples=examples)
