"""Whether a child is better than its parent: tests on pairs of scores, each of one example.

A comparison of sums on a few noisy examples accepts up to half of all children that are as good as their parent, and
each of them costs an evaluation on the whole ranking split (`benchmarks/acceptance.py` has the figures). `Paired` is a
test: a child whose scores have the same distribution as its parent's is accepted with a probability of at most `level`,
however often it draws further examples.
"""

import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import TypeAlias

import numpy as np

from steepest.agents.optimizers.search.protocols import Acceptance, Decision, Draw
from steepest.errors import InputError

Masses: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.float64]]"

__all__ = ["Better", "Exact", "NotWorse", "Paired", "acceptance_for", "sign_flip_p"]

LEAST = 8
"""Examples of which a test may be expected to tell something."""
DEAR = 24
"""Examples of a ranking split from which on it costs more to evaluate a child there than to test it before."""
GRID = 256
"""Steps in the median size of the first differences: the test compares whole numbers of steps."""
FINE = 64
"""Pairs up to which there are so many steps; of more pairs there are fewer, so that the work hardly grows. That costs
no level, as the test of the rounded differences is exact as well, and little power."""
COARSEST = 4
"""Steps there are however many pairs."""
ROUNDING = 1e-12
"""By which a sum of probabilities may be off."""
CLIP = 16
"""Medians beyond which a difference counts as no larger, so that one outlier does not make the distribution endless."""


@dataclass(frozen=True, slots=True)
class Better:
    """The sum on the batch is higher; a tie of examples that differ may be drawn again. Without redraws it is GEPA's
    rule.

    This is a comparison and no test: of children whose scores have the same distribution as their parent's,
    (1 - t)/2 are accepted, where t is the share of batches that are tied, and with one redraw (1 - t)/2 + d (1 - t)/2,
    where d is the share of those that are tied and differ; in either case at most a half. A batch on which all scores
    are equal is not drawn again: a child is made from these examples, and where it changes none of them the further
    evaluations seldom find that it is better (benchmarks/landscapes.py: on "words" they cost a seventh of 200 metric
    calls).

    Raises:
        InputError: The number of redraws is negative.
    """

    redraws: int = 0
    """How often a batch of the same size is drawn, as long as the sums are tied and some example differs."""

    def __post_init__(self) -> None:
        if self.redraws < 0:
            raise InputError(f"ties can't be drawn again {self.redraws} times")

    async def decide(self, parent: Sequence[float], child: Sequence[float], draw: Draw) -> Decision:
        """Compare the sums."""
        differences = _differences(parent, child)
        for _ in range(self.redraws):
            if _mean(differences) or not any(differences):
                break
            further = _differences(*await draw(len(child)))
            if not further:
                break
            differences += further
        gain = _mean(differences)
        return Decision(gain > 0, f"mean difference {gain:+.4g} on {_pairs(len(differences))}", gain, len(differences))


@dataclass(frozen=True, slots=True)
class NotWorse:
    """The sum on the batch is as high: for children that are wanted for being different, such as merged ones."""

    async def decide(self, parent: Sequence[float], child: Sequence[float], draw: Draw) -> Decision:
        """Compare the sums."""
        gain = _mean_gain(parent, child)
        return Decision(gain >= 0, f"mean difference {gain:+.4g} on {_pairs(len(child))}", gain, len(child))


@dataclass(frozen=True, slots=True)
class Exact:
    """The sum over the whole training split is higher.

    For programs that give the same score whenever they run, on examples that are all that matters: an instance to
    solve, a function to minimize. A difference is then a fact and no sample, and one example is enough.
    """

    async def decide(self, parent: Sequence[float], child: Sequence[float], draw: Draw) -> Decision:
        """Compare the sums over all examples."""
        more_parent, more_child = await draw(sys.maxsize)
        gain = _mean_gain([*parent, *more_parent], [*child, *more_child])
        pairs = len(child) + len(more_child)
        words = "the only example" if pairs == 1 else f"all {pairs:,} examples"
        return Decision(gain > 0, f"mean difference {gain:+.4g} on {words}", gain, pairs)


