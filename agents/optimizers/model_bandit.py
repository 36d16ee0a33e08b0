"""Which of several models to ask next: the one that gains most, and most for the money.

The bandit is ShinkaEvolve's (arXiv 2509.19349, section 3.3), whose rewards are one-sided: a model is not blamed for a
proposal that failed, only for none that gained.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import Split
from steepest.errors import InputError

__all__ = ["ModelBandit"]


@dataclass(slots=True)
class _Record:
    """What asking a model has brought and taken."""

    steps: int = 0
    gain: float = 0.0
    money: float = 0.0
    tokens: int = 0


@dataclass(slots=True)
class ModelBandit:
    """Chooses a model by mean + c sqrt(2 ln t / n), the mean blended with what it gains for its cost.

    A step's reward is what the best child that a model made in it gained over its parent, and 0 if none was admitted.
    Means and gains for the cost each count relative to the best model's. Costs are money, or tokens where no model has
    a price. Models that were never asked come first; of equal ones the cheaper is taken, then the first.

    Raises:
        InputError: A setting is not in its range.
    """

    c: float = 0.3
    """How much to explore: 1 means that a model that was asked seldom is thought as good as the best."""
    thrift: float = 0.5
    """From 0 to 1: how much the gain for the cost counts, and not the gain alone."""
    epsilon: float = 0.05
    """Of all choices, those that are made at random."""
    _records: dict[str, _Record] = field(default_factory=dict, init=False, repr=False, compare=False)
    _means: dict[tuple[int, Split], float] = field(default_factory=dict, init=False, repr=False, compare=False)
    _names: Sequence[str] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.c < 0 or not 0 <= self.thrift <= 1 or not 0 <= self.epsilon <= 1:
            raise InputError("a model bandit's c is 0 or more, thrift and epsilon are from 0 to 1")

    def choose(self, count: int, rng: random.Random) -> int:
        """The place of the model to ask next, of so many."""
        known = [self._records.get(name, _Record()) for name in self._names] or [_Record()] * count
        if rng.random() < self.epsilon:
            return rng.randrange(count)
        indices, costs = self._indices(known), _costs(known)
        return min(range(count), key=lambda place: (-indices[place], costs[place], place))

    def observe(self, record: StepRecord, names: Sequence[str]) -> None:
        """Learn of a step that is over."""
        self._names = tuple(names)
        for name, use in record.models.items():
            known = self._records.setdefault(name, _Record())
            known.steps += 1
            known.money += use.money
            known.tokens += use.tokens
        for evaluated in record.evaluated:
            scores = evaluated.scores.values()
            if scores:
                self._means.setdefault((evaluated.number, evaluated.split), math.fsum(scores) / len(scores))
        for name, gain in self._gains(record).items():
            self._records.setdefault(name, _Record()).gain += gain

    def _gains(self, record: StepRecord) -> dict[str, float]:
        """What the best child of each model gained."""
        gains: dict[str, float] = {}
        for birth in record.births:
            if birth.model and birth.parents:
                gain = birth.gain if birth.gain is not None else self._difference(birth.number, birth.parents[0])
                gains[birth.model] = max(gains.get(birth.model, 0.0), gain)
        return gains

    def _difference(self, number: int, parent: int) -> float:
        """Of the mean scores, for a child that was admitted without a test."""
        splits: tuple[Split, ...] = ("validation", "train")
        for split in splits:
            if (number, split) in self._means and (parent, split) in self._means:
                return self._means[number, split] - self._means[parent, split]
        return 0.0

    def _indices(self, known: Sequence[_Record]) -> list[float]:
        steps = sum(each.steps for each in known)
        means = _relative([each.gain / each.steps if each.steps else 0.0 for each in known])
        costs = _costs(known)
        least = min((cost for cost in costs if cost > 0), default=1.0)
        thrifty = _relative([mean / max(cost, least / 100) for mean, cost in zip(means, costs, strict=True)])
        return [
            (1 - self.thrift) * mean + self.thrift * gain + self.c * math.sqrt(2 * math.log(steps) / each.steps)
            if each.steps
            else math.inf
            for each, mean, gain in zip(known, means, thrifty, strict=True)
        ]


def _costs(known: Sequence[_Record]) -> list[float]:
    """Of a step with each model; a free model among priced ones counts as a hundredth of the cheapest."""
    has_prices = any(each.money for each in known)
    return [(each.money if has_prices else each.tokens) / max(1, each.steps) for each in known]


def _relative(values: Sequence[float]) -> list[float]:
    most = max(values, default=0.0)
    return [value / most if most > 0 else 0.0 for value in values]
