"""Solves the parts of a search while its budget lasts."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.control import SolveControl
from steepest.solvers.pareto.front import ParetoBudget
from steepest.solvers.solution import Solution


class BudgetSpentError(Exception):
    """The budget is spent; never leaves this package."""


class InterruptedSearchError(Exception):
    """Whoever waits has enough; never leaves this package."""


class Solves:
    """A way to solve, and what of a budget it has taken.

    Args:
        solve: Solves a bound problem.
        budget: Limits of all solves together.
        control: May end the search.
    """

    def __init__(self, solve: Callable[[BoundProblem], Solution], budget: ParetoBudget, control: SolveControl) -> None:
        self._solve = solve
        self._budget = budget
        self._control = control
        self._begin = perf_counter()
        self.count = 0

    @property
    def seconds(self) -> float:
        """Wall clock since the begin."""
        return perf_counter() - self._begin

    def __call__(self, problem: BoundProblem) -> Solution:
        """Solve a problem within what is left; each of its ranks counts as a solve.

        Raises:
            BudgetSpentError: Nothing is left for it, or it was what took the rest.
            InterruptedSearchError: The solve was cancelled.
        """
        count = len(problem.formulation.objectives)
        left = self._budget.seconds - self.seconds
        if self._control.cancelled:
            raise InterruptedSearchError
        if self.count + count > self._budget.solves:
            raise BudgetSpentError(f"the budget of {self._budget.solves:,} solves is spent")
        if left <= 0:
            raise BudgetSpentError(f"the budget of {self._budget.seconds:g} seconds is spent")
        self.count += count
        solution = self._solved(problem, left)
        if solution.status == "interrupted":
            raise InterruptedSearchError
        if solution.status == "time_limit" and self.seconds >= self._budget.seconds:
            raise BudgetSpentError(f"the budget of {self._budget.seconds:g} seconds is spent")
        return solution

    def _solved(self, problem: BoundProblem, left: float) -> Solution:
        own = problem.options.time_limit
        limit = left if own is None else min(left, own)
        options = problem.options.model_copy(update={"time_limit": limit})
        try:
            return self._solve(replace(problem, options=options))
        except SolverError as error:
            return Solution(status="failed", message=str(error))
