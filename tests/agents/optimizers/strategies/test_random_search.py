"""Random search draws from anywhere, each point once."""

from pathlib import Path

from steepest.agents.optimizers.search.rollouts import Example, Judgement
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.strategies.random_search import RandomSearch
from tests.agents.optimizers.landscapes import Landscape, mixture
from tests.agents.optimizers.scripted import searched

TEXTS = ("Think.", "Answer.", "Think, then answer.", "Ask first.")


def chosen() -> Landscape:
    """The longest of four texts is the best, and a switch has to be on."""
    components = [Component("prompt", "text", choices=TEXTS), Component("strict", "boolean")]
    return Landscape(
        "chosen",
        components,
        {"prompt": "Answer.", "strict": False},
        {"train": [Example("only", None)]},
        lambda values, data: Judgement(len(values["prompt"]) + values["strict"]),
        20.0,
    )


def test_texts_to_choose_among_are_all_tried_and_none_twice() -> None:
    outcome = searched(chosen(), RandomSearch(batch=3), 100, 0)
    assert outcome.values == {"prompt": "Think, then answer.", "strict": True}
    assert outcome.metric_calls == 8


def test_a_search_that_was_stopped_goes_on_to_the_same_result(tmp_path: Path) -> None:
    whole = searched(mixture(1), RandomSearch(batch=2), 41, 1)
    searched(mixture(1), RandomSearch(batch=2), 41, 1, folder=tmp_path, steps=6)
    resumed = searched(mixture(1), RandomSearch(batch=2), 41, 1, folder=tmp_path)
    assert whole.search is not None
    assert resumed.search is not None
    assert list(resumed.search.past) == list(whole.search.past)
    assert resumed.metric_calls == whole.metric_calls
