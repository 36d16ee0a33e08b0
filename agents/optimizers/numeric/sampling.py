"""Proposers of points that ask no language model: at random, and by TPE."""

from collections.abc import Sequence
from dataclasses import dataclass

from steepest.agents.optimizers.numeric.trials import told_trials
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.values import Values

__all__ = ["AtRandom", "TreeParzen", "suggested"]


@dataclass(frozen=True, slots=True)
class AtRandom:
    """Points from anywhere in the space, each once."""

    async def propose(self, situation: Situation) -> list[Proposal]:
        """As many as are wanted, or what is left of a space with an end."""
        parzen = told_trials(situation).parzen
        points: list[Values] = []
        while len(points) < situation.count and (point := parzen.draw(situation.rng, points)) is not None:
            points.append(point)
        return [Proposal(point, "drawn at random", origin="random") for point in points]


@dataclass(frozen=True, slots=True)
class TreeParzen:
    """Points where good trials are denser than others."""

    async def propose(self, situation: Situation) -> list[Proposal]:
        """As many as are wanted, or what is left of a space with an end."""
        return suggested(situation, situation.count)


def suggested(situation: Situation, count: int, besides: Sequence[Values] = ()) -> list[Proposal]:
    """So many points by TPE, none of them among some others."""
    parzen = told_trials(situation).parzen
    points: list[Values] = []
    while len(points) < count and (point := parzen.suggest(situation.rng, [*besides, *points])) is not None:
        points.append(point)
    return [Proposal(point, "where good trials are denser than others", origin="tpe") for point in points]
