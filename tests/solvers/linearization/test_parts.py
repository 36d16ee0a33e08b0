"""The parts of linearization by themselves: boxes, implied bounds, demand, steps between values."""

import numpy as np
import pytest

from steepest.solvers.linearization.boxes import Box, column_box, form_box
from steepest.solvers.linearization.demand import Demand
from steepest.solvers.linearization.lattices import is_whole, lattice_steps
from steepest.solvers.linearization.propagation import propagated
from steepest.solvers.vectorized.columns import INTEGER, SEMICONTINUOUS, Columns
from steepest.solvers.vectorized.forms import Block, Form
from steepest.solvers.vectorized.frames import Frame
from steepest.solvers.vectorized.rows import RowBlock, row_block

INFINITE = np.inf


def form(*rows: dict[int, float], constant: float = 0.0) -> Form:
    """A linear form of one row for each mapping from column to coefficient."""
    terms = [(row, column, factor) for row, part in enumerate(rows) for column, factor in part.items()]
    places, columns, factors = (np.array(each) for each in zip(*terms, strict=True))
    block = Block(places.astype(np.int32), columns.astype(np.int32), factors.astype(float))
    return Form(len(rows), np.array(constant), (block,))


def block(*rows: dict[int, float], lower: float = -INFINITE, upper: float = INFINITE) -> RowBlock:
    size = len(rows)
    return row_block("c", Frame(size), form(*rows), np.full(size, lower), np.full(size, upper))


def test_columns_keep_their_bounds_while_others_are_added() -> None:
    columns = Columns()
    assert columns.add(np.zeros(2), np.ones(2)).tolist() == [0, 1]
    assert columns.add(np.array([-1.0]), np.array([3.0]), INTEGER).tolist() == [2]
    for _ in range(40):
        columns.add(np.zeros(3), np.ones(3))
    assert columns.size == 123
    assert columns.upper[:3].tolist() == [1, 1, 3]
    assert columns.whole[:4].tolist() == [False, False, True, False]


def test_a_semicontinuous_column_may_be_zero() -> None:
    columns = Columns()
    columns.add(np.array([3.0]), np.array([5.0]), SEMICONTINUOUS)
    assert [each.tolist() for each in column_box(columns)] == [[0.0], [5.0]]


def test_a_form_lies_between_the_sums_of_its_terms() -> None:
    box = Box(np.array([-1.0, 0.0]), np.array([2.0, INFINITE]))
    low, high = form_box(form({0: 2.0, 1: -1.0}, {0: -3.0}, {1: 0.0}, constant=1.0), box)
    assert low.tolist() == [-INFINITE, -5, 1]
    assert high.tolist() == [5, 4, 1]


def test_a_product_lies_within_its_corners() -> None:
    product = Block(None, np.array([0], np.int32), np.ones(1), np.array([1], np.int32))
    low, high = form_box(Form(1, np.zeros(()), (product,)), Box(np.array([-2.0, -3.0]), np.array([4.0, 5.0])))
    assert (low.item(), high.item()) == (-12, 20)


def test_a_row_bounds_each_of_its_columns_by_the_others() -> None:
    box = Box(np.array([0.0, 0.0, -INFINITE]), np.full(3, INFINITE))
    low, high = propagated([block({0: 2.0, 1: 1.0}, upper=10.0)], box, np.array([True, False, False]))
    assert high.tolist() == [5, pytest.approx(10), INFINITE]
    assert low.tolist() == [0, 0, -INFINITE]


def test_two_open_ends_in_a_row_imply_nothing_and_one_implies_its_own() -> None:
    box = Box(np.array([0.0, -INFINITE, 1.0]), np.array([INFINITE, 4.0, 2.0]))
    _, high = propagated([block({0: 1.0, 1: 1.0, 2: 1.0}, upper=9.0)], box, np.zeros(3, bool))
    assert high.tolist() == [INFINITE, 4, 2]  # what is below has no end
    low, high = propagated([block({0: 1.0, 1: -1.0, 2: 1.0}, lower=3.0, upper=3.0)], box, np.zeros(3, bool))
    assert high[0] == pytest.approx(6)
    assert low[1] == pytest.approx(-2)


def test_bounds_that_cross_are_left_for_the_solver_to_find() -> None:
    box = Box(np.array([4.0]), np.array([9.0]))
    low, high = propagated([block({0: 1.0}, upper=2.0)], box, np.zeros(1, bool))
    assert (low.item(), high.item()) == (4, 9)


def test_an_upper_limit_wants_its_positive_terms_smaller() -> None:
    demand = Demand(1)
    demand.add_rows(block({0: 1.0, 1: -2.0}, upper=4.0))
    demand.add_rows(block({2: 1.0}, lower=4.0))
    demand.add_rows(block({3: 1.0}, lower=4.0, upper=4.0))
    assert demand.smaller.tolist() == [True, False, False, True]
    assert demand.larger.tolist() == [False, True, True, True]


def test_values_step_by_the_greatest_common_divisor() -> None:
    columns = Columns()
    columns.add(np.zeros(3), np.full(3, 9.0), INTEGER)
    columns.add(np.zeros(1), np.ones(1))
    rows = form({0: 2.0, 1: -4.0}, {0: 0.5}, {0: 0.3, 2: 0.2}, {0: 1.0, 3: 1.0}, {2: -3.0}, {1: 1 / 3})
    assert lattice_steps(rows, columns).tolist() == pytest.approx([2, 0.5, 0.1, 0, 3, 0])
    assert is_whole(rows, columns).tolist() == [True, False, False, False, True, False]


def test_global_constraints_over_nothing_hold() -> None:
    from steepest.solvers.formulation import Formulation

    text = "sets:\n  A = 1..3\nvariables:\n  x[A]: integer in 0..1\n  go[i in A, j in A]: binary\nmaximize: x[1]\n"
    text += "constraints:\n  a: all_different(x[i] for i in A if i > 9)\n"
    text += "  b: circuit(go[i, j] for i in A for j in A if i > 9)\n"
    assert Formulation.from_text(text).solve().objective == 1
