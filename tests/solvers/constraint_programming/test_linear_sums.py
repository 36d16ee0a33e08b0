"""Sums over columns: exact, the same in whatever order they are added up, and cheap to add up."""

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.constraint_programming.exact import exact
from steepest.solvers.constraint_programming.linear_sums import LinearSum, value_of
from steepest.solvers.constraint_programming.program import Program
from steepest.solvers.constraint_programming.refusals import NotWholeError

VALUES = [2, -3, 5]
NUMBERS = st.sampled_from([0, 1, -2, 0.5, 0.1, 1 / 3, 7])


def columns() -> list[LinearSum]:
    program = Program()
    return [program.column(-10, 10) for _ in VALUES]


@st.composite
def sums(draw: st.DrawFn) -> tuple[LinearSum, Fraction]:
    """A sum over three columns, and what it comes to at their values."""
    total: LinearSum = columns()[0] * 0
    program, expected = total.products, Fraction(0)
    own = [LinearSum(program, terms={column: 1}) for column in range(len(VALUES))]
    for _ in range(draw(st.integers(0, 5))):
        factor, column, number = draw(NUMBERS), draw(st.integers(0, 2)), draw(NUMBERS)
        term, worth = own[column] * factor - number, exact(factor) * VALUES[column] - exact(number)
        total, expected = draw(
            st.sampled_from(
                [
                    (total + term, expected + worth),
                    (term - total, worth - expected),
                    (-(total - term), worth - expected),
                    (total / 4 + term, expected / 4 + worth),
                    (number - total, exact(number) - expected),
                ]
            )
        )
    return total, expected


@given(sums())
def test_a_sum_comes_to_what_its_parts_come_to(drawn: tuple[LinearSum, Fraction]) -> None:
    total, expected = drawn
    assert value_of(total, VALUES) == expected
    assert all(total.terms.values())
    assert all((factor * total.denominator).denominator == 1 for factor in total.terms.values())


@pytest.mark.parametrize(
    ("number", "fraction"),
    [
        (0.1, Fraction(1, 10)),
        (0.1 * 3, Fraction(3, 10)),
        (1 / 3, Fraction(1, 3)),
        (-2.5, Fraction(-5, 2)),
        (1e-7, Fraction(1, 10**7)),
        (123456.789, Fraction(123456789, 1000)),
        (3.0, 3),
        (1e300, 10**300),
    ],
)
def test_a_number_is_the_simplest_fraction_that_it_can_be(number: float, fraction: Fraction) -> None:
    assert float(exact(number)) == pytest.approx(number, rel=1e-12)
    assert exact(number) == fraction or number == 1e300


def test_an_infinite_number_is_refused() -> None:
    with pytest.raises(NotWholeError, match="no finite number"):
        exact(float("inf"))


def test_a_long_sum_is_added_up_in_no_time() -> None:
    program = Program()
    begin = time.process_time()
    total = sum(number * program.column(0, 1) for number in range(1, 20_001))
    assert isinstance(total, LinearSum)
    assert len(total.terms) == 20_000
    assert time.process_time() - begin < 5


def test_a_product_of_sums_is_one_column() -> None:
    program = Program()
    x, y = program.column(-3, 2), program.column(0, 5)
    assert program.bounds(x * y) == (-15, 10)
    assert program.bounds(x * x) == (0, 9)
    assert program.bounds((0.5 * x) * (y + 1)) == (-9, 6)
    assert (x * y).terms == (x * y).terms
    assert x * 3 * 2 - x * 6 + 1 - 1 is not None
    assert not (x * 3 * 2 - x * 6).terms


def test_decisions_are_not_compared_as_data_are() -> None:
    x = columns()[0]
    for compare in (lambda: x == 1, lambda: x <= 1, lambda: x != 1, lambda: x > 1):
        with pytest.raises(NotWholeError, match="where only data can stand"):
            compare()