@dataclass(frozen=True, slots=True)
class Paired:
    """A sequential test: a child is accepted with a probability of at most `level` if its scores have the same
    distribution as its parent's, so that a difference is as likely as its opposite.

    It is the sign-flip test of the differences (Fisher 1935), exact at every number of pairs; of scores that are right
    or wrong, the binomial test on the examples where parent and child differ. Where the pairs don't tell, as many are
    drawn again, up to `most`; the level is spent over the looks in proportion to the pairs, and what a look leaves is
    the next one's (Lan and DeMets 1983), with the exact distribution of the sum given that no look before accepted. So
    the level holds for the whole procedure. A parent whose scores were lucky makes the test stricter.

    An equal mean is not enough for the level: a child that is right or wrong beside a parent with partial credit, or
    one that fails at times, wins often and little and loses seldom and much. So, of scores from 0 to 1, a child that
    has not lost a pair is accepted before the last pair only if the gains would be as rare as 1 in 1/level for a child
    whose mean is no higher and that may lose what the parent has (Ville 1939). What remains: beside a parent that
    always has 0.9 a child that is right in 9 of 10 cases is accepted in 30 % of the cases at level 0.3, but the rarer
    and larger the losses, the likelier the pairs have none of them: with 0.98 and 24 pairs in 62 %. Of other scores
    nobody knows how much can be lost, and the level holds for symmetric differences alone.

    Few unequal pairs have few verdicts: two in favour come by chance with 1/4, whatever the level is. At the end a lot
    then decides, with the odds that the level leaves (Lehmann and Romano 2005, section 3.2), so that a rare improvement
    is not missed every time. It is drawn by the scores themselves, and a step that is made again draws the same.

    A child is given up before `most` as soon as the pairs speak against it, or when nearly all of them are equal; this
    only lowers the rate.

    Raises:
        InputError: The level is not between 0 and 0.5, or no pair is allowed.
    """

    level: float = 0.3
    """Of the children whose scores have the parent's distribution, those that are accepted, at most. A low one misses
    improvements, which a search loses more by than by a mistake, as it evaluates what it accepts once more on the whole
    ranking split."""
    most: int = 24
    """Pairs, the first batch included."""

    def __post_init__(self) -> None:
        if not 0 < self.level < 0.5:
            raise InputError(f"the level of a paired test lies between 0 and 0.5: {self.level!r} does not")
        if self.most < 1:
            raise InputError(f"a paired test needs a pair, not {self.most}")

    async def decide(self, parent: Sequence[float], child: Sequence[float], draw: Draw) -> Decision:
        """Compare, and draw until the pairs tell."""
        before, differences = list(parent), _differences(parent, child)
        most = max(self.most, len(differences))
        walk = _Walk(most)
        walk.extend(differences)
        while True:
            is_high = walk.accepts(self.level * walk.pairs / most)
            wanted = min(walk.pairs, most - walk.pairs)
            if is_high and (not wanted or not _may_lose_unseen(before, differences, self.level)):
                return _decision(True, walk)
            if not wanted or (not is_high and self._is_hopeless(walk, most)):
                break
            drawn = await draw(wanted)
            further = _differences(*drawn)
            if not further:
                if is_high:
                    return _decision(True, walk)
                break
            before += drawn[0]
            differences += further
            walk.extend(further)
        return _decision(walk.accepts_by_lot(self.level, random.Random(repr(differences)).random()), walk)

    def _is_hopeless(self, walk: "_Walk", most: int) -> bool:
        """Whether the pairs speak against the child, or those that will differ would hardly tell if all were for it."""
        if walk.total < 0 or walk.sum < 0:
            return True
        share = (walk.unequal + 1) / (walk.pairs + 2)  # of pairs that differ, by Laplace's rule
        best: float = 0.5 ** (walk.unequal + share * (most - walk.pairs))
        return best > 2 * self.level


def acceptance_for(examples: int, ranking: int, *, level: float = 0.3) -> Acceptance:
    """The acceptance for a search, by what a mistake costs in it.

    Fewer than 8 training examples can hardly tell anything, so all of them are compared. Who is accepted is evaluated
    on the ranking split: with up to 24 examples that costs no more than `Paired` does, and tells more, so a comparison
    that leads to it is enough, `Better` with one redraw of a tie (benchmarks/landscapes.py has what either rule comes
    to). It lets up to half of the children through whose scores have the same distribution as their parent's. On a
    larger split, such children are kept from it by the test.

    Args:
        examples: Of the training split, or those that are left to test on.
        ranking: Examples of the ranking split.
        level: Of the test.
    """
    if examples < LEAST:
        return Exact()
    return Better(redraws=1) if ranking <= DEAR else Paired(level)


def sign_flip_p(differences: Sequence[float]) -> float:
    """One-sided p value of the sign-flip test that differences are as likely as their opposites (Fisher 1935).

    Args:
        differences: Of the pairs, positive in favour; sizes count in steps of a 256th of their median, of more than 64
            pairs in coarser ones.

    Returns:
        The share of all sign patterns whose sum is as high; 1 where there is no difference.
    """
    walk = _Walk(len(differences))
    walk.extend(differences)
    return walk.as_good()


