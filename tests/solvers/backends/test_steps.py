"""What an expression of whole numbers takes: every value that it comes to is among the multiples that are told."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.backends.expression_model import Operator, push_value
from steepest.solvers.backends.steps import Stepped, Steps, stepped_columns

Node = tuple[Operator, int]
CONSTANTS = np.array([-3.0, 0.0, 0.5, 2.0, 0.1, math.pi])
WHOLE = stepped_columns([True, True])


def taken(nodes: list[Node], columns: list[Stepped | None] = WHOLE) -> Stepped | None:
    steps = Steps(columns, CONSTANTS)
    for node in nodes:
        steps.push(*node)
    (known,) = steps.stack
    return known


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> list[Node]:
    kind = draw(st.integers(0, 3)) if depth else draw(st.integers(0, 1))
    if kind == 0:
        return [(Operator.CONSTANT, draw(st.integers(0, len(CONSTANTS) - 1)))]
    if kind == 1:
        return [(Operator.VARIABLE, draw(st.integers(0, 1)))]
    first = draw(expressions(depth - 1))
    if kind == 2:
        return [*first, (draw(st.sampled_from([Operator.NEGATE, Operator.ABS])), 0)]
    binary = [(Operator.SUM, 2), (Operator.PRODUCT, 0), (Operator.QUOTIENT, 0), (Operator.POWER, 0)]
    return [*first, *draw(expressions(depth - 1)), draw(st.sampled_from(binary))]


@given(expressions(), st.integers(-5, 5), st.integers(-5, 5))
def test_every_value_is_one_of_those_told(nodes: list[Node], x: int, y: int) -> None:
    known, values = taken(nodes), list[float]()
    try:
        for operator, operand in nodes:
            push_value(values, operator, operand, [float(x), float(y)], CONSTANTS)
    except (ValueError, OverflowError, ZeroDivisionError):
        return
    if known is not None and known.step:
        multiple = (Fraction(values[-1]) - known.first) / known.step
        assert abs(multiple - round(multiple)) * known.step <= 1e-12 * max(1, abs(values[-1]))
    elif known is not None:
        assert values[-1] == pytest.approx(float(known.first), rel=1e-12)


def test_a_divisor_of_threes_and_a_four_is_never_closer_to_zero_than_one_and_two() -> None:
    three_x = [(Operator.CONSTANT, 0), (Operator.VARIABLE, 0), (Operator.PRODUCT, 0)]
    known = taken([*three_x, (Operator.CONSTANT, 3), (Operator.CONSTANT, 3), (Operator.SUM, 3)])
    assert known is not None
    assert (known.largest_negative, known.least_positive) == (-2, 1)


def test_what_may_be_zero_is_a_whole_step_from_it_otherwise() -> None:
    half_x = [(Operator.CONSTANT, 2), (Operator.VARIABLE, 0), (Operator.PRODUCT, 0)]
    known = taken(half_x)
    assert known is not None
    assert (known.largest_negative, known.least_positive) == (-0.5, 0.5)


def test_a_real_column_and_a_number_that_is_no_fraction_are_not_stepped() -> None:
    assert taken([(Operator.VARIABLE, 0)], [None, None]) is None
    assert taken([(Operator.CONSTANT, 5)]) is None


def test_a_constant_has_one_side_of_zero_only() -> None:
    known = taken([(Operator.CONSTANT, 3)])
    assert known is not None
    assert (known.largest_negative, known.least_positive) == (-math.inf, 2)
