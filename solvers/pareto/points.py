"""Points as they are found, each read in the formulation itself; and where none was found, why."""

from collections.abc import Callable
from enum import Enum

from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.display import format_number
from steepest.solvers.pareto.front import LeftOut, ParetoPoint
from steepest.solvers.pareto.problem import FrontProblem, Limits
from steepest.solvers.pareto.spending import BudgetSpentError, Solves
from steepest.solvers.solution import Solution


class NoPoint(Enum):
    """Why a problem gave no point."""

    INFEASIBLE = "no answer meets the limits"
    UNKNOWN = "none was proven; noted among what is left out"


class Points:
    """The points of one search.

    Args:
        problem: The formulation and its objectives.
        solves: Solves parts of the search while the budget lasts.
        say: Told of every point.
    """

    def __init__(self, problem: FrontProblem, solves: Solves, say: Callable[[str], None]) -> None:
        self.problem = problem
        self.found: list[ParetoPoint] = []
        self.left_out: list[LeftOut] = []
        self._solves = solves
        self._say = say

    def within(self, limits: Limits, problem: BoundProblem) -> ParetoPoint | NoPoint:
        """The point of a problem whose objectives are held to limits.

        Raises:
            BudgetSpentError: Nothing is left to solve it with.
            InterruptedSearchError: The search was cancelled.
        """
        try:
            solution = self._solves(problem)
        except BudgetSpentError as error:
            self._leave_out(limits, f"{error}; nothing more was looked for")
            raise
        if solution.status == "infeasible":
            return NoPoint.INFEASIBLE
        point, hindrance = self.read(solution)
        if point is None:
            self._leave_out(limits, hindrance)
            return NoPoint.UNKNOWN
        self._say(f"an answer with {self._told(point)}")
        return point

    def read(self, solution: Solution) -> tuple[ParetoPoint | None, str]:
        """The point of an answer that is proven to be the best and breaks nothing, or what hinders it."""
        if solution.status != "optimal":
            return None, solution.message or f"the solve ended with: {solution.status.replace('_', ' ')}"
        values, broken = self.problem.read(solution)
        if broken is not None:
            return None, f"the solver's answer breaks `{broken}`; it is not to be trusted"
        point = ParetoPoint(values, self.problem.told(solution, values))
        self.found.append(point)
        return point, ""

    def _leave_out(self, limits: Limits, reason: str) -> None:
        held = tuple(limits.get(place) for place in range(len(self.problem)))
        self.left_out.append(LeftOut(held, reason))

    def _told(self, point: ParetoPoint) -> str:
        pairs = zip(self.problem.objectives, point.values, strict=True)
        return ", ".join(f"{each.short_name} {format_number(value)}" for each, value in pairs)
