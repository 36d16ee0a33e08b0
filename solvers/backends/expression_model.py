"""A problem with nonlinear constraints or objective: linear parts as arrays, the rest as expressions in postfix form.

The postfix form is flat arrays of numbers, so that a model can travel between processes as data, be checked by
counting, and be evaluated without recursion.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel, NamedModel, ProblemClass
from steepest.solvers.vectorized.scatter import Numbers


class Operator(IntEnum):
    """What a node does with the top of the stack."""

    VARIABLE = 0
    """Pushes the value of the column that is its operand."""
    CONSTANT = 1
    """Pushes the constant that is its operand."""
    SUM = 2
    """Adds as many terms as its operand says."""
    PRODUCT = 3
    QUOTIENT = 4
    POWER = 5
    NEGATE = 6
    ABS = 7
    EXP = 8
    LOG = 9
    LOG10 = 10
    SQRT = 11
    SIN = 12
    COS = 13
    TAN = 14
    ASIN = 15
    ACOS = 16
    ATAN = 17
    SINH = 18
    COSH = 19
    TANH = 20


LEAVES = (Operator.VARIABLE, Operator.CONSTANT)
BINARY = (Operator.PRODUCT, Operator.QUOTIENT, Operator.POWER)
FUNCTIONS: dict[Operator, Callable[[float], float]] = {
    Operator.NEGATE: lambda value: -value,
    Operator.ABS: abs,
    Operator.EXP: math.exp,
    Operator.LOG: math.log,
    Operator.LOG10: math.log10,
    Operator.SQRT: math.sqrt,
    Operator.SIN: math.sin,
    Operator.COS: math.cos,
    Operator.TAN: math.tan,
    Operator.ASIN: math.asin,
    Operator.ACOS: math.acos,
    Operator.ATAN: math.atan,
    Operator.SINH: math.sinh,
    Operator.COSH: math.cosh,
    Operator.TANH: math.tanh,
}


@dataclass(frozen=True, eq=False)
class Expressions:
    """Expressions one behind the other in postfix form; one of no nodes is zero."""

    starts: npt.NDArray[np.int32]
    """Where each expression begins, and where the last one ends."""
    operators: npt.NDArray[np.uint8]
    operands: npt.NDArray[np.int32]
    """Column, place among the constants or number of terms; 0 elsewhere."""
    constants: Numbers

    def __len__(self) -> int:
        return len(self.starts) - 1

    def nodes(self, expression: int) -> Iterator[tuple[Operator, int]]:
        """The operators and operands of one expression, operands before the operator that takes them."""
        part = slice(int(self.starts[expression]), int(self.starts[expression + 1]))
        return zip(map(Operator, self.operators[part].tolist()), self.operands[part].tolist(), strict=True)

    def is_empty(self, expression: int) -> bool:
        """Whether an expression has no nodes."""
        return bool(self.starts[expression] == self.starts[expression + 1])


@dataclass(frozen=True, eq=False)
class ExpressionModel:
    """A nonlinear problem: to each row and to the objective of `linear` an expression is added."""

    linear: NamedModel
    """Bounds, types, and the linear parts; without a Hessian."""
    expressions: Expressions
    """Of the objective first, then of each row."""

    @property
    def problem_class(self) -> ProblemClass:
        """NLP or MINLP."""
        return "MINLP" if self.linear.types.any() else "NLP"

    @property
    def size(self) -> tuple[int, int, int]:
        """Constraints, variables and nodes of the expressions."""
        return self.linear.rows, self.linear.columns, len(self.expressions.operators)


def evaluated(expressions: Expressions, values: Numbers) -> Numbers:
    """The value of each expression at a point; NaN where it has none, as `log(-1)` and `1/0` have not.

    Args:
        expressions: The expressions.
        values: One value a column.
    """
    point = values.tolist()
    return np.array([_value(expressions, each, point) for each in range(len(expressions))])


def _value(expressions: Expressions, expression: int, point: list[float]) -> float:
    stack: list[float] = []
    try:
        for operator, operand in expressions.nodes(expression):
            push_value(stack, operator, operand, point, expressions.constants)
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan
    return stack.pop() if stack else 0.0


def push_value(stack: list[float], operator: Operator, operand: int, point: list[float], constants: Numbers) -> None:
    """Do to a stack of values what a node does.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: It has no value there.
    """
    if operator is Operator.VARIABLE:
        stack.append(point[operand])
    elif operator is Operator.CONSTANT:
        stack.append(float(constants[operand]))
    elif operator is Operator.SUM:
        stack[-operand:] = [math.fsum(stack[-operand:])]
    elif operator in BINARY:
        right = stack.pop()
        stack[-1] = _combined(operator, stack[-1], right)
    else:
        stack[-1] = FUNCTIONS[operator](stack[-1])


def _combined(operator: Operator, left: float, right: float) -> float:
    if operator is Operator.PRODUCT:
        return left * right
    return left / right if operator is Operator.QUOTIENT else math.pow(left, right)


def arity(operator: Operator, operand: int) -> int:
    """How many values a node takes from the stack."""
    if operator in LEAVES:
        return 0
    if operator is Operator.SUM:
        return operand
    return 2 if operator in BINARY else 1


def height(expressions: Expressions, expression: int) -> int:
    """How deeply an expression is nested: 1 for a single variable or constant, 0 without nodes."""
    heights: list[int] = []
    for operator, operand in expressions.nodes(expression):
        taken = arity(operator, operand)
        below = heights[len(heights) - taken :]
        heights[len(heights) - taken :] = [1 + max(below, default=0)]
    return heights.pop() if heights else 0


def with_expressions(model: ArrayModel) -> ExpressionModel:
    """The same problem with its quadratic objective as an expression, for a solver that takes any."""
    hessian = model.hessian
    linear = NamedModel(
        **{name: getattr(model, name) for name in ArrayModel.__dataclass_fields__},
        row_names=tuple(model.row_name(row) for row in range(model.rows)),
        column_names=tuple(model.column_name(column) for column in range(model.columns)),
    )
    writer = ExpressionWriter()
    if hessian is not None and len(hessian.values):
        columns = np.repeat(np.arange(model.columns), np.diff(hessian.starts))
        half = np.where(columns == hessian.rows, 0.5, 1.0)  # the lower triangle stands for both
        for coefficient, i, j in zip(half * hessian.values, columns.tolist(), hessian.rows.tolist(), strict=True):
            writer.product(float(coefficient), i, j)
        writer.add(Operator.SUM, len(hessian.values))
    writer.end()
    for _ in range(model.rows):
        writer.end()
    return ExpressionModel(replace(linear, hessian=None), writer.written())


def without_objective(model: ExpressionModel) -> ExpressionModel:
    """The same constraints with the objective 0."""
    given, linear = model.expressions, model.linear
    first = int(given.starts[1])
    expressions = replace(
        given,
        starts=np.maximum(given.starts - first, 0).astype(np.int32),
        operators=given.operators[first:],
        operands=given.operands[first:],
    )
    return ExpressionModel(replace(linear, cost=np.zeros_like(linear.cost), offset=0.0), expressions)


class ExpressionWriter:
    """Collects expressions node by node."""

    def __init__(self) -> None:
        self._starts = [0]
        self._operators: list[int] = []
        self._operands: list[int] = []
        self._constants: list[float] = []

    def add(self, operator: Operator, operand: int = 0) -> None:
        """Append a node."""
        self._operators.append(operator)
        self._operands.append(operand)

    def constant(self, value: float) -> None:
        """Append a constant."""
        self.add(Operator.CONSTANT, len(self._constants))
        self._constants.append(value)

    def product(self, coefficient: float, i: int, j: int) -> None:
        """Append `coefficient * x_i * x_j`."""
        self.constant(coefficient)
        self.add(Operator.VARIABLE, i)
        self.add(Operator.VARIABLE, j)
        self.add(Operator.PRODUCT)
        self.add(Operator.PRODUCT)

    def end(self) -> None:
        """End the expression; the next node begins another one."""
        self._starts.append(len(self._operators))

    def written(self) -> Expressions:
        """All expressions that have been ended."""
        return Expressions(
            starts=np.array(self._starts, np.int32),
            operators=np.array(self._operators, np.uint8),
            operands=np.array(self._operands, np.int32),
            constants=np.array(self._constants, np.float64),
        )
