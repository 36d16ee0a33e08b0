"""Whether an expression is certain to grow with every decision in it, by how it is written."""

from steepest.solvers.battery.probes import values_of
from steepest.solvers.data.instance_data import Data
from steepest.solvers.definitions import decisions
from steepest.solvers.formulation import Formulation, Variable
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Expression,
    Index,
    Name,
    Number,
    Reduction,
    Sum,
    walk,
)

_INCREASING = frozenset({"sqrt", "min", "max"})


class Growth:
    """Tells of expressions of one formulation that they are 0 or more and fall with no decision.

    Sums, products, roots, positive powers and extremes of such are such; a difference, or a quotient by a decision, may
    be a comparison turned round, and says nothing.
    """

    def __init__(self, formulation: Formulation, data: Data) -> None:
        self._data = data
        self._variables = {each.name: each for each in formulation.variables}
        self._lets = {each.name: each.expression for each in formulation.lets}
        self._decisions = decisions(formulation)
        self._open: set[str] = set()

    def grows(self, node: Expression) -> bool:
        """Whether a larger decision never makes the expression smaller, which never is below 0."""
        match node:
            case Number(value):
                return value >= 0
            case Name(name) | Index(name):
                return self._name_grows(name)
            case Sum(terms, signs):
                return set(signs) == {1} and all(map(self.grows, terms))
            case Arithmetic("*", left, right):
                return self.grows(left) and self.grows(right)
            case Arithmetic("/", left, right):
                return self.grows(left) and not self._decides(right) and self.grows(right)
            case Arithmetic("**", left, Number(exponent)):
                return exponent > 0 and self.grows(left)
            case Call(function, arguments):
                return function in _INCREASING and all(map(self.grows, arguments))
            case Reduction(function, body):
                return function in ("sum", "min", "max") and self.grows(body)
        return False

    def _name_grows(self, name: str) -> bool:
        if name in self._variables:
            return self._is_nonnegative(self._variables[name])
        if name in self._lets and name not in self._open:
            self._open.add(name)
            grows = self.grows(self._lets[name])
            self._open.discard(name)
            return grows
        values = values_of(self._data, name)
        return values is not None and bool((values >= 0).all())

    def _is_nonnegative(self, variable: Variable) -> bool:
        if variable.domain in ("binary", "semicontinuous") and variable.lower is None:
            return True
        return variable.lower is not None and not self._decides(variable.lower) and self.grows(variable.lower)

    def _decides(self, node: Expression) -> bool:
        return any(isinstance(each, Name | Index) and each.name in self._decisions for each in walk(node))
