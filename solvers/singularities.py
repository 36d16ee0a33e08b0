"""Where a term has no value, a solver's tolerance makes one up: `1/x` at `x = 1e-9` is a thousand million and not none.

A point that close is no answer: minimizing `1/x` over -1 to 1 has none, and the point says that it has.
"""

import math

from steepest.solvers.backends.expression_model import ExpressionModel, Expressions, Operator, arity, push_value
from steepest.solvers.backends.intervals import Interval, Intervals, boxed
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.scatter import Numbers

_WORDS = {
    Operator.QUOTIENT: "divides by a value that is 0",
    Operator.POWER: "has a base of 0 under a negative or variable exponent",
    Operator.LOG: "takes the logarithm of a value that is 0",
    Operator.LOG10: "takes the logarithm of a value that is 0",
    Operator.TAN: "takes the tangent where it has no value",
}


def singularity(model: ExpressionModel, values: Numbers) -> str | None:
    """Which term has no value within the tolerances around a point, in words; None if all of them have.

    A divisor whose bounds keep it from zero may be as small as it is, and so may one whose term comes to nothing, as
    `x*log(x)` does.

    Args:
        model: The model.
        values: One a column, at which all of its expressions have a value.
    """
    point, box = values.tolist(), boxed(model.linear)
    for number in range(len(model.expressions)):
        operator = (
            None if model.expressions.is_empty(number) else _singular_operator(model.expressions, number, point, box)
        )
        if operator is not None:
            owner = f"the constraint `{model.linear.row_name(number - 1)}`" if number else "the objective"
            return f"{owner} {_WORDS[operator]} within the tolerance of {FEASIBILITY:g}"
    return None


def _singular_operator(
    expressions: Expressions, number: int, point: list[float], box: list[Interval]
) -> Operator | None:
    """The operator that makes the whole expression's value worthless, if one does."""
    values: list[float] = []
    culprits: list[Operator | None] = []
    intervals = Intervals(box, expressions.constants)
    for operator, operand in expressions.nodes(number):
        taken = arity(operator, operand)
        below = culprits[len(culprits) - taken :]
        own = operator if taken and _is_singular(operator, values, intervals.stack) else None
        push_value(values, operator, operand, point, expressions.constants)
        intervals.push(operator, operand)
        culprit = own or next((each for each in below if each is not None), None)
        is_nothing = operator is Operator.PRODUCT and abs(values[-1]) <= FEASIBILITY
        culprits[len(culprits) - taken :] = [None if is_nothing else culprit]
    return culprits[-1]


def _is_singular(operator: Operator, values: list[float], intervals: list[Interval]) -> bool:
    """Whether an operator has no value near its operands, the last ones of a stack."""
    if operator is Operator.TAN:
        return abs(math.cos(values[-1])) <= FEASIBILITY
    if operator is Operator.POWER:
        is_harmless = values[-1] >= 1 or (values[-1] >= 0 and intervals[-1].low == intervals[-1].high)
        return not is_harmless and _may_be_zero(values[-2], intervals[-2])
    return operator in _WORDS and _may_be_zero(values[-1], intervals[-1])


def _may_be_zero(value: float, interval: Interval) -> bool:
    return abs(value) <= FEASIBILITY and not (interval.is_positive or interval.is_negative)
