"""Expressions in postfix form: what they come to at a point, and a quadratic objective written as one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.backends.array_model import NamedModel
from steepest.solvers.backends.expression_model import (
    FUNCTIONS,
    ExpressionModel,
    ExpressionWriter,
    Operator,
    evaluated,
    with_expressions,
    without_objective,
)
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.vectorized.compile import compile_formulation
from steepest.solvers.verification import objective_value


def value(*nodes: tuple[Operator, float], at: tuple[float, ...] = (0.5, 2.0)) -> float:
    writer = ExpressionWriter()
    for operator, operand in nodes:
        writer.constant(operand) if operator is Operator.CONSTANT else writer.add(operator, int(operand))
    writer.end()
    (found,) = evaluated(writer.written(), np.array(at))
    return float(found)


X, Y = (Operator.VARIABLE, 0), (Operator.VARIABLE, 1)


@pytest.mark.parametrize("operator", FUNCTIONS)
def test_a_function_is_pythons_own(operator: Operator) -> None:
    expected = -0.5 if operator is Operator.NEGATE else 0.5 if operator is Operator.ABS else None
    wanted = expected if expected is not None else getattr(math, operator.name.lower())(0.5)
    assert value(X, (operator, 0)) == wanted


def test_operands_come_in_the_order_in_which_they_are_written() -> None:
    assert value(X, Y, (Operator.QUOTIENT, 0)) == 0.25
    assert value(X, Y, (Operator.POWER, 0)) == 0.25
    assert value(X, Y, (Operator.PRODUCT, 0), Y, (Operator.CONSTANT, 4), (Operator.SUM, 3)) == 7


@pytest.mark.parametrize(
    "nodes",
    [
        [X, (Operator.NEGATE, 0), (Operator.LOG, 0)],
        [X, (Operator.CONSTANT, 0.0), (Operator.QUOTIENT, 0)],
        [(Operator.CONSTANT, 1e6), (Operator.EXP, 0)],
        [(Operator.CONSTANT, -2.0), X, (Operator.POWER, 0)],
        [Y, (Operator.ASIN, 0)],
    ],
)
def test_what_has_no_value_is_not_a_number(nodes: list[tuple[Operator, float]]) -> None:
    assert math.isnan(value(*nodes))


def test_an_expression_without_nodes_is_zero() -> None:
    assert value() == 0


def test_a_deep_expression_needs_no_recursion() -> None:
    assert value(X, *[(Operator.SIN, 0)] * 100_000) == pytest.approx(0, abs=0.01)


@given(st.tuples(st.floats(-10, 10), st.floats(-10, 10)))
def test_a_quadratic_objective_keeps_its_values(point: tuple[float, float]) -> None:
    text = "variables:\n  x: real in -10..10\n  y: real in -10..10\nminimize: 3*x*x - 2*x*y + y*y + x - 7"
    formulation = Formulation.from_text(text)
    model = compile_formulation(formulation, bind(formulation))
    values = np.array(point)
    written = with_expressions(model)
    assert isinstance(written.linear, NamedModel)
    assert written.linear.column_names == ("x", "y")
    total = objective_value(written.linear, values) + evaluated(written.expressions, values)[0]
    assert total == pytest.approx(objective_value(model, values), abs=1e-9)


def test_without_its_objective_a_model_keeps_the_expressions_of_its_rows() -> None:
    formulation = Formulation.from_text(
        "variables:\n  x: real in 0..9\n  y: real in 0..9\nminimize: x * x + y\nconstraints:\n  c: x + y >= 2\n"
    )
    given = with_expressions(compile_formulation(formulation, bind(formulation)))
    writer = ExpressionWriter()
    writer.product(3.0, 0, 0)
    writer.end()
    writer.product(5.0, 0, 1)
    writer.end()
    model = without_objective(ExpressionModel(given.linear, writer.written()))
    point = np.array([2.0, 7.0])
    assert evaluated(model.expressions, point).tolist() == [0, 70]
    assert objective_value(model.linear, point) == 0
    assert model.linear.rows == given.linear.rows
