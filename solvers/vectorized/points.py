"""A formulation at a point: every variable has a value, and expressions are evaluated for whole index sets at once.

What an answer is believed by: it reads the formulation as it is written, and knows nothing of the rows, auxiliary
columns and factors that it was solved with.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from steepest.solvers.definitions import decisions
from steepest.solvers.formulation import Constraint, NamedExpression
from steepest.solvers.language.expressions import Expression, Index, Name
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.algebra import VariableBlock
from steepest.solvers.vectorized.evaluation import Evaluator
from steepest.solvers.vectorized.frames import ROOT
from steepest.solvers.vectorized.instance import Instance
from steepest.solvers.vectorized.relations import Domain, Relation
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.vectorized.symbols import Family, ParameterArray, Value
from steepest.solvers.vectorized.truths import holds
from steepest.solvers.vectorized.universe import Universe


class PointSymbols:
    """What the names of an instance stand for where variables have values.

    Args:
        instance: The sets and parameters.
        blocks: The variables.
        values: One for each column of the variables; more are left aside.
    """

    def __init__(self, instance: Instance, blocks: Sequence[VariableBlock], values: Numbers) -> None:
        self.instance = instance
        self.universe: Universe = instance.universe
        self._variables = {block.name: (block, values[block.start : block.start + block.size]) for block in blocks}
        decided = decisions(instance.formulation)
        self._lets = {each.name: each for each in instance.formulation.lets if each.name in decided}
        self._known: dict[str, ParameterArray] = {}
        self.evaluate = Evaluator(self)

    def is_set(self, name: str) -> bool:
        """Whether the name is a set or a family of sets."""
        return self.instance.is_set(name)

    def relation(self, name: str) -> Relation:
        """A set's elements."""
        return self.instance.relation(name)

    def family(self, name: str) -> Family:
        """A family of sets."""
        return self.instance.family(name)

    def scalar(self, name: str, node: Name) -> Value:
        """The value of a scalar parameter, variable or named expression."""
        if name in self._variables:
            return np.asarray(self._variables[name][1][0])
        if name in self._lets and self._lets[name].index is None:
            return self._let(self._lets[name]).numbers.reshape(())
        return self.instance.scalar(name, node)

    def parameter(self, name: str, node: Index) -> ParameterArray:
        """The values of an indexed parameter, variable or named expression."""
        if name in self._variables and (domain := self._variables[name][0].domain) is not None:
            return ParameterArray(domain, self._variables[name][1])
        if name in self._lets and self._lets[name].index is not None:
            return self._let(self._lets[name])
        return self.instance.parameter(name, node)

    def _let(self, element: NamedExpression) -> ParameterArray:
        if element.name not in self._known:
            frame = self.instance.frame(element.index)
            numbers = np.broadcast_to(self.evaluate.number(element.expression, frame), frame.size)
            domain = Domain(()) if element.index is None else self.instance.domain(element.index)
            self._known[element.name] = ParameterArray(domain, numbers)
        return self._known[element.name]


def objective_at(symbols: PointSymbols, expression: Expression) -> float:
    """What an objective comes to at a point.

    Raises:
        FormulationError: It has no value there.
    """
    return float(np.sum(symbols.evaluate.number(expression, ROOT))) + 0.0


def broken_constraints(
    symbols: PointSymbols, constraints: Sequence[Constraint], tolerance: float = FEASIBILITY
) -> Iterator[str]:
    """The constraints that a point breaks, each with one index tuple at which it does.

    Args:
        symbols: The point.
        constraints: Those to look at.
        tolerance: How far a comparison may be missed, relative to its size above 1.
    """
    for constraint in constraints:
        frame = symbols.instance.frame(constraint.index)
        good = holds(symbols.evaluate, constraint.body, frame, tolerance)
        if good.all():
            continue
        row = frame.take(np.flatnonzero(~good)[:1])
        labels = [str(symbols.universe.labels[int(column.ids.reshape(-1)[0])]) for column in row.columns.values()]
        yield f"{constraint.name}[{', '.join(labels)}]" if labels else constraint.name
