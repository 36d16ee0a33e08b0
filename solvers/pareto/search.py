"""Looks for the front of several objectives by the epsilon-constraint method.

One objective is optimized while the others are limited (Haimes, Lasdon and Wismer, "On a bicriterion formulation",
IEEE Transactions on Systems, Man, and Cybernetics 1, 1971), and among its optima those are taken that are best in the
others: by a small share of them in the objective, with jumps over limits that the answer meets anyway (AUGMECON2:
Mavrotas and Florios, "An improved version of the augmented epsilon-constraint method (AUGMECON2) for finding the exact
Pareto set in multi-objective integer programming problems", Applied Mathematics and Computation 219(18), 2013), or by
further solves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from steepest.errors import InputError
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.control import SolveControl
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.pareto.dominance import not_dominated, rooms
from steepest.solvers.pareto.even_grid import EvenGrid
from steepest.solvers.pareto.every_point import EveryPoint
from steepest.solvers.pareto.front import FrontStatus, ParetoBudget, ParetoFront, ParetoPoint
from steepest.solvers.pareto.points import Points
from steepest.solvers.pareto.problem import FrontProblem
from steepest.solvers.pareto.spending import BudgetSpentError, InterruptedSearchError, Solves
from steepest.solvers.solution import Status
from steepest.solvers.solve import way_to_solve

POINTS = 11
"""Limits of each objective where nobody says how many, its extremes included."""
MOST_POINTS = 1000


def pareto_front(
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    points: int | None = None,
    folder: Path | str | None = None,
    options: SolveOptions | None = None,
    budget: ParetoBudget | None = None,
    control: SolveControl | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> ParetoFront:
    """The answers of which none is better in every objective.

    Args:
        formulation: The formulation; each of its objectives counts for itself, whatever their priorities and weights.
        tables: Data to bind by name, over what the formulation holds itself.
        points: How many limits each objective but one is given, evenly between its best and worst value. None means
            every point where that can be proven (two objectives, one of which moves in steps), and 11 limits elsewhere.
        folder: Where the files that the formulation names are found.
        options: Limits of each solve, and which solver; the gap is taken as 0.
        budget: Limits of the whole search.
        control: Told how far each solve is, and may end the search.
        on_progress: Told what is being done, a line at a time.

    Raises:
        FormulationError: The formulation or its data can't be used as they are.
        InputError: There are fewer than two objectives, or too few or too many points are asked for.
    """
    if len(formulation.objectives) < 2:
        raise InputError("a front is one of several objectives: give the formulation two or more")
    if points is not None and not 2 <= points <= MOST_POINTS:
        raise InputError(f"a front of {points} points can't be looked for: ask for 2 to {MOST_POINTS:,}")
    options = (options or SolveOptions()).model_copy(update={"gap": 0.0})
    solve = way_to_solve(options.solver)
    check_formulation(_in_order(formulation), bound=tuple(tables or ())).raise_errors()
    data = bind(formulation, tables, folder=folder)
    say, control = on_progress or (lambda _: None), control or SolveControl()
    bound = BoundProblem(formulation, data, options, control, None, lambda _: None)
    solves = Solves(solve, budget or ParetoBudget(), control)
    return _Search(FrontProblem(bound), solves, points, say).front()


def _in_order(formulation: Formulation) -> Formulation:
    """The formulation with its objectives ranked, which for the checks is as good as any choice between them."""
    ranked = [each.model_copy(update={"priority": place}) for place, each in enumerate(formulation.objectives, 1)]
    return formulation.model_copy(update={"objectives": ranked})


class _NoExtremeError(Exception):
    """An objective has no best value that is proven: there is no range to look in."""

    def __init__(self, status: FrontStatus, message: str) -> None:
        self.status: FrontStatus = status
        super().__init__(message)


class _Search:
    """One search: the extreme points, then what lies between them."""

    def __init__(self, problem: FrontProblem, solves: Solves, count: int | None, say: Callable[[str], None]) -> None:
        self.problem = problem
        self.solves = solves
        self.count = count
        self.say = say
        self.points = Points(problem, solves, say)
        self.extremes: list[ParetoPoint] = []

    def front(self) -> ParetoFront:
        try:
            self.extremes.extend(self.extreme(place) for place in range(len(self.problem)))
            return self.told(self.between())
        except _NoExtremeError as error:
            return self.told(error.status, str(error))
        except BudgetSpentError as error:
            return self.told("stopped", f"stopped early: {error}")
        except InterruptedSearchError:
            return self.told("interrupted", "interrupted: these are the points that were found by then")

    def extreme(self, place: int) -> ParetoPoint:
        """The best answer in one objective, and among those the best in the others, one after another."""
        objective = self.problem.objectives[place]
        self.say(f"looking for the best {objective.short_name}")
        order = [place, *(each for each in range(len(self.problem)) if each != place)]
        solution = self.solves(self.problem.ranked(order, {}))
        point, hindrance = self.points.read(solution)
        if point is not None:
            return point
        status, why = _ENDS.get(solution.status, ("failed", "{message}"))
        raise _NoExtremeError(status, why.format(name=objective.name, message=hindrance))

    def between(self) -> FrontStatus:
        """Look for what lies between the extreme points; how far that is proven to be all."""
        if self.is_single():
            return "complete"
        other = self.stepping() if len(self.problem) == 2 and self.count is None else None
        step = None if other is None else self.problem.step(other)
        if other is None or step is None:
            EvenGrid(self.points, self.extremes, self.count or POINTS).search()
            return "sampled"
        main = 1 - other
        EveryPoint(self.points, main, other, step, self.extremes[main], self.extremes[other]).search()
        return "sampled" if self.points.left_out else "complete"

    def is_single(self) -> bool:
        """Whether one answer is the best in everything."""
        room = rooms(self.problem.objectives, self.extremes, self.problem.steps)
        best = [point.values[place] for place, point in enumerate(self.extremes)]
        return any(
            all(abs(value - most) <= least for value, most, least in zip(point.values, best, room, strict=True))
            for point in self.extremes
        )

    def stepping(self) -> int | None:
        """Which of two objectives to limit: one that moves in steps, the one with fewer of them."""
        counts = {
            place: abs(self.extremes[0].values[place] - self.extremes[1].values[place]) / step
            for place, step in enumerate(self.problem.steps)
            if step is not None
        }
        return min(counts, key=lambda place: counts[place], default=None)

    # What is told

    def told(self, status: FrontStatus, message: str = "") -> ParetoFront:
        problem = self.problem
        steps = problem.steps if self.points.found else ()
        points = not_dominated(self.points.found, problem.objectives, steps)
        room = rooms(problem.objectives, points, steps)
        is_ranged = len(self.extremes) == len(problem)
        ideal, nadir = self.ends(points) if is_ranged else (None, None)
        marked = [replace(point, best_in=tuple(_best_in(point, ideal, room))) for point in points]
        return ParetoFront(
            status=status,
            message=message or _message(status, len(points)),
            objectives=problem.objectives,
            points=tuple(marked),
            ideal=ideal,
            nadir=nadir,
            solves=self.solves.count,
            seconds=self.solves.seconds,
            left_out=tuple(self.points.left_out),
        )

    def ends(self, points: Sequence[ParetoPoint]) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The best and the worst of each objective."""
        signs = [each.sign for each in self.problem.objectives]
        costs = [[sign * point.values[place] for point in points] for place, sign in enumerate(signs)]
        pairs = list(zip(signs, costs, strict=True))
        return tuple(sign * min(each) + 0.0 for sign, each in pairs), tuple(
            sign * max(each) + 0.0 for sign, each in pairs
        )


_ENDS: dict[Status, tuple[FrontStatus, str]] = {
    "infeasible": ("infeasible", "no answer meets all constraints"),
    "unbounded": ("unbounded", "`{name}` does not end the search: {message}"),
    "infeasible_or_unbounded": ("failed", "whether there is no answer, or one without limit, is not known ({name})"),
    "time_limit": ("stopped", "the best of `{name}` was not proven within the time: allow more"),
    "unsupported": ("unsupported", "{message}"),
}


def _best_in(point: ParetoPoint, ideal: Sequence[float] | None, room: Sequence[float]) -> Iterator[int]:
    for place, best in enumerate(ideal or ()):
        if abs(point.values[place] - best) <= room[place]:
            yield place


def _message(status: FrontStatus, count: int) -> str:
    if status == "complete" and count == 1:
        return "one answer is the best in every objective: there is nothing to trade"
    if status == "complete":
        return f"these {count} points are all there are"
    return f"{count} points of a front that may have more between them"
