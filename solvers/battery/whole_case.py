"""A case without arrays of its own: nonlinear problems, schedules, and several objectives, solved as they are written.

What is certified here is true of every class: without a constraint, or with a wider limit that stands nowhere else,
every answer stays one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from steepest.errors import SteepestError
from steepest.solvers.backends.ranking import Rank
from steepest.solvers.battery.effects import UNCLEAR, Direction, Effect
from steepest.solvers.battery.growth import Growth
from steepest.solvers.battery.probes import Reached
from steepest.solvers.battery.subject import Subject
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.data.instance_data import Data
from steepest.solvers.definitions import Definition, expressions_of
from steepest.solvers.formulation import Constraint, Formulation, Objective, Sense, Variable
from steepest.solvers.language.expressions import (
    GLOBAL_CONSTRAINTS,
    LOGICAL_FUNCTIONS,
    Arithmetic,
    Call,
    Comparison,
    Connective,
    Expression,
    Index,
    Name,
    Not,
    Number,
    Reduction,
    walk,
)
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import way_to_solve
from steepest.solvers.spending import Spending

SLACK = 1e-4
"""Relative: curved constraints that a solver meets within its tolerance may be worth more than straight ones."""


@dataclass
class WholeProbes:
    """Solves variations of one formulation within a budget."""

    options: SolveOptions
    spending: Spending

    def solved(self, formulation: Formulation, data: Data) -> Reached | None:
        """What a formulation comes to; None where that is not proven.

        Raises:
            BudgetSpentError: There are no solves or seconds left.
        """
        left = self.spending.next_limit()
        limit = left if self.options.time_limit is None else min(left, self.options.time_limit)
        options = self.options.model_copy(update={"time_limit": max(limit / 2, 0.05), "gap": 0.0})
        problem = BoundProblem(formulation, data, options, self.spending.control, start=None, say=lambda _: None)
        try:
            solution = way_to_solve(options.solver)(problem)
        except SteepestError:
            return None
        return reached(solution, next((each.sense for each in formulation.objectives), "minimize"))


def reached(solution: Solution, sense: Sense) -> Reached | None:
    """A proven end of a solve as a value that can be compared."""
    worst = float("inf") if sense == "minimize" else -float("inf")
    if solution.status == "optimal" and solution.objective is not None:
        return Reached("optimal", solution.objective)
    return {"infeasible": Reached("infeasible", worst), "unbounded": Reached("unbounded", -worst)}.get(solution.status)


@dataclass
class WholeCase(Subject):
    """What the tests look at that hold for any class; of several ranks the first."""

    rank: Rank
    probes: WholeProbes
    slack: ClassVar[float] = SLACK

    @property
    def sense(self) -> Sense:
        """Of the first rank."""
        return self.rank.sense

    @cached_property
    def first(self) -> Formulation:
        """The formulation with the first rank alone."""
        return self.formulation.model_copy(update={"objectives": [self.rank.objective]})

    @cached_property
    def objectives_that_grow(self) -> list[Objective]:
        """The objectives that are certain to by how they are written."""
        growth = Growth(self.formulation, self.data)
        return [each for each in self.formulation.objectives if growth.grows(each.expression)]

    def effect_of(self, name: str) -> Effect:
        """What raising a parameter does that stands nowhere but as one side of a comparison, or as one bound."""
        formulation = self.formulation
        if _mentions(formulation, name) != 1:
            return UNCLEAR
        found = next((way for each in formulation.constraints for way in _ways(each, name)), None)
        found = found or next((way for each in formulation.variables for way in _bound_ways(each, name)), None)
        return Effect(found, is_limit=True, in_rows=True) if found is not None else UNCLEAR

    def counts_up(self, constraint: Constraint) -> bool:
        """Never known of a constraint without arrays."""
        return False

    def with_data(self, data: Data | None) -> Reached | None:
        """The first rank's optimum with other data."""
        return self.probes.solved(self.first, data) if data is not None else None

    @property
    def has_fractions_to_allow(self) -> bool:
        """Whether there are whole numbers, and no condition that tells fractions from them within a tolerance."""
        domains = {each.domain for each in self.formulation.variables}
        has_logic = any(_is_logical(node) for each in self.formulation.constraints for node in walk(each.body))
        return bool(domains & {"integer", "binary"}) and "semicontinuous" not in domains and not has_logic

    def relaxed(self) -> Reached | None:
        """The first rank's optimum with fractions."""
        variables = [_real(each) for each in self.formulation.variables]
        return self.probes.solved(self.first.model_copy(update={"variables": variables}), self.data)

    def families(self) -> list[str]:
        """All constraints."""
        return [each.name for each in self.formulation.constraints]

    def without(self, name: str) -> Reached | None:
        """The first rank's optimum without a constraint."""
        others = [each for each in self.formulation.constraints if each.name != name]
        return self.probes.solved(self.first.model_copy(update={"constraints": others}), self.data)

    def multiplied(self, factor: float) -> Reached | None:
        """The optimum of a multiple of the first rank."""
        objective = self.rank.objective
        expression = Arithmetic("*", Number(factor), objective.expression)
        multiple = objective.model_copy(update={"expression": expression})
        return self.probes.solved(self.first.model_copy(update={"objectives": [multiple]}), self.data)


def _real(variable: Variable) -> Variable:
    """A variable that may be a fraction between the same bounds."""
    if variable.domain != "binary":
        return variable.model_copy(update={"domain": "real"})
    lower = Number(0) if variable.lower is None else variable.lower
    upper = Number(1) if variable.upper is None else variable.upper
    return variable.model_copy(update={"domain": "real", "lower": lower, "upper": upper})


def _is_logical(node: Expression) -> bool:
    if isinstance(node, Comparison):
        return not set(node.operators) <= {"<=", ">=", "==", "in", "not in"}
    is_function = isinstance(node, Call | Reduction) and node.function in LOGICAL_FUNCTIONS | GLOBAL_CONSTRAINTS
    return is_function or isinstance(node, Connective | Not)


def _mentions(formulation: Formulation, name: str) -> int:
    users: list[Definition | Variable | Constraint | Objective] = [*formulation.sets, *formulation.parameters]
    users += [*formulation.lets, *formulation.objectives, *formulation.constraints, *formulation.variables]
    return sum(_is_name(node, name) for user in users for each in expressions_of(user) for node in walk(each))


def _is_name(node: Expression, name: str) -> bool:
    return isinstance(node, Name | Index) and node.name == name


def _ways(constraint: Constraint, name: str) -> Iterator[Direction]:
    """What raising a parameter does to a comparison of which it is the first or the last side."""
    body = constraint.body
    if not isinstance(body, Comparison) or not set(body.operators) <= {"<=", ">="}:
        return
    if _is_name(body.operands[-1], name):
        yield "helps" if body.operators[-1] == "<=" else "hurts"
    elif _is_name(body.operands[0], name):
        yield "hurts" if body.operators[0] == "<=" else "helps"


def _bound_ways(variable: Variable, name: str) -> Iterator[Direction]:
    if variable.upper is not None and _is_name(variable.upper, name):
        yield "helps"
    if variable.lower is not None and _is_name(variable.lower, name):
        yield "hurts"
