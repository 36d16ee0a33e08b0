"""Asking for a solver by its name."""

import pytest

from steepest.errors import InputError
from steepest.solvers.backends import scip
from steepest.solvers.formulation import Formulation

MIP = Formulation.from_text(
    "variables:\n  x: integer in 0..9\n  y: semicontinuous in 2..4\nmaximize: 2 * x + y\n"
    "constraints:\n  c: x + y <= 6.5\n  d: x <= 5\n"
)
NONLINEAR = Formulation.from_text("variables:\n  x: real in 1..3\nmaximize: x * sin(x)\n")


def test_the_class_decides_unless_one_is_asked_for() -> None:
    assert MIP.solve().solver.startswith("HiGHS")


def test_scip_solves_a_linear_problem_to_the_same_answer() -> None:
    pytest.importorskip("pyscipopt", reason="needs the extra `nonlinear`")
    solution = MIP.solve(solver="scip")
    assert solution.solver.startswith("SCIP")
    assert solution.objective == pytest.approx(MIP.solve(solver="highs").objective)


def test_a_semicontinuous_variable_is_zero_or_within_its_bounds_to_scip() -> None:
    pytest.importorskip("pyscipopt", reason="needs the extra `nonlinear`")
    rows = "constraints:\n  c: y + z >= 1\n"
    text = "variables:\n  y: semicontinuous in 3..9\n  z: real >= 0\nminimize: {} * y + 2 * z\n" + rows
    assert Formulation.from_text(text.format(1)).solve(solver="scip").value("y") == pytest.approx(0)
    assert Formulation.from_text(text.format(0.1)).solve(solver="scip").value("y") == pytest.approx(3)


def test_highs_alone_does_not_take_what_is_nonlinear() -> None:
    solution = NONLINEAR.solve(solver="highs")
    assert solution.status == "unsupported"
    assert "HiGHS" in solution.message


def test_an_unknown_solver_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match=r"no solver 'gorubi' here.*highs"):
        MIP.solve(solver="gorubi")


def test_scip_that_is_not_installed_is_refused_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scip, "is_installed", lambda: False)
    with pytest.raises(InputError, match=r"steepest\[nonlinear\]"):
        MIP.solve(solver="scip")
