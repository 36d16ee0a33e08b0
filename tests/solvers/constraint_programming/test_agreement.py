"""CP-SAT against brute force over all whole points, and against the linear forms that HiGHS solves."""

import math
import os

import pytest
from hypothesis import HealthCheck, given, settings

from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.violations import violations
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation
from tests.solvers.constraint_programming.strategies import schedules
from tests.solvers.linearization.strategies import (
    bent_formulations,
    circuits,
    global_formulations,
    logical_formulations,
)
from tests.solvers.linearization.test_agreement import best_whole_objective
from tests.solvers.test_agreement import point_of

pytest.importorskip("ortools", reason="CP-SAT is the extra `cp`")

EXAMPLES = int(os.environ.get("STEEPEST_EXAMPLES", "60"))
"""Per test and run; `--hypothesis-seed=random` and STEEPEST_EXAMPLES=2000 go further."""

many = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))


def solved_by_cp_sat(formulation: Formulation) -> Solution:
    return solve_formulation(formulation, options=SolveOptions(solver="cp-sat", threads=1))


def require_best(formulation: Formulation) -> None:
    best = best_whole_objective(formulation)
    solution = solved_by_cp_sat(formulation)
    assert solution.status == ("infeasible" if best is None else "optimal"), solution.message
    assert solution.solver.startswith("CP-SAT")
    if best is None or solution.objective is None:
        return
    assert math.isclose(solution.objective, best, rel_tol=1e-9, abs_tol=1e-9)
    assert not list(violations(ScalarInstance(formulation, bind(formulation)), point_of(solution)))


@pytest.mark.slow
@given(bent_formulations())
@many
def test_no_whole_point_is_better_among_bent_terms(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(logical_formulations())
@many
def test_no_whole_point_is_better_under_logic(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(global_formulations())
@many
def test_no_whole_point_is_better_under_global_constraints(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(circuits())
@many
def test_no_other_circuit_is_better(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(schedules())
@many
def test_no_other_schedule_is_better(formulation: Formulation) -> None:
    require_best(formulation)
