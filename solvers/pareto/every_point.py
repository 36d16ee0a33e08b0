"""Every point of two objectives, one of which moves in steps: each next limit is a step better than the last answer."""

from dataclasses import dataclass
from itertools import pairwise

from steepest.solvers.pareto.front import ParetoPoint
from steepest.solvers.pareto.points import NoPoint, Points

_SPREAD = 8
"""In so many parts the front is divided first, by halves, so that a search that is stopped has some of all of it."""
_FINEST = 1e-7
"""A step of an objective below this part of the whole is lost in a solver's tolerances."""


@dataclass(frozen=True, slots=True)
class EveryPoint:
    """The search between the two extreme points of a front."""

    points: Points
    main: int
    """The objective that is optimized."""
    other: int
    """The one that moves in steps, and is limited."""
    step: float
    first: ParetoPoint
    """The best in the main objective."""
    last: ParetoPoint
    """The best in the other one."""

    def search(self) -> None:
        """Find every point between the two."""
        known = [self.first, *self._far_apart(), self.last]
        known.sort(key=lambda point: self._cost(point.values[self.other]), reverse=True)
        for begin, end in pairwise(known):
            self._fill(begin, end)

    def _far_apart(self) -> list[ParetoPoint]:
        high, low = (self._cost(each.values[self.other]) for each in (self.first, self.last))
        if high - low <= 3 * _SPREAD * self.step:
            return []
        by_halves = sorted(range(1, _SPREAD), key=lambda number: number & -number, reverse=True)
        limits = [high + (low - high) * number / _SPREAD for number in by_halves]
        found = [self._best_within(self._cost(limit)) for limit in limits]
        return [each for each in found if isinstance(each, ParetoPoint)]

    def _fill(self, begin: ParetoPoint, end: ParetoPoint) -> None:
        lowest = self._cost(end.values[self.other])
        while True:
            next_cost = self._cost(begin.values[self.other]) - self.step
            if next_cost - lowest < self.step / 2:
                return
            found = self._best_within(self._cost(next_cost))
            if isinstance(found, NoPoint):
                return
            begin = found

    def _cost(self, value: float) -> float:
        """The value of the stepping objective as what is to be small, and back."""
        return self.points.problem.objectives[self.other].sign * value

    def _best_within(self, limit: float) -> ParetoPoint | NoPoint:
        """The best answer in the main objective within a limit of the other, and the best of those in the other.

        One solve does where a whole weight lets any step of the main objective outweigh all that the other can give.
        """
        problem, limits = self.points.problem, {self.other: limit}
        weight = self._weight()
        if weight is None:
            return self.points.within(limits, problem.ranked([self.main, self.other], limits))
        return self.points.within(limits, problem.weighted({self.main: weight, self.other: 1.0}, limits))

    def _weight(self) -> float | None:
        step = self.points.problem.step(self.main)
        if step is None:
            return None
        first, last = self.first.values, self.last.values
        weight = float(int(abs(first[self.other] - last[self.other]) / step) + 2)
        size = weight * max(1.0, abs(first[self.main]), abs(last[self.main]))
        return weight if self.step >= _FINEST * size else None
