"""Points at which only a solver's tolerance gives a term a value."""

import numpy as np
import pytest

from steepest.solvers.backends.array_model import NamedModel
from steepest.solvers.backends.expression_model import ExpressionModel, ExpressionWriter, Operator
from steepest.solvers.singularities import singularity

Node = tuple[Operator, float]
X, Y = (Operator.VARIABLE, 0), (Operator.VARIABLE, 1)
ONE, DIVIDED, RAISED, LOG = (Operator.CONSTANT, 1.0), (Operator.QUOTIENT, 0), (Operator.POWER, 0), (Operator.LOG, 0)
TINY = 1e-9


def found(nodes: list[Node], x: float, y: float = 1.0, *, low: float = -1.0, in_row: bool = False) -> str | None:
    """What is said of an expression at a point, `x` being within `low` and 2, `y` within -1 and 2."""
    writer = ExpressionWriter()
    for part in ([], nodes) if in_row else (nodes, []):
        for operator, operand in part:
            writer.constant(operand) if operator is Operator.CONSTANT else writer.add(operator, int(operand))
        writer.end()
    none, two = np.zeros(0), np.full(2, 2.0)
    linear = NamedModel(
        "minimize", 0.0, np.zeros(2), np.array([low, -1.0]), two, np.zeros(2, np.int32), np.zeros(2, np.int32),
        none.astype(np.int32), none, np.zeros(1), np.ones(1), None, ("ratio",), ("x", "y"),
    )  # fmt: skip
    return singularity(ExpressionModel(linear, writer.written()), np.array([x, y]))


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([ONE, X, DIVIDED], "the objective divides by a value that is 0 within the tolerance"),
        ([X, LOG], "takes the logarithm"),
        ([X, (Operator.LOG10, 0)], "takes the logarithm"),
        ([X, (Operator.CONSTANT, -2.0), RAISED], "has a base of 0"),
        ([X, (Operator.CONSTANT, np.pi / 2), (Operator.SUM, 2), (Operator.TAN, 0)], "takes the tangent"),
        ([Y, ONE, X, DIVIDED, (Operator.PRODUCT, 0)], "divides"),
        ([ONE, X, DIVIDED, (Operator.SIN, 0)], "divides"),
    ],
)
def test_a_term_without_a_value_next_to_the_point_is_named(nodes: list[Node], words: str) -> None:
    assert words in str(found(nodes, TINY))
    assert found(nodes, 0.5) is None


def test_a_constraint_is_named() -> None:
    assert "the constraint `ratio` divides" in str(found([ONE, X, DIVIDED], TINY, in_row=True))


@pytest.mark.parametrize(
    "nodes",
    [
        [X, X, LOG, (Operator.PRODUCT, 0)],
        [X, (Operator.CONSTANT, 0.5), RAISED],
        [X, (Operator.SQRT, 0)],
        [Y, (Operator.CONSTANT, 1e-8), DIVIDED],
        [],
    ],
)
def test_a_term_whose_value_is_that_of_its_neighbours_is_sound(nodes: list[Node]) -> None:
    assert found(nodes, TINY) is None


def test_a_divisor_that_its_bounds_keep_from_zero_may_be_small() -> None:
    assert found([ONE, X, DIVIDED], 2e-9, low=1e-9) is None
    assert found([ONE, X, (Operator.EXP, 0), DIVIDED], 0.5) is None


@pytest.mark.parametrize(("exponent", "is_sound"), [(2.0, True), (0.3, False), (-1.0, False)])
def test_a_base_of_zero_needs_an_exponent_of_one_or_more(exponent: float, is_sound: bool) -> None:
    assert (found([X, Y, RAISED], TINY, exponent, low=0.0) is None) is is_sound
