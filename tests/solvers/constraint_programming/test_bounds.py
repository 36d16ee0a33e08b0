"""Bounds that are declared, that rows imply, and that a makespan can be kept to."""

import pytest

from steepest.solvers.constraint_programming.bounds import Ends, finite_ends
from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.vectorized.algebra import UnsupportedProblemError


def ends(text: str) -> dict[str, Ends]:
    formulation = Formulation.from_text(text)
    return {name: each for (name, _), each in finite_ends(ScalarInstance(formulation, bind(formulation))).items()}


def test_declared_bounds_are_rounded_inward() -> None:
    assert ends("variables:\n  x: integer in 0.5..2.9\n  b: binary\nminimize: x") == {"x": Ends(1, 2), "b": Ends(0, 1)}


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ("600000000.4..2000000000", Ends(600000001, 2000000000)),
        ("0..2000000000.6", Ends(0, 2000000000)),
        ("3 * 0.1 / 0.1..9", Ends(3, 9)),
        ("0..0.3 / 0.1", Ends(0, 3)),
        ("3 * 0.1 - 0.3..600000000000000 / 10", Ends(0, 60000000000000)),
        ("0.1 * 3000000..900000", Ends(300000, 900000)),
    ],
)
def test_a_large_bound_is_rounded_as_a_small_one(declared: str, found: Ends) -> None:
    assert ends(f"variables:\n  x: integer in {declared}\nminimize: x") == {"x": found}


def test_bounds_that_cross_are_the_same_error_as_elsewhere() -> None:
    with pytest.raises(FormulationError, match="above the upper bound"):
        ends("variables:\n  x: integer in 3..2\nminimize: x")


def test_rows_imply_bounds_one_by_another() -> None:
    text = "variables:\n  x: integer >= 0\n  y: integer >= 0\n  z: integer >= 0\nmaximize: z\nconstraints:\n"
    assert ends(text + "  a: z <= 2 * y\n  b: y <= x + 1\n  c: 2 * x <= 7")["z"] == Ends(0, 8)


@pytest.mark.parametrize("objective", ["minimize: late + x", "minimize: 2 * late", "maximize: x - late"])
def test_what_rows_hold_up_and_the_objective_down_is_never_needed_higher(objective: str) -> None:
    text = f"variables:\n  x: integer in 0..9\n  late: integer >= 0\n  later: integer >= 0\n{objective}\nconstraints:\n"
    found = ends(text + "  a: late >= 2 * x + 3\n  b: 0.5 * late >= x - 1\n  c: later >= late + 1")
    assert (found["late"], found["later"]) == (Ends(0, 21), Ends(0, 22))


@pytest.mark.parametrize(
    ("objective", "constraint"),
    [
        ("maximize: late", "late >= x"),
        ("maximize: other", "late >= 2 * other"),
        ("minimize: late", "implies(x >= 2, late >= 10)"),
        ("minimize: late * late - 10 * late", "late >= x"),
        ("minimize: abs(late - 50)", "late >= x"),
        ("minimize: other", "all_different(late, x)"),
    ],
)
def test_nothing_is_cut_off_where_a_variable_may_be_wanted_large(objective: str, constraint: str) -> None:
    text = f"variables:\n  x: integer in 0..9\n  late: integer >= 0\n  other: integer >= 0\n{objective}\n"
    with pytest.raises(UnsupportedProblemError, match="`late`: it has no upper bound"):
        ends(f"{text}constraints:\n  c: {constraint}")


def test_a_real_variable_is_no_matter_where_there_is_none_of_it() -> None:
    text = "sets:\n  No = {i for i in 1..3 if i > 5}\nvariables:\n  x: integer in 0..9\n  y[No]: real >= 0\nminimize: x"
    assert set(ends(text)) == {"x"}
    with pytest.raises(UnsupportedProblemError, match="semicontinuous"):
        ends("variables:\n  y: semicontinuous in 2..9\nminimize: y")
