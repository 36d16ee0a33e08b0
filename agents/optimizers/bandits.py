"""Bandits: which of several candidates to run next, when running all of them on everything is too much.

A bandit has no state: all it knows are the arms. `screen` runs one on the candidates of a search.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Protocol

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.rollouts import Split
from steepest.agents.optimizers.search.search import Search
from steepest.errors import InputError

__all__ = ["Arm", "Bandit", "Screened", "SuccessiveHalving", "SuccessiveRejects", "Ucb", "UcbE", "screen"]


@dataclass(frozen=True, slots=True)
class Arm:
    """What pulling an arm has brought."""

    count: int = 0
    total: float = 0.0
    most: int = sys.maxsize
    """Pulls that it can take."""

    @property
    def mean(self) -> float:
        """Minus infinity of one that was never pulled."""
        return self.total / self.count if self.count else -math.inf

    def plus(self, *rewards: float) -> "Arm":
        """After further pulls."""
        return replace(self, count=self.count + len(rewards), total=self.total + math.fsum(rewards))


class Bandit(Protocol):
    """Spreads pulls over arms."""

    def choose(self, arms: Sequence[Arm], pulls: int) -> Sequence[int]:
        """The places of the arms to pull next, each as often as it is to be pulled; none when it is done.

        Args:
            arms: As they are now.
            pulls: That there are in all, those made included.
        """

    def ranked(self, arms: Sequence[Arm]) -> Sequence[int]:
        """The places of all arms, the best first; of equal ones the first."""


@dataclass(frozen=True, slots=True)
class Ucb:
    """The highest mean + c sqrt(2 ln t / n) after t pulls, n of them the arm's (UCB1, Auer et al. 2002).

    Arms that were never pulled come first, and of equal ones the first.
    """

    c: float = 0.5
    """In units of the reward; UCB1's own, for rewards from 0 to 1, is 1."""
    at_once: int = 1
    """Arms in a round, where several can be pulled at the same time."""

    def choose(self, arms: Sequence[Arm], pulls: int) -> list[int]:
        """The places of the arms with the highest index."""
        made = sum(each.count for each in arms)
        width = self.c * math.sqrt(2 * math.log(max(made, 1)))
        return _highest(arms, width, min(self.at_once, pulls - made))

    def ranked(self, arms: Sequence[Arm]) -> list[int]:
        """By mean."""
        return _by_mean(arms)


@dataclass(frozen=True, slots=True)
class UcbE:
    """The highest mean + c sqrt(a / n), a = (pulls - arms) / arms (UCB-E, Audibert and Bubeck 2010).

    It explores more than UCB1, for what is earned on the way does not matter here. The right a has the unknown hardness
    of the problem in the place of the number of arms.
    """

    c: float = 0.5
    """In units of the reward."""
    at_once: int = 1
    """Arms in a round, where several can be pulled at the same time."""

    def choose(self, arms: Sequence[Arm], pulls: int) -> list[int]:
        """The places of the arms with the highest index."""
        made = sum(each.count for each in arms)
        width = self.c * math.sqrt(max(0.0, pulls / len(arms) - 1)) if arms else 0.0
        return _highest(arms, width, min(self.at_once, pulls - made))

    def ranked(self, arms: Sequence[Arm]) -> list[int]:
        """By mean."""
        return _by_mean(arms)


@dataclass(frozen=True, slots=True)
class SuccessiveRejects:
    """Phases, after each of which the worst arm leaves (Audibert and Bubeck 2010, figure 3)."""

    def choose(self, arms: Sequence[Arm], pulls: int) -> list[int]:
        """All pulls of the next phase."""
        many = len(arms)
        scale = 0.5 + sum(1 / each for each in range(2, many + 1))
        phases = [(size, max(1, math.ceil((pulls - many) / (scale * size)))) for size in range(many, 1, -1)]
        return _next_phase(arms, phases, pulls)

    def ranked(self, arms: Sequence[Arm]) -> list[int]:
        """Those that stayed longest, then by mean."""
        return _by_stay(arms)