class _Walk:
    """The distribution of the sum of differences if each had either sign, with the part of it that no look accepted.

    Args:
        most: Pairs there may be.
    """

    def __init__(self, most: int) -> None:
        self.pairs = 0
        self.unequal = 0
        self.total = 0
        """The sum of the differences, in steps of the grid, the largest of them clipped."""
        self.sum = 0.0
        """The sum as it is."""
        self._grid = max(COARSEST, min(GRID, GRID * FINE // max(1, most)))
        self._step = 0.0
        self._spent = 0.0
        self._all = np.ones(1)
        """Probability of each sum; the middle one is 0."""
        self._left = self._all
        """Likewise, without what was accepted at a look; the same until there is a look."""

    def extend(self, differences: Sequence[float]) -> None:
        """Take in further pairs. The grid depends on the first sizes alone, so that no sign has a say in it."""
        sizes = [abs(each) for each in differences if each]
        if not self._step and sizes:
            self._step = max(median_low(sizes) / self._grid, sys.float_info.min)
        for each in differences:
            steps = round(min(CLIP * self._grid, abs(each) / self._step)) if each else 0
            self.pairs += 1
            self.sum += each
            if steps:
                self.unequal += 1
                self.total += steps if each > 0 else -steps
                is_same = self._left is self._all
                self._all = _flipped(self._all, steps)
                self._left = self._all if is_same else _flipped(self._left, steps)

    def accepts(self, level: float) -> bool:
        """Whether the sum is among the highest of those that are left, as many as the level allows for in all looks."""
        tail = np.cumsum(self._left[::-1])[::-1]
        beyond = int(np.searchsorted(-tail, self._spent - level - ROUNDING))
        self._spent += float(tail[beyond]) if beyond < len(tail) else 0.0
        self._left = np.concatenate((self._left[:beyond], np.zeros(len(tail) - beyond)))
        return self._place >= beyond and self.sum > 0

    def accepts_by_lot(self, level: float, lot: float) -> bool:
        """The same at the end: if the sum is the first one that is too many, a lot from 0 to 1 decides."""
        larger = float(self._left[self._place + 1 :].sum())
        odds = (level - self._spent - larger) / max(float(self._left[self._place]), sys.float_info.min)
        return self.sum > 0 and lot < odds

    def as_good(self) -> float:
        """Probability of a sum as high."""
        return min(1.0, float(self._all[self._place :].sum()))

    @property
    def _place(self) -> int:
        return len(self._all) // 2 + self.total


def _flipped(masses: Masses, steps: int) -> Masses:
    """The distribution of a sum after one more difference of a size, with either sign."""
    flipped = np.zeros(len(masses) + 2 * steps)
    flipped[2 * steps :] = masses / 2
    flipped[: len(masses)] += masses / 2
    return flipped


def _may_lose_unseen(parent: Sequence[float], differences: Sequence[float], level: float) -> bool:
    """Whether pairs without a loss may be those of a child with the parent's mean that loses seldom and much.

    A child can lose what its parent has, if no score is below 0. A bet on the differences that can't lose more than all
    is then expected to gain nothing where the child's mean is no higher, and comes to 1/level with a probability of at
    most `level` (Ville 1939). The parent's highest score so far stands for what can be lost.
    """
    after = [score + gain for score, gain in zip(parent, differences, strict=True)]
    if min(differences) < 0 or min(parent) < 0 or max(*parent, *after) > 1 + ROUNDING:
        return False
    at_stake = max(*parent, *differences)
    return at_stake > 0 and math.prod(1 + gain / at_stake for gain in differences) < 1 / level


def _decision(accepted: bool, walk: _Walk) -> Decision:
    gain, p_value = walk.sum / max(1, walk.pairs), walk.as_good()
    words = f"mean difference {gain:+.4g} on {_pairs(walk.pairs)}, {walk.unequal} of them unequal, p = {p_value:.3g}"
    return Decision(accepted, words, gain, walk.pairs, p_value)


def _mean_gain(parent: Sequence[float], child: Sequence[float]) -> float:
    return _mean(_differences(parent, child))


def _mean(differences: Sequence[float]) -> float:
    """The mean; 0 where there is nothing but what rounding leaves."""
    total = math.fsum(differences)
    is_rounding = abs(total) <= ROUNDING * max(map(abs, differences), default=0.0)
    return 0.0 if is_rounding else total / len(differences)


def _differences(parent: Sequence[float], child: Sequence[float]) -> list[float]:
    return [after - before for before, after in zip(parent, child, strict=True)]


def _pairs(count: int) -> str:
    return f"{count:,} example" + ("" if count == 1 else "s")
