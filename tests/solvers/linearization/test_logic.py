"""Logic over decisions as a user meets it."""

import itertools

import pytest

from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation
from steepest.solvers.vectorized.compile import compile_formulation


def solved(text: str) -> Solution:
    return solve_formulation(Formulation.from_text(text), options=SolveOptions(time_limit=30))


def with_constraints(*bodies: str, maximize: str = "x + y") -> Formulation:
    """Not through the text, which refuses a strict comparison in what has to hold."""
    variables = [
        {"name": name, "domain": domain, "lower": 0, "upper": 9}
        for name, domain in (("x", "real"), ("y", "real"), ("n", "integer"), ("m", "integer"))
    ]
    constraints = [{"name": f"c{place}", "body": body} for place, body in enumerate(bodies)]
    variables += [{"name": "p", "domain": "binary"}, {"name": "q", "domain": "binary"}]
    return Formulation.model_validate(
        {
            "variables": variables,
            "constraints": constraints,
            "objectives": [{"sense": "maximize", "expression": maximize}],
        }
    )


@pytest.mark.parametrize(
    ("body", "objective"),
    [
        ("implies(x >= 4, y <= 2)", 13 - 1e-5),
        ("implies(x > 4, y <= 2)", 13),
        ("either(x <= 1, y <= 3)", 12),
        ("x <= 1 or y <= 3", 12),
        ("not (x > 2 and y > 2)", 11),
        ("not (x > 2 or y > 2)", 4),
        ("exactly(1, x <= 2, y <= 3)", 12),
        ("at_least(1, x <= 2, y <= 3)", 12),
        ("at_most(1, x > 2, y > 2)", 11),
        ("exactly(0, x > 2, y > 2)", 4),
        ("x + y <= 5 and either(x <= 1, y <= 0)", 5),
        ("implies(x + y > 3, either(x == 7, y == 6))", 16),
        ("implies(p == 0, x + y <= 4) and p == 0", 4),
        ("(x <= 1 if 3 > 2 else x <= 0) or y <= 0", 10),
    ],
)
def test_a_condition_is_kept(body: str, objective: float) -> None:
    solution = solve_formulation(with_constraints(body))
    assert solution.status == "optimal"
    assert solution.solver.startswith("HiGHS")
    assert solution.objective == pytest.approx(objective, abs=1e-7)


@pytest.mark.parametrize(
    ("body", "maximize", "objective"),
    [
        ("implies(n >= 4, p == 1)", "n - 9 * p", 3),
        ("implies(n > 3, p == 1)", "n - 9 * p", 3),
        ("not (n >= 4)", "n", 3),
        ("not (0.5 * n >= 1.2)", "n", 2),
        ("not (n - m >= 0.5)", "n - m", 0),
        ("not (n != 4)", "n", 4),
        ("n != 9 and m == 3 or n < 5", "n", 8),
        ("not (2 * n + 4 * m >= 7)", "2 * n + 4 * m", 6),
        ("implies(p, n <= 3) and implies(not p, n <= 5)", "n", 5),
        ("exactly(2, p, q, n >= 5) and p == 1", "n + 10 * q", 14),
    ],
)
def test_strict_comparisons_of_whole_numbers_are_exact(body: str, maximize: str, objective: float) -> None:
    assert solve_formulation(with_constraints(body, maximize=maximize)).objective == pytest.approx(objective, abs=1e-9)


def test_a_strict_comparison_of_real_values_keeps_a_stated_distance() -> None:
    solution = solve_formulation(with_constraints("not (x >= 4)", maximize="x"))
    assert solution.value("x") == pytest.approx(4 - 1e-5, abs=1e-8)


def test_a_condition_on_binaries_takes_no_auxiliary_variable() -> None:
    formulation = with_constraints("implies(p == 1, q == 1)", "implies(p == 0, x <= 3)", "either(p >= 1, not q)")
    model = compile_formulation(formulation, bind(formulation))
    assert model.columns == 6
    assert all(step.columns == 0 for step in model.steps)


def test_conditions_range_over_sets() -> None:
    text = """
sets:
  Shop = 1..4
parameters:
  worth[Shop] = [5, 4, 3, 2]
variables:
  stock[Shop]: real in 0..10
  open[Shop]: binary
maximize: sum(worth[s] * stock[s] for s in Shop)
constraints:
  only_if_open[s in Shop]: implies(stock[s] > 0, open[s] == 1)
  two: exactly(2, open[s] == 1 for s in Shop)
  few: at_most(1, stock[s] >= 6 for s in Shop)
  far[s in Shop if s < last(Shop)]: not (open[s] == 1 and open[s + 1] == 1)
"""
    solution = solved(text)
    assert solution.objective == pytest.approx(50 + 3 * (6 - 1e-5))
    assert [solution.value("open", s) for s in range(1, 5)] == [1, 0, 1, 0]


def test_conditions_on_data_alone_are_decided_by_the_data() -> None:
    solution = solved(
        "parameters:\n  a = 3\nvariables:\n  x: real in 0..9\nmaximize: x\n"
        "constraints:\n  c: implies(a > 2, x <= 4)\n  d: either(a >= 5, x >= 1)\n  e: exactly(1, a > 2, a > 5)"
    )
    assert solution.objective == 4


def test_a_condition_on_data_that_fails_has_no_answer() -> None:
    text = "parameters:\n  a = 3\nvariables:\n  x: real in 0..9\nmaximize: x\nconstraints:\n  c: either(a >= 5, a <= 1)"
    assert solved(text).status == "infeasible"


def test_a_condition_without_bounds_goes_to_scip() -> None:
    solution = solved(
        "variables:\n  x: real >= 0\n  y: real in 0..9\nmaximize: y - x\nconstraints:\n  c: either(y <= 3, x <= 2)"
    )
    assert (solution.status, round(solution.objective or 0, 4)) == ("optimal", 9)
    assert "SCIP" in solution.solver


def test_a_number_that_depends_on_decisions_is_refused() -> None:
    solution = solve_formulation(with_constraints("exactly(n, x >= 1, y >= 1)"))
    assert solution.status == "unsupported"
    assert "depends on decisions" in solution.message


def test_every_truth_table_is_met() -> None:
    bodies = [
        "implies(p, q)",
        "p or q",
        "not (p and q)",
        "exactly(1, p, q)",
        "at_most(0, p)",
        "implies(q, p) and q == 1",
    ]
    tables = [
        lambda p, q: not p or q,
        lambda p, q: p or q,
        lambda p, q: not (p and q),
        lambda p, q: p != q,
        lambda p, q: not p,
        lambda p, q: p and q,
    ]
    for body, table in zip(bodies, tables, strict=True):
        for p, q in itertools.product((0, 1), repeat=2):
            solution = solve_formulation(with_constraints(body, f"p == {p}", f"q == {q}"))
            assert solution.is_solved == bool(table(p, q)), (body, p, q)
