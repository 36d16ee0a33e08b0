"""Evaluates global constraints and piecewise linear functions, one index tuple at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import Call, Expression, Index, Reduction, TupleOf
from steepest.solvers.scalar.global_constraints import OF_NUMBERS, is_circuit
from steepest.solvers.scalar.scope import Environment
from steepest.solvers.tolerances import FEASIBILITY

if TYPE_CHECKING:
    from steepest.solvers.scalar.evaluator import ScalarEvaluator

GLOBAL_FUNCTIONS = frozenset({*OF_NUMBERS, "circuit", "piecewise"})


@dataclass(frozen=True)
class ScalarGlobals:
    """Evaluates what is said of many expressions at once with the help of an evaluator of each of them."""

    evaluator: "ScalarEvaluator"

    def value(self, node: Call | Reduction, env: Environment) -> Any:
        """Whether a global constraint holds, or what a piecewise linear function comes to."""
        if node.function == "piecewise":
            return self._piecewise(node, env)
        if node.function == "circuit" and isinstance(node, Reduction):
            return self._is_circuit(node, env)
        if node.function not in OF_NUMBERS:
            self.evaluator.unsupported(node)
        number = self.evaluator.number
        if isinstance(node, Call):
            return self._holds(node, [[number(each, env)] for each in node.arguments])
        parts = node.body.items if isinstance(node.body, TupleOf) else (node.body,)
        return self._holds(node, [[number(part, inner) for part in parts] for inner in self._scopes(node, env)])

    def _scopes(self, node: Call | Reduction, env: Environment) -> list[Environment]:
        if isinstance(node, Call):
            return [env]
        return [inner for _, inner in self.evaluator.sets.bindings(node.generators, env)]

    def _holds(self, node: Call | Reduction, elements: Sequence[Sequence[Any]]) -> bool:
        if not all(isinstance(value, int | float) for element in elements for value in element):
            self.evaluator.unsupported(node)
        try:
            return OF_NUMBERS[node.function](elements)
        except ValueError as error:  # an element of too few or too many values
            message, element = f"`{node}`: {error}", self.evaluator.element
            raise problem("wrong-arguments", message, element=element, place=node.place) from error

    def _is_circuit(self, node: Reduction, env: Environment) -> bool:
        body = node.body
        if not isinstance(body, Index) or len(body.indices) < 2:
            self.evaluator.unsupported(node)
        arcs = []
        for inner in self._scopes(node, env):
            tail, head = (self.evaluator.sets.index(end, inner).member for end in body.indices[-2:])
            arcs.append((tail, head, self.evaluator.number(body, inner)))
        if not all(isinstance(taken, int | float) for _, _, taken in arcs):
            self.evaluator.unsupported(node)
        return is_circuit(arcs)

    def _piecewise(self, node: Call | Reduction, env: Environment) -> Any:
        """A point on the straight lines between the corners that are given."""
        fail = self.evaluator.fail
        argument, points = self._points(node, env)
        if len(points) < 2 or any(after[0] <= before[0] for before, after in pairwise(points)):
            fail("piecewise-order", f"the points of `{node}` have to go from left to right", node)
        value = self.evaluator.number(argument, env)
        if not isinstance(value, int | float):
            if self.evaluator.modeller is None:
                self.evaluator.unsupported(node)
            return self.evaluator.modeller.piecewise(value, points)
        room = FEASIBILITY * max(1.0, abs(value))
        for (left, low), (right, high) in pairwise(points):
            if left - room <= value <= right + room:
                return low + (high - low) * (value - left) / (right - left)
        fail("not-finite", f"`{node}` has no value at {value:g}, beyond its points", node)

    def _points(self, node: Call | Reduction, env: Environment) -> tuple[Expression, list[tuple[float, float]]]:
        if isinstance(node, Call):
            argument, *corners = node.arguments
        else:
            argument, *corners = node.body.items if isinstance(node.body, TupleOf) else (node.body,)
        pairs = [each.items for each in corners if isinstance(each, TupleOf) and len(each.items) == 2]
        if not corners or len(pairs) < len(corners):
            message, repair = f"`{node}` has no points", "write `piecewise(x, (0, 0), (10, 5))`"
            self.evaluator.fail("wrong-arguments", message, node, repair)
        number = self.evaluator.number
        return argument, [(number(x, inner), number(y, inner)) for inner in self._scopes(node, env) for x, y in pairs]
