"""Exact linearization as a user meets it: what is solved, by what, in which steps, and what is refused."""

import pytest

from steepest.solvers.backends import scip
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation


def solved(text: str) -> Solution:
    return solve_formulation(Formulation.from_text(text), options=SolveOptions(time_limit=30))


def compiled(text: str) -> CompiledModel:
    formulation = Formulation.from_text(text)
    return compile_formulation(formulation, bind(formulation))


@pytest.fixture(autouse=True)
def without_scip(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is linearized needs no SCIP."""
    monkeypatch.setattr(scip, "is_installed", lambda: False)


BOX = "variables:\n  x: real in -5..5\n  y: real in -3..4\n  n: integer in 0..7\n  b: binary\n"


@pytest.mark.parametrize(
    ("rest", "objective"),
    [
        ("minimize: abs(x - 2) + abs(y + 1)", 0),
        ("maximize: abs(x - 2) + abs(y + 1)", 12),
        ("minimize: max(x, y, 1) - min(x, y)", 0),
        ("maximize: min(x, 2 * y, 3) - max(y, 1)", 1.5),
        ("maximize: n * y - b * y", 28),
        ("maximize: n * y * b - n**3 + n**2\nconstraints:\n  c: n >= 2", 4),
        ("minimize: n**2 - 5 * n", -6),
        ("maximize: x\nconstraints:\n  c: abs(x) + abs(y) <= 3\n  d: abs(y) >= 1", 2),
        ("maximize: x\nconstraints:\n  c: 1 <= max(x, y) - abs(n - 3) <= 2\n  d: n == 5", 4),
        ("minimize: abs(max(x, y) - min(n, 3)) + abs(x - y)\nconstraints:\n  c: x + y == 6\n  d: n == 6", 0),
        ("maximize: piecewise(x, (-5, 0), (0, 4), (5, -1)) + piecewise(y, (-3, 2), (0, 0), (4, 3))", 7),
        ("minimize: piecewise(x, (-4, 4), (0, 0), (4, 2)) + x", 0),
        ("maximize: x + y\nconstraints:\n  c: (x + y) / (n + 1) <= 1\n  d: n <= 2", 3),
        ("maximize: x + y\nconstraints:\n  c: x / (y - 5) >= 1\n", 3),
    ],
)
def test_what_is_bent_is_solved_by_highs(rest: str, objective: float) -> None:
    solution = solved(BOX + rest)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(objective, abs=1e-7)
    assert solution.solver.startswith("HiGHS")
    assert solution.steps
    assert [each.name for each in solution.variables] == ["x", "y", "n", "b"]


@pytest.mark.parametrize(
    ("rest", "objective"),
    [
        ("maximize: 3 * log(x - y + 9) - 2", 3 * 2.833213344056216 - 2),
        ("minimize: 5 - sqrt(n * b + 2)", 2),
        ("minimize: (x + 1)**3", -64),
        ("maximize: -exp(abs(x - 1) / 2)", -1),
        ("maximize: (2 * n + 2)**0.5\nconstraints:\n  c: implies(b == 0, n <= 1)", 4),
    ],
)
def test_an_objective_that_rises_with_what_is_inside_is_solved_for_that(rest: str, objective: float) -> None:
    solution = solved(BOX + rest)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(objective, abs=1e-7)
    assert solution.bound == pytest.approx(objective, abs=1e-7)
    assert solution.steps[0].kind == "objective"


def test_a_logarithm_whose_argument_may_be_negative_where_it_is_best_is_left_to_others() -> None:
    solution = solved(BOX + "minimize: log(x)")
    assert solution.status == "unsupported"


def test_a_convex_use_takes_no_binary_variable() -> None:
    convex = compiled(BOX + "minimize: max(abs(x - 1), y) + abs(y)\nconstraints:\n  c: abs(x - y) <= 2")
    assert convex.problem_class == "MIP"  # for n and b, which the text declares
    assert convex.types[4:].sum() == 0
    assert all(step.binaries == 0 and step.big_m is None for step in convex.steps)


def test_a_bound_that_rows_imply_is_enough() -> None:
    solution = solved(
        "variables:\n  x: real >= 0\n  y: real >= 0\nmaximize: abs(x - 3) + y\nconstraints:\n  c: 2 * x + y <= 10"
    )
    assert solution.objective == pytest.approx(13)
    assert solution.steps[0].big_m is not None
    assert solution.steps[0].big_m <= 8


def test_a_term_whose_sign_is_known_takes_no_step() -> None:
    model = compiled("variables:\n  x: real in 1..5\nmaximize: abs(x) + max(x, 0) + min(x, 9)")
    assert model.steps == ()
    assert model.cost.tolist() == [3]


def test_each_index_of_a_family_is_bent_only_where_it_has_to_be() -> None:
    text = """
sets:
  A = 1..3
parameters:
  low[A] = [0, -4, 2]
variables:
  x[i in A]: real in low[i]..5
maximize: sum(abs(x[i]) for i in A)
"""
    model = compiled(text)
    (step,) = model.steps
    assert (step.columns, step.binaries) == (3, 2)
    assert solved(text).objective == 15


def test_the_same_product_is_one_column() -> None:
    model = compiled(BOX + "maximize: b * x\nconstraints:\n  c: b * x + y <= 3\n  d: x * b - y >= -9")
    assert sum(step.columns for step in model.steps) == 1


def test_a_refusal_names_the_variable_its_place_and_what_to_do() -> None:
    solution = solved("sets:\n  A = {a, b}\nvariables:\n  x[A]: real >= 0\nmaximize: max(x[a], x[b]) - abs(x[a] - 5)")
    assert solution.status == "unsupported"
    assert "variable `x[a]` (line 4, column 3) has no upper bound" in solution.message
    assert "in 0..1000" in solution.message


def test_a_refusal_looks_through_what_is_bent_inside() -> None:
    solution = solved("variables:\n  x: real in 0..5\n  y: real\nmaximize: abs(x - max(y, 2))")
    assert "variable `y` (line 3, column 3) has no lower and no upper bound" in solution.message


def test_a_whole_number_of_too_many_values_is_refused_in_a_product() -> None:
    solution = solved("variables:\n  x: integer in 0..1000000\n  y: real in 0..5\nmaximize: y - x * y")
    assert solution.status == "unsupported"
    assert "fewer than 4,096 values" in solution.message


def test_a_step_tells_what_where_and_with_which_factor() -> None:
    (step,) = solved(BOX + "maximize: x\nconstraints:\n  far: abs(x + 1) >= 3").steps
    assert (step.kind, step.text, step.element, step.place and step.place.line) == (
        "max",
        "abs(x + 1)",
        "constraint far",
        8,
    )
    assert (step.columns, step.binaries, step.big_m) == (3, 2, 12)
    assert str(step).startswith("constraint far, line 8, column 8: `abs(x + 1)` is written linearly (3 auxiliary")


def test_auxiliary_rows_bind_nothing() -> None:
    solution = solved(BOX + "maximize: x\nconstraints:\n  near: abs(x) <= 3\n  tie: x + y == 5")
    assert {each.name for each in solution.binding} <= {"near", "tie"}


def test_an_answer_that_breaks_the_formulation_as_written_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.solvers.compiled_solve.broken_constraints", lambda *_: iter(["near"]))
    with pytest.raises(SolverError, match="breaks `near` as it is written"):
        solved(BOX + "maximize: x\nconstraints:\n  near: abs(x) <= 3")


def test_a_back_end_that_lies_about_an_auxiliary_variable_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def lying(model: CompiledModel, *_: object) -> RawAnswer:
        values = model.lower.clip(-9, 9)
        values[0] = 5.0
        return RawAnswer("optimal", values, None, None, None, 0.0, "Liar 1.0")

    monkeypatch.setattr("steepest.solvers.array_solve.solve_with_highs", lying)
    with pytest.raises(SolverError, match="not to be trusted"):
        solved("variables:\n  x: real in -5..5\nmaximize: abs(x)")


def test_lets_that_are_used_often_are_made_linear_once() -> None:
    text = """
sets:
  A = 1..3
variables:
  x[A]: real in -2..9
let:
  far[i in A] = abs(x[i] - i)
  total = sum(far[i] for i in A)
minimize: total - 2 * far[1]
constraints:
  c[i in A]: far[i] <= 4
  d: total >= 5
"""
    (step,) = compiled(text).steps
    assert step.element == "let far"
    assert solved(text).objective == pytest.approx(-3)
