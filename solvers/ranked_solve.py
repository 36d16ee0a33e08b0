"""Objectives that are ranked: each is solved for in turn, while rows hold what those before it have reached.

Every rank is a formulation of its own and goes to whichever back end takes it, so that logic and products that have an
exact linear form stay with HiGHS.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

from steepest.solvers.backends.ranking import Rank, ranked_objectives
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.formulation import Constraint, Formulation
from steepest.solvers.language.expressions import Arithmetic, Comparison, ComparisonOperator, Expression, Number
from steepest.solvers.objective_values import AnswerReading, resolved_instance
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import RankedObjective, Solution

HELD = "rank_is_held"
"""The name of the rows that hold a rank, with its number behind it."""
_NEAR = 1e-7
"""How much of an objective, relatively, those ranked below it may take where a solver can't meet it exactly."""
_SMALLEST = 1e-6
"""An objective is as large as this at least: what is smaller may be nothing but a solver's tolerance."""
_EXACT = ("LP", "MIP", "CP")
_LEAST_SECONDS = 0.01

Solve = Callable[[BoundProblem], Solution]


def solve_ranked(problem: BoundProblem, solve: Solve) -> Solution:
    """Solve for the first rank; for each next one, hold what was reached so far.

    Args:
        problem: What to solve; its time limit is that of all ranks together.
        solve: Solves a formulation with one objective.

    Returns:
        The answer of the last rank that has one. Status and message are those of the rank at which it ended; objective
        and bound are those of the first.

    Raises:
        FormulationError: Several objectives have neither priorities nor weights.
    """
    ranks = ranked_objectives(problem.formulation)
    return _Ranking(problem, ranks, solve).solution()


class _Ranking:
    """The ranks of one problem, and how far they are solved."""

    def __init__(self, problem: BoundProblem, ranks: Sequence[Rank], solve: Solve) -> None:
        self.problem = problem
        self.ranks = ranks
        self.solve = solve
        self.instance = resolved_instance(problem.formulation, problem.data)
        self.begin = perf_counter()
        self.seconds = 0.0
        """Of the solvers alone."""
        self.held: list[Constraint] = []

    def solution(self) -> Solution:
        before = last = first = self.solved(self.ranks[0], None)
        for place in range(len(self.ranks)):
            if place:
                before, last = last, self.next_rank(place, last)
            if not last.is_solved:
                message = f"objective {place + 1} of {len(self.ranks)}: {last.message or last.status}"
                kept = last if last.variables else before
                return self.told(kept, first).model_copy(update={"status": last.status, "message": message})
        return self.told(last, first)

    def next_rank(self, place: int, before: Solution) -> Solution:
        """The answer of a rank with all above it held: exactly, or as nearly as a solver is able to."""
        rank = self.ranks[place - 1]
        reached = AnswerReading(self.instance, before).value(rank.expression)
        if before.problem_class in _EXACT:
            exact = self.solved(self.ranks[place], before, self.exact_row(place, reached))
            if exact.status not in ("infeasible", "infeasible_or_unbounded"):  # the answer before meets the row
                self.held.append(self.exact_row(place, reached))
                return exact
        self.held.append(self.near_row(place, reached))
        return self.solved(self.ranks[place], before)

    def exact_row(self, place: int, reached: float) -> Constraint:
        """What keeps the rank before this place from getting worse."""
        return self.row(place, self.ranks[place - 1].expression, reached)

    def near_row(self, place: int, reached: float) -> Constraint:
        """The same but for a part of what was reached, in numbers that a solver's absolute tolerance suits."""
        rank, size = self.ranks[place - 1], max(abs(reached), _SMALLEST)
        limit = reached + (_NEAR * size if rank.sense == "minimize" else -_NEAR * size)
        if size >= 1:
            return self.row(place, rank.expression, limit)
        factor = 2.0 ** math.ceil(-math.log2(size))  # a power of two rounds nothing
        return self.row(place, Arithmetic("*", Number(factor), rank.expression), factor * limit)

    def row(self, place: int, expression: Expression, limit: float) -> Constraint:
        """The rank before this place held at a limit."""
        sign: ComparisonOperator = "<=" if self.ranks[place - 1].sense == "minimize" else ">="
        return Constraint(name=self.free_name(f"{HELD}_{place}"), body=Comparison((expression, Number(limit)), (sign,)))

    def free_name(self, name: str) -> str:
        taken = {each.name for each in self.problem.formulation.constraints}
        while name in taken:
            name += "_"
        return name

    def solved(self, rank: Rank, start: Solution | None, *more: Constraint) -> Solution:
        whole = self.problem.formulation
        rows = [*whole.constraints, *self.held, *more]
        formulation = whole.model_copy(update={"objectives": [rank.objective], "constraints": rows})
        given = self.problem.start if start is None else start
        solution = self.solve(replace(self.problem, formulation=formulation, options=self.options(), start=given))
        self.seconds += solution.seconds
        return solution

    def options(self) -> SolveOptions:
        """The options with what is left of the time."""
        options = self.problem.options
        if options.time_limit is None:
            return options
        left = options.time_limit - (perf_counter() - self.begin)
        return options.model_copy(update={"time_limit": max(_LEAST_SECONDS, left)})

    def told(self, solution: Solution, first: Solution) -> Solution:
        """The solution with what every objective comes to at its values, and the bound that was proven on the first."""
        known: dict[str, object] = {
            "seconds": self.seconds,
            "binding": self.binding(solution),
            "note": first.note,  # later ranks begin at the answer before
        }
        if not solution.variables or len(self.ranks) < 2:
            return solution.model_copy(update=known)
        reading = AnswerReading(self.instance, solution)
        values = [RankedObjective(each.sense, reading.value(each.expression), each.unit) for each in self.ranks]
        known |= {"objectives": values, "objective": values[0].value, "bound": first.bound, "gap": first.gap}
        return solution.model_copy(update=known)

    def binding(self, solution: Solution) -> list[object]:
        """The constraints that are the formulation's own; duals are of the last rank alone and left out."""
        own = {each.name for each in self.problem.formulation.constraints}
        is_alone = len(self.ranks) == 1
        return [each if is_alone else replace(each, dual=None) for each in solution.binding if each.name in own]


def is_ranking(formulation: Formulation) -> bool:
    """Whether there is more than one objective."""
    return len(formulation.objectives) > 1
