"""Which conditions of an instance a point breaks, by the scalar reading of the language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from steepest.solvers.formulation import Variable
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
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Key, spell_key
from steepest.solvers.scalar.scope import Environment
from steepest.solvers.tolerances import FEASIBILITY

Point: TypeAlias = Mapping[tuple[str, Key], float]
"""The value of every variable at every index tuple."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A condition that does not hold at a point."""

    element: str
    key: Key
    condition: str

    def __str__(self) -> str:
        return f"{self.element}{spell_key(self.key)}: {self.condition}"


def evaluator_at(instance: ScalarInstance, point: Point, element: str | None = None) -> ScalarEvaluator:
    """An evaluator in which the variables have the values of a point."""
    return ScalarEvaluator(instance, lambda name, key: point[name, key], element=element)


def violations(instance: ScalarInstance, point: Point, tolerance: float = FEASIBILITY) -> Iterator[Violation]:
    """Every bound, domain and constraint that a point breaks by more than the tolerance."""
    for variable in instance.formulation.variables:
        yield from _outside(instance, variable, point, tolerance)
    for constraint in instance.formulation.constraints:
        evaluator = evaluator_at(instance, point, f"constraint {constraint.name}")
        for key, env in instance.constraint_domain(constraint).items():
            if not satisfied(evaluator, constraint.body, env, tolerance):
                yield Violation(f"constraint {constraint.name}", key, str(constraint.body))


def satisfied(
    evaluator: ScalarEvaluator,
    body: Expression,
    env: Environment,
    tolerance: float = FEASIBILITY,
    wanted: bool = True,
) -> bool:
    """Whether a condition on decisions holds, or fails to, at a point that is exact to a tolerance only.

    Negations go down to the comparisons, and each is read in favour of the point: `a <= b` within the tolerance, and
    `a < b`, which is what `not a >= b` asks for, with no more than rounding between the two.
    """

    def holds(node: Expression, side: bool) -> bool:
        return satisfied(evaluator, node, env, tolerance, side)

    match body:
        case Comparison(operands, operators) if not {"in", "not in"} & set(operators):
            values = [evaluator.value(operand, env) for operand in operands]
            if all(isinstance(value, int | float) for value in values):
                pairs = list(zip(values, operators, values[1:], strict=False))
                if wanted:
                    return all(_compared(left, sign, right, tolerance) for left, sign, right in pairs)
                return any(_compared(left, _OPPOSITE[sign], right, tolerance) for left, sign, right in pairs)
        case Conditional(then, test, otherwise):
            return holds(then if evaluator.holds(test, env) else otherwise, wanted)
        case Not(operand):
            return holds(operand, not wanted)
        case Connective(operator, operands):
            return (all if (operator == "and") == wanted else any)(holds(operand, wanted) for operand in operands)
        case Call("implies", (condition, consequence)):
            return (any if wanted else all)((holds(condition, not wanted), holds(consequence, wanted)))
        case Call("either" | "exactly" | "at_least" | "at_most") | Reduction(
            "either" | "exactly" | "at_least" | "at_most"
        ):
            return _counted(evaluator, body, env, tolerance, wanted)
    value = evaluator.value(body, env)
    return (bool(value) if isinstance(value, bool) else bool(abs(value) > tolerance)) == wanted


def _counted(
    evaluator: ScalarEvaluator, node: Call | Reduction, env: Environment, tolerance: float, wanted: bool
) -> bool:
    """Whether as many conditions as asked for may hold, and as many others may fail."""
    number, conditions = evaluator.conditions(node, env)
    may_hold = sum(satisfied(evaluator, each, inner, tolerance) for each, inner in conditions)
    may_fail = sum(satisfied(evaluator, each, inner, tolerance, wanted=False) for each, inner in conditions)
    least, most = (number, number) if node.function == "exactly" else (number, len(conditions))
    if node.function == "at_most":
        least, most = 0, number
    if wanted:
        return bool(may_hold >= least and may_fail >= len(conditions) - most)
    return bool(may_hold > most or may_fail > len(conditions) - least)


_OPPOSITE = {"<=": ">", ">=": "<", "==": "!=", "!=": "==", "<": ">=", ">": "<="}
_DUST = 1e-9
"""What rounding leaves between equal values, relative to their size above 1."""


def _compared(left: float, sign: str, right: float, tolerance: float) -> bool:
    size = max(1.0, abs(left), abs(right))
    slack, dust = tolerance * size, _DUST * size
    match sign:
        case "<=":
            return left <= right + slack
        case ">=":
            return left >= right - slack
        case "==":
            return abs(left - right) <= slack
        case "!=":
            return abs(left - right) > dust
        case "<":
            return left < right - dust
    return left > right + dust


def _outside(instance: ScalarInstance, variable: Variable, point: Point, tolerance: float) -> Iterator[Violation]:
    name, domain = variable.name, variable.domain
    for key, lower, upper in instance.bounds(variable):
        value = point[name, key]
        if domain == "semicontinuous" and abs(value) <= tolerance:
            continue
        if domain == "binary":
            lower, upper = max(lower or 0, 0), 1 if upper is None else min(upper, 1)
        if lower is not None and not _compared(value, ">=", lower, tolerance):
            yield Violation(f"variable {name}", key, f"{value:g} >= {lower:g}")
        if upper is not None and not _compared(value, "<=", upper, tolerance):
            yield Violation(f"variable {name}", key, f"{value:g} <= {upper:g}")
        if domain in ("integer", "binary") and abs(value - round(value)) > tolerance:
            yield Violation(f"variable {name}", key, f"{value:g} is a whole number")
