"""Probes: a model with something changed, compiled and solved, and compared with the answer that is tested.

A probe that does not end with a proof decides nothing: every comparison is of proven optima, infeasible and unbounded
problems included, one-sided, and with more slack than the solver's own tolerances.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from steepest.errors import SteepestError
from steepest.solvers.answer import Answer
from steepest.solvers.array_solve import require_supported, solve_arrays
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.data.instance_data import Cells, Data, Dense
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label
from steepest.solvers.options import SolveOptions
from steepest.solvers.spending import Spending
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.vectorized.scatter import Numbers

SLACK = 1e-5
"""Relative to the larger of the two values: less is no difference."""

Ending = Literal["optimal", "infeasible", "unbounded"]


@dataclass(frozen=True, slots=True)
class Reached:
    """What a probe came to, proven; a value beyond all numbers stands for infeasible and unbounded problems."""

    ending: Ending
    value: float
    values: Numbers | None = None

    def __str__(self) -> str:
        return f"{self.value:.10g}" if self.ending == "optimal" else self.ending


@dataclass
class Probes:
    """Compiles and solves variations of one formulation within a budget."""

    formulation: Formulation
    data: Data
    model: CompiledModel
    options: SolveOptions
    spending: Spending

    def compiled(self, data: Data | None = None, formulation: Formulation | None = None) -> CompiledModel | None:
        """The model with other data or elements; None where it has no meaning or no arrays then.

        Raises:
            BudgetSpentError: There is no time left.
        """
        self.spending.require_time()
        try:
            model = compile_formulation(formulation or self.formulation, data or self.data)
            require_supported(model)
        except SteepestError:
            return None
        return model

    def solved(self, model: ArrayModel) -> Reached | None:
        """What a model comes to; None where the solver ended without a proof.

        Raises:
            BudgetSpentError: There are no solves or seconds left.
        """
        left = self.spending.next_limit()
        limit = left if self.options.time_limit is None else min(left, self.options.time_limit)
        options = self.options.model_copy(update={"time_limit": max(limit / 2, 0.05), "gap": 0.0})
        try:
            answer = solve_arrays(model, options, self.spending.control)
        except SteepestError:
            return None
        return reached(answer, model)


def reached(answer: Answer, model: ArrayModel) -> Reached | None:
    """A proven end of a solve as a value that can be compared."""
    worst = np.inf if model.sense == "minimize" else -np.inf
    match answer.status:
        case "optimal" if answer.objective is not None:
            return Reached("optimal", answer.objective, answer.values)
        case "infeasible":
            return Reached("infeasible", worst)
        case "unbounded":
            return Reached("unbounded", -worst)
    return None


def is_above(one: Reached, other: Reached, slack: float = SLACK) -> bool:
    """Whether a value is above another by more than the slack."""
    if not np.isfinite([one.value, other.value]).all():
        return one.value > other.value
    return one.value - other.value > slack * max(1.0, abs(one.value), abs(other.value))


def is_same(one: Reached, other: Reached) -> bool:
    """Whether two values differ by no more than the slack."""
    return not is_above(one, other) and not is_above(other, one)


# Data with something changed


def values_of(data: Data, name: str) -> Numbers | None:
    """The numbers that a parameter was given; None for words, and for what is derived from other data."""
    if name in data.scalars:
        value = data.scalars[name]
        return None if isinstance(value, str) else np.array([float(value)])
    cells = data.cells.get(name)
    if isinstance(cells, Dense):
        return cells.values.ravel()
    if isinstance(cells, Cells) and isinstance(cells.values, np.ndarray):
        return cells.values[~np.isnan(cells.values)]
    return None


def raised(data: Data, name: str, factor: float) -> Data | None:
    """The data with a parameter's numbers moved up by a factor above 1 (or down by one below); None if none moves."""
    values = values_of(data, name)
    if values is None or not values.any():
        return None
    if name in data.scalars:
        return with_scalars(data, {name: float(_moved(values, factor)[0])})
    return with_cells(data, name, _moved(_array_of(data, name), factor))


def with_scalars(data: Data, values: Mapping[str, Label]) -> Data:
    """The data with other values of scalar parameters."""
    return replace(data, scalars={**data.scalars, **values})


def with_cells(data: Data, name: str, values: Numbers) -> Data:
    """The data with other numbers in the cells of a parameter."""
    cells = data.cells[name]
    return replace(data, cells={**data.cells, name: replace(cells, values=values)})


def _array_of(data: Data, name: str) -> Numbers:
    return np.asarray(data.cells[name].values, np.float64)


def _moved(values: Numbers, factor: float) -> Numbers:
    return np.asarray(values + (factor - 1) * np.abs(values))
