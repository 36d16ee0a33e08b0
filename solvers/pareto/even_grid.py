"""Some points of any number of objectives: all but one are limited by an even grid between their best and worst."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.pareto.front import ParetoPoint
from steepest.solvers.pareto.points import NoPoint, Points
from steepest.solvers.pareto.problem import Limits

_SHARE = 1e-4
"""Of the other objectives in the one that is optimized, each relative to its range; each next a tenth of the last."""


@dataclass(frozen=True, slots=True)
class EvenGrid:
    """The search between the extreme points of a front; the first objective is optimized."""

    points: Points
    extremes: Sequence[ParetoPoint]
    """By objective, the best in it."""
    count: int
    """Limits of each objective, its best and worst value included."""
    _too_tight: list[tuple[float, ...]] = field(default_factory=list)
    """Limits of the outer objectives that leave no answer, as costs."""

    def search(self) -> None:
        """Solve for every combination of limits, the last objective's in the inner loop."""
        *outer, inner = range(1, len(self.extremes))
        inner_costs = self._costs(inner)
        for held in product(*(self._costs(place) for place in outer)):
            if any(all(a <= b for a, b in zip(held, each, strict=True)) for each in self._too_tight):
                continue
            limits = {place: self._sign(place) * cost for place, cost in zip(outer, held, strict=True)}
            # of two objectives the ends are the extreme points, which are known
            met = self._tighten(limits, inner, inner_costs if outer else inner_costs[1:-1])
            if met == 0 and outer:
                self._too_tight.append(held)

    def _tighten(self, limits: Limits, inner: int, costs: Sequence[float]) -> int:
        """Tighten the limit of one objective step by step; how many limits left an answer."""
        met = place = 0
        while place < len(costs):
            whole = {**limits, inner: self._sign(inner) * costs[place]}
            found = self.points.within(whole, self._problem(whole))
            if found is NoPoint.INFEASIBLE:
                return met
            met, place = met + 1, place + 1
            if isinstance(found, ParetoPoint):  # over the limits that it meets already
                reached = self._sign(inner) * found.values[inner]
                place += sum(reached <= cost for cost in costs[place:])
        return met

    def _problem(self, limits: Limits) -> BoundProblem:
        """The best answer in the first objective within limits of the others, that no other answer dominates."""
        problem = self.points.problem
        others = range(1, len(self.extremes))
        if not problem.is_linear:  # a sum would hide the form that makes a ratio or a monotone function easy
            return problem.ranked([0, *others], limits)
        spans = [abs(max(costs) - min(costs)) or 1.0 for costs in map(self._costs, range(len(self.extremes)))]
        shares = {place: _SHARE * 0.1 ** (place - 1) * spans[0] / spans[place] for place in others}
        return problem.weighted({0: 1.0, **shares}, limits)

    def _costs(self, place: int) -> list[float]:
        """Limits of an objective as what is to be small, from its worst to its best among the extreme points."""
        values = [self._sign(place) * point.values[place] for point in self.extremes]
        worst, best = max(values), min(values)
        return [worst + (best - worst) * number / (self.count - 1) for number in range(self.count)]

    def _sign(self, place: int) -> int:
        return self.points.problem.objectives[place].sign
