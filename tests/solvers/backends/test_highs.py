"""HiGHS as a back end: numbers that it takes for zero or infinity, its gap, and quadratic objectives that it misses."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from steepest.solvers.backends.highs import solve_with_highs
from steepest.solvers.backends.quadratic import is_stationary
from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

TINY = "parameters:\n  k = 0.0000000001\n"
FAR = "variables:\n  x: real >= 0\n  y: real in 0..100000000\n"
CIRCLE = (
    "variables:\n  x: real in -10..10\n  y: real >= 0\n  z: real >= 0\n"
    "minimize: (x - 1)**2 - 0.001 * y\nconstraints:\n  c: y + z <= 1000000"
)


def solved(text: str) -> Solution:
    return solve_formulation(Formulation.from_text(text), options=SolveOptions(time_limit=20))


def compiled(text: str) -> CompiledModel:
    formulation = Formulation.from_text(text)
    return compile_formulation(formulation, bind(formulation))


def test_threads_solve_one_after_another() -> None:
    model = compiled("variables:\n  x: integer in 0..10\nmaximize: 3 * x\nconstraints:\n  c: 2 * x <= 11")
    options = SolveOptions(threads=1)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: solve_with_highs(model, options), range(40)))
    assert {answer.status for answer in answers} == {"optimal"}


# Quadratic objectives


@pytest.mark.parametrize("objective", ["minimize: (x - 1)**2 - y", "maximize: y - (x - 1)**2"])
def test_a_variable_far_out_is_not_held_back_by_regularization(objective: str) -> None:
    solution = solved(FAR + objective)
    assert solution.status == "optimal"
    assert (solution.value("x"), solution.value("y")) == pytest.approx((1, 1e8))


def test_a_quadratic_program_on_which_highs_goes_round_in_a_circle_is_solved() -> None:
    solution = solved(CIRCLE)
    assert solution.objective == pytest.approx(-1000)
    assert solution.binding[0].dual == pytest.approx(-0.001)


@pytest.mark.parametrize("seed", range(3))
def test_a_singular_quadratic_program_is_solved(seed: int) -> None:
    random = np.random.default_rng(seed)
    squares = [" + ".join(f"({w:.4f}) * x{i}" for i, w in enumerate(row)) for row in random.normal(size=(5, 40))]
    names = "\n".join(f"  x{i}: real in 0..10" for i in range(40))
    solution = solved(f"variables:\n{names}\nminimize: " + " + ".join(f"({square} - 1)**2" for square in squares))
    assert solution.objective == pytest.approx(0, abs=1e-6)


def test_only_a_point_from_which_no_step_improves_is_stationary() -> None:
    model = compiled(FAR + "minimize: (x - 1)**2 - y\nconstraints:\n  c: x + y <= 50")
    duals = np.array([-1.0])
    assert is_stationary(model, np.array([0.5, 49.5]), np.array([50.0]), duals)
    assert not is_stationary(model, np.array([1.0, 10.0]), np.array([11.0]), np.array([0.0]))
    assert not is_stationary(model, np.array([0.5, 10.0]), np.array([10.5]), duals)


def test_a_tiny_quadratic_objective_is_solved_in_its_own_size() -> None:
    text = TINY + "variables:\n  x: real in 0..10\n  y: real in 0..10\nminimize: k * (x - 3)**2 + k * (x - y)**2"
    solution = solved(text)
    assert (solution.value("x"), solution.value("y")) == pytest.approx((3, 3), abs=1e-4)


# Numbers beyond a solver's range


def test_a_row_of_tiny_coefficients_counts() -> None:
    text = (
        TINY + "variables:\n  x: real >= 0\n  y: real in 0..100\nmaximize: x + y\nconstraints:\n  c: k*x + k*y <= k*5"
    )
    solution = solved(text)
    assert solution.objective == pytest.approx(5)
    assert solution.binding[0].dual == pytest.approx(1e10)


def test_a_tiny_objective_counts() -> None:
    text = TINY + "variables:\n  x: {} in 0..10\nmaximize: k * x\nconstraints:\n  c: 2 * x <= 9"
    assert solved(text.format("real")).value("x") == 4.5
    whole = solved(text.format("integer"))
    assert (whole.value("x"), whole.bound) == (4, pytest.approx(4e-10))


def test_a_coefficient_that_is_zero_to_the_solver_is_refused_with_its_row() -> None:
    text = "variables:\n  x: real >= 0\n  y: real >= 0\nmaximize: x\nconstraints:\n  c: 0.00000000000001 * x + y <= 1"
    with pytest.raises(FormulationError, match=r"constraint c: the coefficient 1e-14 of variable x"):
        solved(text)


def test_what_rounding_leaves_of_a_coefficient_is_no_coefficient() -> None:
    text = (
        "variables:\n  x: real in 0..4\n  y: real >= 0\nmaximize: x + y\nconstraints:\n"
        "  c: 0.1 * x + 0.2 * x - 0.3 * x + y <= 3"
    )
    assert solved(text).objective == pytest.approx(7)


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("variables:\n  x: real <= 1000000000000000000000\nmaximize: x", "variable x"),
        ("variables:\n  x: real\nmaximize: x\nconstraints:\n  c: x <= 1000000000000000000000", "constraint c"),
    ],
)
def test_a_bound_that_is_infinite_to_the_solver_is_refused(text: str, element: str) -> None:
    with pytest.raises(FormulationError, match=rf"{element}: a bound of 1e\+21 is infinite"):
        solved(text)


def test_bounds_of_whole_numbers_are_rounded_inwards() -> None:
    assert solved("variables:\n  x: integer in 0.5..9.5\nminimize: x").value("x") == 1


def test_a_large_whole_bound_is_not_rounded_to_another_one():
    assert solved("variables:\n  x: integer in 60000000000000..60000000000100\nminimize: x").value("x") == 6e13


@pytest.mark.parametrize("text", ["integer in 0.2..0.8\nminimize: x", "real in 0..9\nminimize: x\nconstraints:\n"
                                  "  c: 0.0000000005 <= 0.0000000001 * x <= 0.0000000003"])  # fmt: skip
def test_bounds_that_cross_once_rounded_or_scaled_are_infeasible(text: str) -> None:
    assert solve_with_highs(compiled("variables:\n  x: " + text), SolveOptions()).status == "infeasible"


def test_a_range_that_only_rounding_makes_empty_is_a_point() -> None:
    text = "variables:\n  x: real in 0..9\nmaximize: x\nconstraints:\n  c: 0.1 + 0.2 <= x <= 0.3"
    assert solved(text).value("x") == pytest.approx(0.3)


def test_a_range_that_is_empty_is_infeasible() -> None:
    text = "variables:\n  x: real in 0..10\nminimize: x\nconstraints:\n  c: 5 <= x <= 3"
    assert solved(text).status == "infeasible"


# Models without columns


@pytest.mark.parametrize(("right", "status", "objective"), [(5, "optimal", 7.0), (3, "infeasible", None)])
def test_a_model_without_columns_is_decided_by_its_rows(right: int, status: str, objective: float | None) -> None:
    text = (
        "sets:\n  I = {{}}\nvariables:\n  x[I]: real >= 0\nminimize: sum(x[i] for i in I) + 7\n"
        "constraints:\n  c: 4 + sum(x[i] for i in I) <= {}"
    )
    solution = solved(text.format(right))
    assert (solution.status, solution.objective) == (status, objective)


# Whole numbers


def test_a_switch_with_a_large_factor_is_on_or_off() -> None:
    text = (
        "sets:\n  I = 1..5\nvariables:\n  x[I]: real >= 0\n  b[I]: binary\nminimize: sum(b[i] for i in I)\n"
        "constraints:\n  open[i in I]: x[i] <= {} * b[i]\n  need: sum(x[i] for i in I) >= 7"
    )
    for factor in (10**7, 10**8):
        assert solved(text.format(factor)).objective == 1


def test_the_gap_is_closed_unless_another_is_asked_for() -> None:
    """All but the best of these answers are within HiGHS's own gap of 1e-4."""
    random = np.random.default_rng(5)
    weights = random.integers(10_000, 99_999, 24)
    names = "\n".join(f"  x{i}: binary" for i in range(24))
    total = " + ".join(f"{weight} * x{i}" for i, weight in enumerate(weights))
    limit = int(weights.sum() // 2)
    model = compiled(f"variables:\n{names}\nmaximize: {total}\nconstraints:\n  c: {total} <= {limit}")
    answer = solve_with_highs(model, SolveOptions(time_limit=20))
    assert answer.status == "optimal"
    assert answer.gap == pytest.approx(0, abs=1e-9)
