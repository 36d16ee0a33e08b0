"""A case that has arrays: linear and convex quadratic problems, whose coefficients prove what a change can do."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.battery.effects import UNCLEAR, Effect, effect
from steepest.solvers.battery.probes import Probes, Reached, raised
from steepest.solvers.battery.subject import STEP, Subject
from steepest.solvers.data.instance_data import Data
from steepest.solvers.formulation import Constraint, Objective, Sense
from steepest.solvers.vectorized.columns import SEMICONTINUOUS
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers


@dataclass
class Case(Subject):
    """What every test of the battery looks at where there are arrays."""

    probes: Probes

    @property
    def sense(self) -> Sense:
        """Of its one objective."""
        return self.probes.model.sense

    @property
    def objectives_that_grow(self) -> list[Objective]:
        """The objective, if it is a plain sum that grows with its decisions."""
        return [self.objective] if self.has_plain_objective and (self.probes.model.cost >= 0).all() else []

    def effect_of(self, name: str) -> Effect:
        """What raising a parameter's numbers does to the arrays."""
        data = raised(self.data, name, STEP)
        model = self.probes.compiled(data) if data is not None else None
        return effect(self.probes.model, model) if model is not None else UNCLEAR

    def counts_up(self, constraint: Constraint) -> bool:
        """Whether every coefficient of a constraint's rows is positive."""
        blocks = [each for each in self.probes.model.blocks if each.name == constraint.name]
        return bool(blocks) and all(not each.is_auxiliary and bool((each.coefficients > 0).all()) for each in blocks)

    def with_data(self, data: Data | None) -> Reached | None:
        """What the formulation comes to with other data; None where that is unknown."""
        model = self.probes.compiled(data) if data is not None else None
        return self.probes.solved(model) if model is not None else None

    @property
    def has_fractions_to_allow(self) -> bool:
        """Whether there are whole numbers, and no semicontinuous decisions."""
        return relaxation(self.probes.model) is not None

    def relaxed(self) -> Reached | None:
        """The optimum of the relaxation."""
        return self.probes.solved(relaxation(self.probes.model) or self.probes.model)

    def families(self) -> list[str]:
        """The constraints with rows of their own."""
        blocks = self.probes.model.blocks
        return list(dict.fromkeys(block.name for block in blocks if not block.is_auxiliary and len(block)))

    def without(self, name: str) -> Reached | None:
        """The optimum with the rows of a constraint left without limits."""
        return self.probes.solved(_without_rows(self.probes.model, name))

    def multiplied(self, factor: float) -> Reached | None:
        """The optimum of a multiple of the costs."""
        model = self.probes.model
        hessian = model.hessian and replace(model.hessian, values=factor * model.hessian.values)
        return self.probes.solved(
            replace(model, cost=factor * model.cost, offset=factor * model.offset, hessian=hessian)
        )

    @cached_property
    def costs(self) -> Numbers:
        """What each column adds to the objective, counted so that less is better."""
        return self.probes.model.cost * (1.0 if self.probes.model.sense == "minimize" else -1.0)

    @cached_property
    def has_plain_objective(self) -> bool:
        """Whether the objective is linear, and no column adds to it with another sign than its coefficient's."""
        model = self.probes.model
        used = model.cost != 0
        return model.hessian is None and bool((model.lower[used] >= 0).all()) and bool(used.any())

    @cached_property
    def is_pure_cost(self) -> bool:
        """Whether the objective is a sum of costs of nonnegative decisions, to be made small."""
        model = self.probes.model
        return model.sense == "minimize" and self.has_plain_objective and bool((model.cost >= 0).all())


def is_zero_feasible(case: Case) -> bool:
    """Whether doing nothing is allowed."""
    model = case.probes.model
    rows = (model.row_lower <= 0).all() and (model.row_upper >= 0).all()
    columns = ((model.lower <= 0) & (model.upper >= 0)) | (model.types == 2)
    return bool(rows and np.all(columns))


def relaxation(model: ArrayModel) -> ArrayModel | None:
    """The model with fractions; None where there are only real decisions, or semicontinuous ones."""
    if not model.types.any() or (model.types == SEMICONTINUOUS).any():
        return None
    return replace(model, types=np.zeros_like(model.types))


def _without_rows(model: CompiledModel, name: str) -> ArrayModel:
    lower, upper = model.row_lower.copy(), model.row_upper.copy()
    first = 0
    for block in model.blocks:
        if block.name == name:
            lower[first : first + len(block)], upper[first : first + len(block)] = -np.inf, np.inf
        first += len(block)
    return replace(model, row_lower=lower, row_upper=upper)
