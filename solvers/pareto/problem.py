"""The formulations with one objective, or one ranking, that a search for the front is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal

from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.formulation import Constraint, Formulation, Objective
from steepest.solvers.language.expressions import Arithmetic, Comparison, Expression, Number, Sum
from steepest.solvers.language.spelling import spell
from steepest.solvers.objective_values import AnswerReading, resolved_instance
from steepest.solvers.pareto.front import FrontObjective
from steepest.solvers.pareto.granularity import granularity
from steepest.solvers.solution import RankedObjective, Solution
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

LIMIT = "front_limit"
"""The name of the rows that limit an objective, with its number behind it."""

Limits = Mapping[int, float]
"""What an objective may come to at worst, by its place."""


class FrontProblem:
    """A formulation with several objectives among which nothing chooses.

    Args:
        bound: The formulation and its data; what it says of priorities and weights does not count.
    """

    def __init__(self, bound: BoundProblem) -> None:
        self.bound = bound
        self.formulation = bound.formulation
        self.given = bound.formulation.objectives
        self.objectives = tuple(_described(each) for each in self.given)
        self.instance = resolved_instance(bound.formulation, bound.data)

    def __len__(self) -> int:
        return len(self.given)

    @cached_property
    def models(self) -> list[CompiledModel | None]:
        """The arrays of the formulation with each objective alone; None where it has no exact linear form."""
        return [self._model(objective) for objective in self.given]

    def _model(self, objective: Objective) -> CompiledModel | None:
        try:
            model = compile_formulation(self.with_objectives([_plain(objective)], {}), self.bound.data)
        except UnsupportedProblemError:
            return None
        return None if model.hessian is not None else model

    @property
    def is_linear(self) -> bool:
        """Whether every objective is linear, or has an exact linear form."""
        return all(model is not None for model in self.models)

    @cached_property
    def steps(self) -> tuple[float | None, ...]:
        """By objective, the least difference between two of its values; None where there is none."""
        return tuple(None if model is None else granularity(model) for model in self.models)

    def step(self, place: int) -> float | None:
        """The least difference between two values of an objective; None where there is none."""
        return self.steps[place]

    # What is solved

    def ranked(self, order: Sequence[int], limits: Limits) -> BoundProblem:
        """The objectives by rank, in an order."""
        ranks = [_plain(self.given[place]).model_copy(update={"priority": rank}) for rank, place in enumerate(order, 1)]
        return self._problem(self.with_objectives(ranks, limits))

    def weighted(self, weights: Mapping[int, float], limits: Limits) -> BoundProblem:
        """The objectives in one: how good each is, times its weight, added up in the sense of the first.

        Args:
            weights: By the place of the objective, positive; the first is the one that counts most.
            limits: What objectives may come to at worst.
        """
        main = self.objectives[next(iter(weights))]
        terms = tuple(_times(weight, self.given[place].expression) for place, weight in weights.items())
        signs: tuple[Literal[1, -1], ...] = tuple(
            1 if self.objectives[place].sense == main.sense else -1 for place in weights
        )
        objective = Objective(sense=main.sense, expression=Sum(terms, signs))
        return self._problem(self.with_objectives([objective], limits))

    def with_objectives(self, objectives: Sequence[Objective], limits: Limits) -> Formulation:
        """The formulation with other objectives and with rows that limit some of its own."""
        rows = [self._row(place, limit) for place, limit in limits.items()]
        constraints = [*self.formulation.constraints, *rows]
        return self.formulation.model_copy(update={"objectives": list(objectives), "constraints": constraints})

    def _row(self, place: int, limit: float) -> Constraint:
        operator: Literal["<=", ">="] = "<=" if self.objectives[place].sign > 0 else ">="
        name = f"{LIMIT}_{place + 1}"
        taken = {each.name for each in self.formulation.constraints}
        while name in taken:
            name += "_"
        return Constraint(name=name, body=Comparison((self.given[place].expression, Number(limit)), (operator,)))

    def _problem(self, formulation: Formulation) -> BoundProblem:
        return replace(self.bound, formulation=formulation)

    # What comes back

    def read(self, solution: Solution) -> tuple[tuple[float, ...], str | None]:
        """What every objective comes to at an answer, and a constraint that it breaks, if any."""
        reading = AnswerReading(self.instance, solution)
        return tuple(reading.value(each.expression) for each in self.given), reading.broken()

    def told(self, solution: Solution, values: Sequence[float]) -> Solution:
        """An answer to a part of the search as one to the formulation, without the rows and duals of that part."""
        own = {each.name for each in self.formulation.constraints}
        reached = [
            RankedObjective(each.sense, value, each.unit) for each, value in zip(self.given, values, strict=True)
        ]
        known = {
            "objective": values[0],
            "objectives": reached,
            "bound": None,
            "gap": None,
            "message": "",
            "binding": [replace(each, dual=None) for each in solution.binding if each.name in own],
        }
        return solution.model_copy(update=known)


def _described(objective: Objective) -> FrontObjective:
    return FrontObjective(objective.note or spell(objective.expression), objective.sense, objective.unit)


def _plain(objective: Objective) -> Objective:
    return objective.model_copy(update={"priority": None, "weight": None})


def _times(factor: float, expression: Expression) -> Expression:
    return expression if factor == 1 else Arithmetic("*", Number(factor), expression)
