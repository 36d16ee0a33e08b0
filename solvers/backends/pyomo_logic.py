"""Conditions and extremes over decisions as Pyomo constraints.

The scalar twin of `linearization`, of which it uses nothing. A binary variable `z` says that a comparison holds. Where
Pyomo finds a bound for it, the comparison is switched off by a big-M, and otherwise multiplied by `z`, which is for
SCIP to take apart.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from steepest.solvers.language.expressions import (
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Not,
    Reduction,
)
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.scope import Environment
from steepest.solvers.tolerances import STRICTNESS

_OPPOSITE = {"<=": ">", ">=": "<", "==": "!=", "!=": "==", "<": ">=", ">": "<="}
_COUNTED = ("either", "exactly", "at_least", "at_most")
_LARGEST_FACTOR = 1e7
_ROUNDING = 1e-9


class PyomoLogic:
    """Adds binary variables and constraints to a Pyomo model.

    Args:
        evaluator: Of the model, whose variables are Pyomo's.
        add: Puts a component into the model under a free name.
    """

    def __init__(self, evaluator: ScalarEvaluator, add: Callable[[str, Any], None]) -> None:
        import pyomo.environ as pyo

        self.pyo = pyo
        self.evaluator = evaluator
        self.add = add
        self.constraints: list[Any] = []
        self.variables: list[Any] = []

    def require(self, node: Expression, env: Environment) -> None:
        """Make a condition hold."""
        self._constrain(self.literal(node, env, wanted=True) >= 1)

    def literal(self, node: Expression, env: Environment, *, wanted: bool) -> Any:
        """What is 1 only if the condition holds, or fails to, and else 0: a number or an expression of binaries."""

        def inner(each: Expression, side: bool) -> Any:
            return self.literal(each, env, wanted=side)

        match node:
            case Not(operand):
                return inner(operand, not wanted)
            case Conditional(then, test, otherwise):
                return inner(then if self.evaluator.holds(test, env) else otherwise, wanted)
            case Comparison(operands, operators) if not {"in", "not in"} & set(operators):
                values = [self.evaluator.value(operand, env) for operand in operands]
                pairs = zip(values, operators, values[1:], strict=False)
                signs = [(left, sign if wanted else _OPPOSITE[sign], right) for left, sign, right in pairs]
                return self._joined([self._compared(*each) for each in signs], every=wanted)
            case Connective(operator, operands):
                literals = [inner(each, wanted) for each in operands]
                return self._joined(literals, every=(operator == "and") == wanted)
            case Call("implies", (condition, consequence)):
                return self._joined([inner(condition, not wanted), inner(consequence, wanted)], every=not wanted)
            case Call() | Reduction() if node.function in _COUNTED:
                return self._counted(node, env, wanted)
        return self._truth(node, env, wanted)

    def extreme(self, function: str, values: Sequence[Any]) -> Any:
        """A variable that is the largest or smallest of several values."""
        sign = 1 if function == "max" else -1
        extreme = self._variable("extreme", self.pyo.Reals)
        pick = max if function == "max" else min
        for side, bound in enumerate((extreme.setlb, extreme.setub)):
            ends = [self._bounds(value)[side] for value in values]
            known = [end for end in ends if end is not None]
            bound(pick(known) if len(known) == len(ends) else None)
        for value in values:
            self._constrain(sign * (extreme - value) >= 0)
        self._constrain(sum(self._switch(sign * (extreme - value)) for value in values) >= 1)
        return extreme

    def piecewise(self, value: Any, points: Sequence[tuple[float, float]]) -> Any:
        """A line, and a bend at each inner point."""
        self._constrain(value >= points[0][0])
        self._constrain(value <= points[-1][0])
        slopes = [(high - low) / (right - left) for (left, low), (right, high) in pairwise(points)]
        total = points[0][1] + slopes[0] * (value - points[0][0])
        for (at, _), before, after in zip(points[1:], slopes, slopes[1:], strict=False):
            if after != before:
                total += (after - before) * self.extreme("max", [0.0, value - at])
        return total

    def _truth(self, node: Expression, env: Environment, wanted: bool) -> Any:
        value = self.evaluator.value(node, env)
        if isinstance(value, bool | int | float):
            return int(bool(value) == wanted)
        return self._compared(value, "!=" if wanted else "==", 0)

    def _compared(self, left: Any, sign: str, right: Any) -> Any:
        if isinstance(left, str) or isinstance(right, str):
            return int({"==": left == right, "!=": left != right}[sign])
        match sign:
            case "<=":
                return self._switch(left - right)
            case ">=":
                return self._switch(right - left)
            case "<":
                return self._switch(left - right + self._step(left - right))
            case ">":
                return self._switch(right - left + self._step(left - right))
            case "==":
                return self._switch(left - right, right - left)
        return self._compared(left, "<", right) + self._compared(left, ">", right)  # of the two only one can be

    def _step(self, difference: Any) -> float:
        """How far apart values are that are not equal: 1 for whole numbers, and else the distance that is asked for."""
        from pyomo.repn import generate_standard_repn

        if isinstance(difference, int | float):
            return _ROUNDING
        form = generate_standard_repn(difference)
        numbers = [float(form.constant), *map(float, form.linear_coefs)]
        is_whole = form.is_linear() and all(variable.is_integer() for variable in form.linear_vars)
        return 1.0 if is_whole and all(number.is_integer() for number in numbers) else STRICTNESS

    def _switch(self, *differences: Any) -> Any:
        """A binary that is 1 only if every difference is 0 or less."""
        if all(isinstance(each, int | float) for each in differences):
            return int(all(each <= _ROUNDING / 2 for each in differences))
        switch = self._variable("choice", self.pyo.Binary)
        for each in differences:
            _, high = (each, each) if isinstance(each, int | float) else self._bounds(each)
            if high is not None and high <= _LARGEST_FACTOR:
                self._constrain(each <= max(high, 0) * (1 - switch))
            else:
                self._constrain(switch * each <= 0)
        return switch

    def _joined(self, literals: Sequence[Any], *, every: bool) -> Any:
        return literals[0] if len(literals) == 1 else self._at_least(literals, len(literals) if every else 1)

    def _at_least(self, literals: Sequence[Any], number: float) -> Any:
        """A binary that is 1 only if as many of the literals are 1."""
        total = sum(literals)
        if isinstance(total, int | float):
            return int(total >= number)
        switch = self._variable("choice", self.pyo.Binary)
        self._constrain(total >= max(number, 0) * switch)
        return switch

    def _counted(self, node: Call | Reduction, env: Environment, wanted: bool) -> Any:
        number, conditions = self.evaluator.conditions(node, env)
        if not isinstance(number, int | float):
            self.evaluator.fail("unsupported", f"the number of `{node}` depends on decisions", node)
        least, most = (number, number) if node.function == "exactly" else (number, len(conditions))
        if node.function == "at_most":
            least, most = 0, number
        holding = [self.literal(each, inner, wanted=True) for each, inner in conditions]
        failing = [self.literal(each, inner, wanted=False) for each, inner in conditions]
        if wanted:
            enough = [self._at_least(holding, least), self._at_least(failing, len(conditions) - most)]
            return self._joined(enough, every=True)
        beyond = [
            self._at_least(holding, math.floor(most) + 1),
            self._at_least(failing, len(conditions) - math.ceil(least) + 1),
        ]
        return self._joined(beyond, every=False)

    def _bounds(self, value: Any) -> tuple[float | None, float | None]:
        from pyomo.contrib.fbbt.fbbt import compute_bounds_on_expr

        if isinstance(value, int | float):
            return value, value
        try:
            low, high = compute_bounds_on_expr(value)
        except OverflowError:  # beyond what a number can be
            return None, None
        return low, high

    def _variable(self, name: str, domain: Any) -> Any:
        variable = self.pyo.Var(domain=domain)
        self.add(name, variable)
        self.variables.append(variable)
        return variable

    def _constrain(self, relation: Any) -> None:
        if isinstance(relation, bool):
            if relation:
                return
            relation = self.pyo.Constraint.Infeasible
        constraint = self.pyo.Constraint(expr=relation)
        self.add("condition", constraint)
        self.constraints.append(constraint)
