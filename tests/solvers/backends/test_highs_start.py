"""An earlier answer as the place where HiGHS begins: an LP's basis, given up where it leads nowhere."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends import highs_start
from steepest.solvers.backends.array_model import ArrayModel, Hessian
from steepest.solvers.backends.highs import solve_with_highs
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.scatter import Numbers


def planning(products: int, periods: int, seed: int = 0) -> ArrayModel:
    """An LP of production and stock over time, with resources that the products share."""
    random = np.random.default_rng(seed)
    make = np.arange(products * periods).reshape(products, periods)
    stock = make + products * periods
    balances = [
        [make[i, t], stock[i, t], *([stock[i, t - 1]] if t else [])] for i in range(products) for t in range(periods)
    ]
    uses = [list(make[:, t]) for t in range(periods)]
    signs = [[1.0, -1.0, 1.0][: len(row)] for row in balances]
    amounts = random.uniform(0.5, 2, products)
    rows, values = [*balances, *uses], [*signs, *([list(amounts)] * periods)]
    demand = random.uniform(0, 20, products * periods)
    capacity = np.full(periods, 13 * amounts.sum())
    return ArrayModel(
        sense="minimize",
        offset=0.0,
        cost=np.concatenate([random.uniform(1, 9, make.size), random.uniform(0.1, 0.9, make.size)]),
        lower=np.zeros(2 * make.size),
        upper=np.full(2 * make.size, np.inf),
        types=np.zeros(2 * make.size, np.int32),
        row_starts=np.cumsum([0, *map(len, rows)]).astype(np.int32),
        row_columns=np.concatenate(rows).astype(np.int32),
        row_coefficients=np.concatenate(values),
        row_lower=np.concatenate([demand, np.full(periods, -np.inf)]),
        row_upper=np.concatenate([demand, capacity]),
        hessian=None,
    )


MODEL = planning(20, 25)


def answer_of(model: ArrayModel) -> Numbers:
    values = solve_arrays(model, SolveOptions()).values
    assert values is not None
    return values


def allow(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a start so many steps to lead to the end."""
    monkeypatch.setattr(highs_start, "_FEWEST_STEPS", steps)
    monkeypatch.setattr(highs_start, "_ROWS_A_STEP", MODEL.rows + 1)


def test_from_its_own_answer_an_lp_has_no_steps_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    start = answer_of(MODEL)
    allow(0, monkeypatch)
    assert solve_arrays(MODEL, SolveOptions(), None, start).note == ""


def test_a_start_with_other_limits_is_near_too(monkeypatch: pytest.MonkeyPatch) -> None:
    start = answer_of(MODEL)
    changed = replace(MODEL, row_lower=MODEL.row_lower * 1.01, row_upper=MODEL.row_upper * 1.01)
    allow(100, monkeypatch)
    answer = solve_arrays(changed, SolveOptions(), None, start)
    assert (answer.status, answer.note) == ("optimal", "")
    assert answer.objective == pytest.approx(solve_arrays(changed, SolveOptions()).objective)


def test_a_start_that_leads_nowhere_is_given_up_and_the_note_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(5, monkeypatch)
    answer = solve_arrays(MODEL, SolveOptions(), None, np.zeros(MODEL.columns))
    assert answer.note == "the start was given up: 5 steps of the simplex method led from it to no end"
    assert answer.objective == pytest.approx(solve_arrays(MODEL, SolveOptions()).objective)


def test_a_start_may_leave_values_open() -> None:
    start = answer_of(MODEL)
    start[::2] = np.nan
    assert solve_arrays(MODEL, SolveOptions(), None, start).status == "optimal"


def test_a_start_keeps_the_duals_of_an_lp() -> None:
    from_scratch = solve_arrays(MODEL, SolveOptions())
    again = solve_arrays(MODEL, SolveOptions(), None, from_scratch.values)
    assert again.row_duals == pytest.approx(from_scratch.row_duals)


def test_a_qp_says_that_it_takes_no_start() -> None:
    squares = Hessian(np.array([0, 1, 2], np.int32), np.array([0, 1], np.int32), np.ones(2), term="the objective")
    model = ArrayModel(
        sense="minimize",
        offset=0.0,
        cost=np.array([-2.0, -4.0]),
        lower=np.zeros(2),
        upper=np.full(2, 9.0),
        types=np.zeros(2, np.int32),
        row_starts=np.array([0, 2], np.int32),
        row_columns=np.array([0, 1], np.int32),
        row_coefficients=np.ones(2),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([5.0]),
        hessian=squares,
    )
    answer = solve_with_highs(model, SolveOptions(), None, np.ones(2))
    assert (answer.status, answer.note) == ("optimal", highs_start.NO_QUADRATIC_START)
    assert solve_with_highs(model, SolveOptions()).note == ""


def test_a_solve_that_is_stopped_before_it_has_an_answer_keeps_a_start_that_is_one() -> None:
    control = SolveControl()
    control.cancel()
    start = answer_of(MODEL)
    answer = solve_arrays(MODEL, SolveOptions(), control, start)
    assert answer.status == "interrupted"
    assert answer.values == pytest.approx(start)
    assert solve_arrays(MODEL, SolveOptions(), control, np.zeros(MODEL.columns)).values is None


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.floats(0, 1), unknown=st.floats(0, 1))
def test_no_start_changes_the_objective_of_an_lp(seed: int, share: float, unknown: float) -> None:
    random = np.random.default_rng(seed)
    model = planning(3, 4, seed)
    best = solve_arrays(model, SolveOptions())
    known = np.zeros(model.columns) if best.values is None else best.values
    start = np.where(random.random(model.columns) < share, random.uniform(-5, 50, model.columns), known)
    start[random.random(model.columns) < unknown] = np.nan
    again = solve_arrays(model, SolveOptions(), None, start)
    assert again.status == best.status
    assert again.objective == (None if best.objective is None else pytest.approx(best.objective))
