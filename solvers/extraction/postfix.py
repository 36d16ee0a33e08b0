"""Pyomo's expression trees in postfix form, without recursion."""

from typing import Any, NamedTuple

from steepest.solvers.backends.expression_model import ExpressionWriter, Operator
from steepest.solvers.extraction.columns import Columns
from steepest.solvers.extraction.refusals import ModelRefusedError, finite

_FUNCTIONS = {
    operator.name.lower(): operator
    for operator in Operator
    if operator >= Operator.ABS  # those before are no functions of one argument with a name
}


def write_expression(writer: ExpressionWriter, expression: Any, columns: Columns, where: str) -> None:
    """Write the nodes of an expression.

    Args:
        writer: Where to.
        expression: Pyomo's.
        columns: Where its variables are found.
        where: What the expression belongs to, for messages.

    Raises:
        ModelRefusedError: It has an operation that no solver here takes.
    """
    from pyomo.core.expr.numvalue import native_types, value

    pending: list[Any] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, _Operation):
            writer.add(node.operator, node.terms)
        elif node.__class__ in native_types or not node.is_potentially_variable():
            writer.constant(finite(value(node, exception=False), where))
        elif node.is_variable_type():
            if node.fixed:
                writer.constant(finite(node.value, f"the fixed variable {node.name}"))
            else:
                writer.add(Operator.VARIABLE, columns.of(node))
        elif node.is_named_expression_type():
            pending.append(node.arg(0))
        else:
            pending.append(_operation(node, where))
            pending.extend(reversed(node.args))


class _Operation(NamedTuple):
    """An operation whose operands are being written."""

    operator: Operator
    terms: int = 0


def _operation(node: Any, where: str) -> _Operation:
    from pyomo.core.expr import numeric_expr as pyomo

    if isinstance(node, pyomo.SumExpression):  # a linear expression is one too
        return _Operation(Operator.SUM, node.nargs())
    if isinstance(node, pyomo.ProductExpression):
        return _Operation(Operator.PRODUCT)
    if isinstance(node, pyomo.DivisionExpression):
        return _Operation(Operator.QUOTIENT)
    if isinstance(node, pyomo.PowExpression):
        return _Operation(Operator.POWER)
    if isinstance(node, pyomo.NegationExpression):
        return _Operation(Operator.NEGATE)
    name = node.getname()
    if isinstance(node, pyomo.UnaryFunctionExpression) and name in _FUNCTIONS:
        return _Operation(_FUNCTIONS[name])
    raise ModelRefusedError(f"{where} uses `{name}` of variables, which no solver here takes")
