"""Whether a child is better than its parent: tests on pairs of scores, each of one example.

A bare comparison of sums on a few noisy examples accepts nearly half of all children that are no better at all, and
each of them costs an evaluation on the whole ranking split (`benchmarks/acceptance.py` has the figures). `Paired` is a
test whose rate of such mistakes is at most its `level`, however often it draws further examples.
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
ROUNDING = 1e-12
"""By which a sum of probabilities may be off."""
CLIP = 16 * GRID
"""Steps beyond which a difference counts as no larger, so that one outlier does not make the distribution endless."""


@dataclass(frozen=True, slots=True)
class Better:
    """The sum on the batch is higher (GEPA's rule). Of children that are no better, 1/2 - P(tie)/2 are accepted."""

    async def decide(self, parent: Sequence[float], child: Sequence[float], draw: Draw) -> Decision:
        """Compare the sums."""
        gain = _mean_gain(parent, child)
        return Decision(gain > 0, f"mean difference {gain:+.4g} on {_pairs(len(child))}", gain, len(child))


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
    """A sequential test: a child that is no better is accepted with a probability of at most `level`.

    It is the sign-flip test of the differences (Fisher 1935), exact at every number of pairs; of scores that are right
    or wrong, the binomial test on the examples where parent and child differ. Where the pairs don't tell, as many are
    drawn again, up to `most`; the level is spent over the looks in proportion to the pairs, and what a look leaves is
    the next one's (Lan and DeMets 1983), with the exact distribution of the sum given that no look before accepted. So
    the level holds for the whole procedure. It rests on one thing: that for a child that is no better a difference is
    as likely as its opposite. A parent whose scores were lucky makes the test stricter.

    Few unequal pairs have few verdicts: two in favour come by chance with 1/4, whatever the level is. At the end a lot
    then decides, with the odds that the level leaves (Lehmann and Romano 2005, section 3.2), so that a rare improvement
    is not missed every time. It is drawn by the scores themselves, and a step that is made again draws the same.

    A child is given up before `most` as soon as the pairs speak against it, or when nearly all of them are equal; this
    only lowers the rate.

    Raises:
        InputError: The level is not between 0 and 0.5, or no pair is allowed.
    """

    level: float = 0.3
    """Of the children that are no better, those that are accepted, at most. A low one misses improvements, which a
    search loses more by than by a mistake, as it evaluates what it accepts once more on the whole ranking split."""
    most: int = 24
    """Pairs, the first batch included."""

    def __post_init__(self) -> None:
        if not 0 < self.level < 0.5:
            raise InputError(f"the level of a paired test lies between 0 and 0.5: {self.level!r} does not")
        if self.most < 1:
            raise InputError(f"a paired test needs a pair, not {self.most}")

    async def decide(self, parent: Sequence[float], child: Sequence[float], draw: Draw) -> Decision:
        """Compare, and draw until the pairs tell."""
        differences = _differences(parent, child)
        walk = _Walk()
        walk.extend(differences)
        while True:
            most = max(self.most, walk.pairs)
            if walk.accepts(self.level * walk.pairs / most):
                return _decision(True, walk)
            wanted = min(walk.pairs, most - walk.pairs)
            if not wanted or self._is_hopeless(walk, most):
                break
            further = _differences(*await draw(wanted))
            if not further:
                break
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
    on the ranking split: with up to 24 examples that costs no more than `Paired` does, and tells more, so the bare
    comparison that leads to it is enough (benchmarks/landscapes.py has what either rule comes to). On a larger one,
    children that are no better are kept from it by the test.

    Args:
        examples: Of the training split, or those that are left to test on.
        ranking: Examples of the ranking split.
        level: Of the test.
    """
    if examples < LEAST:
        return Exact()
    return Better() if ranking <= DEAR else Paired(level)


def sign_flip_p(differences: Sequence[float]) -> float:
    """One-sided p value of the sign-flip test that differences are as likely as their opposites (Fisher 1935).

    Args:
        differences: Of the pairs, positive in favour; sizes count in steps of a 256th of their median.

    Returns:
        The share of all sign patterns whose sum is as high; 1 where there is no difference.
    """
    walk = _Walk()
    walk.extend(differences)
    return walk.as_good()


class _Walk:
    """The distribution of the sum of differences if each had either sign, with the part of it that no look accepted."""

    def __init__(self) -> None:
        self.pairs = 0
        self.unequal = 0
        self.total = 0
        """The sum of the differences, in steps of the grid, the largest of them clipped."""
        self.sum = 0.0
        """The sum as it is."""
        self._step = 0.0
        self._spent = 0.0
        self._all = np.ones(1)
        """Probability of each sum; the middle one is 0."""
        self._left = np.ones(1)
        """Likewise, without what was accepted at a look."""

    def extend(self, differences: Sequence[float]) -> None:
        """Take in further pairs. The grid depends on the first sizes alone, so that no sign has a say in it."""
        sizes = [abs(each) for each in differences if each]
        if not self._step and sizes:
            self._step = max(median_low(sizes) / GRID, sys.float_info.min)
        for each in differences:
            steps = round(min(CLIP, abs(each) / self._step)) if each else 0
            self.pairs += 1
            self.sum += each
            if steps:
                self.unequal += 1
                self.total += steps if each > 0 else -steps
                self._all, self._left = _flipped(self._all, steps), _flipped(self._left, steps)

    def accepts(self, level: float) -> bool:
        """Whether the sum is among the highest of those that are left, as many as the level allows for in all looks."""
        tail = np.cumsum(self._left[::-1])[::-1]
        beyond = int(np.searchsorted(-tail, self._spent - level - ROUNDING))
        self._spent += float(tail[beyond]) if beyond < len(tail) else 0.0
        self._left[beyond:] = 0
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


def _decision(accepted: bool, walk: _Walk) -> Decision:
    gain, p_value = walk.sum / max(1, walk.pairs), walk.as_good()
    words = f"mean difference {gain:+.4g} on {_pairs(walk.pairs)}, {walk.unequal} of them unequal, p = {p_value:.3g}"
    return Decision(accepted, words, gain, walk.pairs, p_value)


def _mean_gain(parent: Sequence[float], child: Sequence[float]) -> float:
    differences = _differences(parent, child)
    return math.fsum(differences) / len(differences) if differences else 0.0


def _differences(parent: Sequence[float], child: Sequence[float]) -> list[float]:
    return [after - before for before, after in zip(parent, child, strict=True)]


def _pairs(count: int) -> str:
    return f"{count:,} example" + ("" if count == 1 else "s")
