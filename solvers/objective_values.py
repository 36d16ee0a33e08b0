"""What objectives come to at an answer, and what of the formulation it breaks: read in the formulation as written."""

from collections.abc import Iterator

import numpy as np

from steepest.solvers.data.instance_data import Data
from steepest.solvers.definitions import needed_definitions
from steepest.solvers.formulation import Formulation, Variable
from steepest.solvers.language.expressions import Expression
from steepest.solvers.solution import Solution
from steepest.solvers.tolerances import REREAD
from steepest.solvers.vectorized.algebra import VariableBlock
from steepest.solvers.vectorized.instance import Instance
from steepest.solvers.vectorized.points import PointSymbols, broken_constraints, objective_at


class AnswerReading:
    """A formulation at the values of one answer; it knows nothing of how that was found.

    Args:
        instance: The sets and parameters.
        solution: An answer with a value for every variable.
    """

    def __init__(self, instance: Instance, solution: Solution) -> None:
        blocks = list(_blocks(instance))
        size = sum(block.size for block in blocks)
        values = np.fromiter((value for block in blocks for value in _values(instance, block, solution)), float, size)
        self._point = PointSymbols(instance, blocks, values)

    def value(self, expression: Expression) -> float:
        """What an objective comes to.

        Raises:
            FormulationError: It has no value there.
        """
        return objective_at(self._point, expression)

    def broken(self) -> str | None:
        """A constraint that the answer breaks, with its index; None where it meets all of them."""
        return next(broken_constraints(self._point, self._point.instance.formulation.constraints, REREAD), None)


def resolved_instance(formulation: Formulation, data: Data) -> Instance:
    """The sets and parameters of a formulation.

    Raises:
        FormulationError: The data do not fit.
    """
    instance = Instance(formulation, data)
    instance.resolve(needed_definitions(formulation))
    return instance


def _blocks(instance: Instance) -> Iterator[VariableBlock]:
    start = 0
    for variable in instance.formulation.variables:
        block = _block(instance, variable, start)
        yield block
        start += block.size


def _block(instance: Instance, variable: Variable, start: int) -> VariableBlock:
    domain = instance.domain(variable.index) if variable.index is not None else None
    return VariableBlock(variable.name, domain, start)


def _values(instance: Instance, block: VariableBlock, solution: Solution) -> Iterator[float]:
    if block.domain is None:
        yield solution.value(block.name)
        return
    labels = instance.universe.labels
    columns = [[labels[label] for label in column.tolist()] for column in block.domain.columns()]
    for index in zip(*columns, strict=True):
        yield solution.value(block.name, *index)
