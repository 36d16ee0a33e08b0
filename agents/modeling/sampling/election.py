"""Which of several answers wins: the one that most others agree with, in value and, at half the weight, in structure.

SIRL's structure-weighted vote of five beat the vote of values alone (arXiv 2505.11792: 45.0 to 42.2 at 7 B parameters,
51.2 to 49.1 at 32 B).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.sampling.agreement import Group
from steepest.agents.modeling.sampling.groups import SAME, grouped
from steepest.agents.modeling.sampling.structures import Structure, structure_of

__all__ = ["Election", "elect"]

_OF_STRUCTURE = 0.5
"""Weight of an equal structure, where an equal value has 1."""


@dataclass(frozen=True)
class Election:
    """The winner among several answers, and the groups that they form."""

    winner: int
    """Place of the answer, from 0."""
    groups: tuple[Group, ...]
    """The winner's first, the others by weight; empty where no answer is a verdict."""
    alike: int = 0
    """How many of the winner's group have its structure, itself included."""

    @property
    def lead(self) -> int:
        """By how many answers the winner's group is ahead of the largest other one."""
        if not self.groups:
            return 0
        return len(self.groups[0].samples) - max((len(each.samples) for each in self.groups[1:]), default=0)


def elect(answers: Sequence[Answer], tolerance: float = SAME) -> Election:
    """Elect one of at least one answers: the heaviest, or by the larger group, or by what stands against it.

    Further ties go to the earlier answer. Without any verdict one that has a value wins, or else the first.
    """
    structures = [structure_of(answer) for answer in answers]
    places = grouped(answers, tolerance)
    if not places:
        return Election(_best_without_verdict(answers), ())
    weights = {place: _weight(place, group, places, structures) for group in places for place in group}

    def rank(place: int) -> tuple[float, int, int]:
        return -weights[place], _against(answers[place]), place

    ranked = sorted(
        places, key=lambda group: (-max(map(weights.__getitem__, group)), -len(group), min(map(rank, group)))
    )
    first = ranked[0]
    winner = min(first, key=rank)
    alike = sum(structures[each] == structures[winner] for each in first)
    return Election(winner, tuple(_group(each, answers, weights, structures) for each in ranked), alike)


def _weight(place: int, group: list[int], groups: list[list[int]], structures: list[Structure | None]) -> float:
    """What the other answers add up to: 1 for the same value, half for the same structure, whatever its value."""
    others = [each for members in groups for each in members if each != place]
    same = sum(structures[each] is not None and structures[each] == structures[place] for each in others)
    return len(group) - 1 + _OF_STRUCTURE * same


def _against(answer: Answer) -> int:
    """How much stands against an answer without any other to compare it with."""
    contradictions = len(answer.battery.contradictions) if answer.battery is not None else 0
    return len(answer.reading.unused) + len(answer.reading.unread) + contradictions


def _group(
    places: list[int], answers: Sequence[Answer], weights: dict[int, float], structures: list[Structure | None]
) -> Group:
    first = answers[places[0]]
    value = first.solution.objective if first.solution is not None else None
    return Group(
        outcome=first.outcome,
        objective=value,
        samples=tuple(place + 1 for place in places),
        weight=max(weights[place] for place in places),
        structures=len({structures[place] for place in places}),
    )


def _best_without_verdict(answers: Sequence[Answer]) -> int:
    with_value = (
        place
        for place, answer in enumerate(answers)
        if answer.solution is not None and answer.solution.objective is not None
    )
    return next(with_value, 0)
