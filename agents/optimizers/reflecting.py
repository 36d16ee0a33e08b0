"""Reflection on the best candidate as a strategy with settings, for a search of the settings."""

from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.search.protocols import Strategy
from steepest.agents.optimizers.search.selection import Shuffled
from steepest.agents.optimizers.search.values import Component, Values
from steepest.agents.optimizers.strategies.minibatch import Minibatch

__all__ = ["SETTINGS", "reflecting"]

SETTINGS = (
    Component("batch", "integer", low=1, high=8),
    Component("tries", "integer", low=0, high=12),
    Component("components", "choice", choices=("one", "all")),
)
"""Of `reflecting`: examples of a step, earlier tries that the model is shown, and what a proposal may change."""


def reflecting(settings: Values) -> Strategy:
    """Improving the best candidate by reflection, with `SETTINGS`."""
    proposer = Reflection(components=settings["components"], tries=settings["tries"])
    return Minibatch(proposer, Shuffled(settings["batch"]))