@dataclass(frozen=True, slots=True)
class SuccessiveHalving:
    """Phases of equal cost, after each of which the worse half of the arms leaves (Karnin et al. 2013)."""

    def choose(self, arms: Sequence[Arm], pulls: int) -> list[int]:
        """All pulls of the next phase."""
        sizes = [len(arms)]
        while sizes[-1] > 2:
            sizes.append(math.ceil(sizes[-1] / 2))
        counts = accumulate(max(1, pulls // (len(sizes) * max(1, size))) for size in sizes)
        return _next_phase(arms, list(zip(sizes, counts, strict=True)) if len(arms) > 1 else [], pulls)

    def ranked(self, arms: Sequence[Arm]) -> list[int]:
        """Those that stayed longest, then by mean."""
        return _by_stay(arms)


@dataclass(frozen=True, slots=True)
class Screened:
    """A candidate and what its runs brought."""

    candidate: Candidate
    arm: Arm


async def screen(
    search: Search,
    candidates: Sequence[Candidate],
    pulls: int,
    *,
    bandit: Bandit | None = None,
    keys: Sequence[str] | None = None,
    split: Split = "train",
    purpose: str = "screen",
) -> list[Screened]:
    """Run candidates on examples, the promising ones on more of them, and rank them.

    All get the examples in the same order, so that they are compared on the same ones as far as that goes. What is
    found in the cache counts as a pull and costs nothing.

    Args:
        search: The search that they belong to.
        candidates: Admitted or not.
        pulls: The most runs, of all candidates together.
        bandit: Spreads them; `Ucb()` unless given.
        keys: The examples; those of the split, in an order of the step's own, unless given.
        split: Whose examples they are.
        purpose: Distinguishes several screenings within one step.

    Returns:
        All of them, the best first.

    Raises:
        BudgetSpent: The search's budget does not allow for the next runs.
        InputError: There are fewer pulls than candidates, so that some would be judged without a run.
    """
    if pulls < len(candidates):
        raise InputError(f"{pulls} runs are too few to screen {len(candidates)} candidates: each needs one at least")
    bandit = bandit if bandit is not None else Ucb()
    order = list(keys) if keys is not None else _shuffled(search, split, purpose)
    arms = [Arm(most=len(order)) for _ in candidates]
    while chosen := bandit.choose(arms, pulls):
        for (known, count), places in _rounds(chosen, arms).items():
            wanted = [candidates[place] for place in places]
            for place, rollouts in zip(
                places, await search.evaluate(wanted, order[known : known + count], split), strict=True
            ):
                arms[place] = arms[place].plus(*(each.score for each in rollouts))
    return [Screened(candidates[place], arms[place]) for place in bandit.ranked(arms)]


def _shuffled(search: Search, split: Split, purpose: str) -> list[str]:
    order = search.keys(split)
    search.random(purpose).shuffle(order)
    return order


def _rounds(chosen: Sequence[int], arms: Sequence[Arm]) -> dict[tuple[int, int], list[int]]:
    """The arms that go on from the same example for as many: their runs can be made at once."""
    rounds: dict[tuple[int, int], list[int]] = {}
    for place in dict.fromkeys(chosen):
        rounds.setdefault((arms[place].count, chosen.count(place)), []).append(place)
    return rounds


def _highest(arms: Sequence[Arm], width: float, count: int) -> list[int]:
    def index(place: int) -> float:
        arm = arms[place]
        return arm.mean + width / math.sqrt(arm.count) if arm.count else math.inf

    can_be_pulled = [place for place, arm in enumerate(arms) if arm.count < arm.most]
    return sorted(can_be_pulled, key=index, reverse=True)[: max(0, count)]


def _next_phase(arms: Sequence[Arm], phases: Sequence[tuple[int, int]], pulls: int) -> list[int]:
    """The pulls that bring the arms of the next phase to its count, as far as there are any left.

    Args:
        arms: Those with the most pulls are still in it.
        phases: How many arms each phase has, and how many pulls an arm of it has made at its end.
        pulls: That there are in all.
    """
    most = max((each.count for each in arms), default=0)
    left = pulls - sum(each.count for each in arms)
    for size, count in phases:
        if count > most:
            stay = sorted(_by_stay(arms)[:size])
            further = min(count - most, left // size, *(arms[place].most - most for place in stay))
            return [place for place in stay for _ in range(further)]
    return []


def _by_mean(arms: Sequence[Arm]) -> list[int]:
    return sorted(range(len(arms)), key=lambda place: arms[place].mean, reverse=True)


def _by_stay(arms: Sequence[Arm]) -> list[int]:
    return sorted(range(len(arms)), key=lambda place: (arms[place].count, arms[place].mean), reverse=True)
