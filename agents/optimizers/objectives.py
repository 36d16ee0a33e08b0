"""Several objectives: one score by weights, or the candidates that are no worse in all of them than any other."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from steepest.agents.optimizers.guides.functions import guide_of
from steepest.agents.optimizers.guides.guide import Guide, GuideError
from steepest.agents.optimizers.pareto import nondominated
from steepest.agents.optimizers.search.candidates import Candidate, Scores
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.rollouts import Judgement, Split

__all__ = ["Weighted", "objective_means", "objectives_words", "trade_offs", "weighted_sum"]


def weighted_sum(objectives: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The sum of the objectives times their weights; those without a weight count for nothing.

    Args:
        objectives: By name, larger is better.
        weights: By name; a negative one for what should be small.

    Raises:
        GuideError: An objective that has a weight is not there.
    """
    missing = [name for name in weights if name not in objectives]
    if missing:
        there = ", ".join(objectives) or "none"
        raise GuideError(f"there is no objective {missing[0]!r} to weigh; the guide gave {there}")
    return math.fsum(weight * objectives[name] for name, weight in weights.items())


class Weighted:
    """A guide whose score is the weighted sum of the objectives that another one gives.

    Args:
        guide: Gives objectives; a function will do.
        weights: Of the objectives by name; a negative one for what should be small.
    """

    def __init__(self, guide: Guide | Callable[..., Any], weights: Mapping[str, float]) -> None:
        self._guide = guide_of(guide)
        self._weights = dict(weights)

    def __repr__(self) -> str:
        return f"Weighted({self._guide!r}, {self._weights!r})"

    def __call__(self, example: Any, output: Any) -> Judgement:
        """What the guide says, with another score.

        Raises:
            GuideError: An objective that has a weight is not there.
        """
        judgement = self._guide(example, output)
        return replace(judgement, score=weighted_sum(judgement.objectives, self._weights))


def objective_means(scores: Scores) -> dict[str, float]:
    """The mean of each objective that all examples have; none where one of them failed."""
    common = set.intersection(*(set(figures) for figures in scores.objectives.values())) if scores.objectives else set()
    if len(scores.objectives) < scores.count:
        return {}
    rows = scores.objectives.values()
    return {name: math.fsum(row[name] for row in rows) / len(rows) for name in sorted(common)}


def objectives_words(objectives: Mapping[str, Sequence[float]]) -> str:
    """Each objective's mean of the seed and of the best candidate, in words."""
    return ", ".join(f"{name} {seed:.4g} to {best:.4g}" for name, (seed, best) in objectives.items())


def trade_offs(pool: Pool, split: Split) -> list[Candidate]:
    """The members to choose from where there are several objectives: none is at least as good in all of them, by their
    means, and better in one. Empty without objectives; members that failed on an example are left out.
    """
    means = [(number, objective_means(pool.scores(number, split))) for number in pool.numbers]
    names = sorted({name for _, figures in means for name in figures})
    complete = [(number, figures) for number, figures in means if len(figures) == len(names) > 0]
    front = nondominated([figures[name] for name in names] for _, figures in complete)
    return [pool[complete[place][0]] for place in front]
