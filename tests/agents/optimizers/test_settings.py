"""What a strategy is set to: told of ours, only a digest of anybody else's."""

from functools import partial
from typing import Any

import pytest

from steepest.agents.optimizers.search.selection import Shuffled
from steepest.agents.optimizers.settings import settings_of
from steepest.agents.optimizers.strategies.islands import Islands
from steepest.agents.optimizers.strategies.minibatch import Minibatch
from steepest.agents.optimizers.strategies.pareto import Pareto
from steepest.agents.optimizers.strategies.pbt import PopulationBased
from steepest.agents.optimizers.strategies.restarts import Restarting
from steepest.agents.optimizers.strategies.tpe import Tpe


class Proposing:
    """Somebody's proposer."""

    def __init__(self, tries: int = 1) -> None:
        self.tries = tries
        self.api_key = "sk-proj-SECRET1234567890abcdef"
        self.headers = {"Authorization": "Bearer tok-SECRET"}

    def __repr__(self) -> str:
        return f"Proposing({self.api_key})"

    async def propose(self, situation: Any) -> list[Any]:
        return []

    def feature(self, values: Any, seed: Any) -> float:
        return float(self.tries)


def feature(values: Any, seed: Any, power: int = 1) -> float:
    return 1.0**power


def test_nothing_of_anybody_elses_objects_is_written_down() -> None:
    told = settings_of(Minibatch(proposer=Proposing()))
    assert "Proposing[" in told
    assert "SECRET" not in told
    assert settings_of(Minibatch(proposer=Proposing(1))) != settings_of(Minibatch(proposer=Proposing(2)))


def test_texts_are_redacted_and_still_told_apart() -> None:
    one, other = (settings_of(Tpe(components=(f"sk-proj-{each}234567890abcdef",))) for each in "ab")
    assert "234567890" not in one
    assert one != other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Pareto(merges=5), Pareto(merges=6)),
        (Pareto(sampler=Shuffled(3)), Pareto(sampler=Shuffled(4))),
        (Restarting(Pareto(), 20), Restarting(Pareto(), 21)),
        (Restarting(Pareto(merges=5)), Restarting(Pareto(merges=6))),
        (Tpe(batch=1), Tpe(batch=2)),
        (Islands(3, features={"a": lambda v, s: 1.0}), Islands(3, features={"a": lambda v, s: 2.0})),
        (Islands(3, features={"a": Proposing(1).feature}), Islands(3, features={"a": Proposing(2).feature})),
        (Islands(3, features={"a": partial(feature, power=1)}), Islands(3, features={"a": partial(feature, power=2)})),
        (PopulationBased(inner=lambda v: Tpe()), PopulationBased(inner=lambda v: Tpe(batch=2))),
    ],
)
def test_strategies_are_told_apart_by_their_settings(one: Any, other: Any) -> None:
    assert settings_of(one) != settings_of(other)


def test_methods_and_partials_have_no_addresses() -> None:
    told = settings_of({"method": Proposing().feature, "partial": partial(feature, power=2)})
    assert told == settings_of({"method": Proposing().feature, "partial": partial(feature, power=2)})
    assert "feature[" in told
    assert "0x" not in told
