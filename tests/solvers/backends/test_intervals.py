"""Interval arithmetic: whatever the variables are within their bounds, the value is within the interval."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from steepest.solvers.backends.expression_model import BINARY, FUNCTIONS, Operator, push_value
from steepest.solvers.backends.intervals import Interval, Intervals

Node = tuple[Operator, int]
ENDS = st.sampled_from((-math.inf, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, math.inf)) | st.floats(-5, 5)
CONSTANTS = np.array([-3.0, -1.0, 0.0, 0.5, 2.0, 3.0])


def come_to(nodes: list[Node], *box: Interval) -> Interval:
    intervals = Intervals(box, CONSTANTS)
    for node in nodes:
        intervals.push(*node)
    (interval,) = intervals.stack
    return interval


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(ENDS), draw(ENDS)))
    assume(low < math.inf)
    assume(high > -math.inf)
    return Interval(low, high, draw(st.booleans()))


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> list[Node]:
    kind = draw(st.integers(0, 4)) if depth else draw(st.integers(0, 1))
    if kind == 0:
        return [(Operator.CONSTANT, draw(st.integers(0, len(CONSTANTS) - 1)))]
    if kind == 1:
        return [(Operator.VARIABLE, draw(st.integers(0, 1)))]
    first = draw(expressions(depth - 1))
    if kind == 2:
        return [*first, (draw(st.sampled_from(list(FUNCTIONS))), 0)]
    second = draw(expressions(depth - 1))
    return [*first, *second, (draw(st.sampled_from(BINARY)), 0) if kind == 3 else (Operator.SUM, 2)]


@given(expressions(), intervals(), intervals(), st.data())
def test_a_value_lies_within_the_interval(nodes: list[Node], x: Interval, y: Interval, data: st.DataObject) -> None:
    point = [data.draw(st.floats(max(each.low, -9), max(max(each.low, -9), min(each.high, 9)))) for each in (x, y)]
    stack: list[float] = []
    try:
        for operator, operand in nodes:
            push_value(stack, operator, operand, point, CONSTANTS)
    except (ValueError, ZeroDivisionError, OverflowError):
        return
    interval, room = come_to(nodes, x, y), 1e-9 * max(1.0, abs(stack[0]))
    assume(math.isfinite(stack[0]))
    assert interval.low - room <= stack[0] <= interval.high + room


X, Y = (Operator.VARIABLE, 0), (Operator.VARIABLE, 1)
ONE_TO_TWO, AROUND_ZERO = Interval(1.0, 2.0), Interval(-1.0, 1.0)


@pytest.mark.parametrize(
    ("nodes", "box", "expected"),
    [
        ([X, Y, (Operator.SUM, 2)], (ONE_TO_TWO, AROUND_ZERO), (0, 3)),
        ([X, Y, (Operator.PRODUCT, 0)], (ONE_TO_TWO, AROUND_ZERO), (-2, 2)),
        ([Y, X, (Operator.QUOTIENT, 0)], (ONE_TO_TWO, AROUND_ZERO), (-1, 1)),
        ([X, Y, (Operator.QUOTIENT, 0)], (ONE_TO_TWO, AROUND_ZERO), (-math.inf, math.inf)),
        ([Y, (Operator.CONSTANT, 4), (Operator.POWER, 0)], (ONE_TO_TWO, AROUND_ZERO), (0, 1)),
        ([Y, (Operator.CONSTANT, 5), (Operator.POWER, 0)], (ONE_TO_TWO, AROUND_ZERO), (-1, 1)),
        ([X, (Operator.CONSTANT, 1), (Operator.POWER, 0)], (ONE_TO_TWO, AROUND_ZERO), (0.5, 1)),
        ([X, Y, (Operator.POWER, 0)], (ONE_TO_TWO, AROUND_ZERO), (0, math.inf)),
        ([X, (Operator.NEGATE, 0), (Operator.ABS, 0)], (ONE_TO_TWO, AROUND_ZERO), (1, 2)),
        ([X, (Operator.LOG, 0)], (Interval(0, 1), AROUND_ZERO), (-math.inf, 0)),
        ([X, (Operator.EXP, 0)], (Interval(-math.inf, 1e6), AROUND_ZERO), (0, math.inf)),
    ],
)
def test_the_interval_of_an_operation(
    nodes: list[Node], box: tuple[Interval, ...], expected: tuple[float, float]
) -> None:
    interval = come_to(nodes, *box)
    assert (interval.low, interval.high) == pytest.approx(expected)


def test_whole_numbers_make_all_that_is_made_of_them_stepped() -> None:
    whole = Interval(0.0, 2.0, is_stepped=True)
    for nodes in ([X, Y, (Operator.SUM, 2)], [X, Y, (Operator.PRODUCT, 0)], [Y, (Operator.SQRT, 0)]):
        assert come_to(nodes, ONE_TO_TWO, whole).is_stepped
    assert not come_to([X], ONE_TO_TWO, whole).is_stepped


def test_what_rounding_leaves_of_zero_is_zero() -> None:
    assert not Interval(5e-17, 1.0).is_positive
    assert Interval(5e-17, 1.0).comes_down_to_zero
    assert not Interval(0.0, 1.0, is_stepped=True).comes_down_to_zero
    assert Interval(-2.0, -1.0).is_negative
