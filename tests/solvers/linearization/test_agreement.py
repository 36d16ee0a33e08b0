"""Linearized models against brute force over their whole points, and against SCIP on the scalar reading."""

import math
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.violations import evaluator_at, violations
from steepest.solvers.solve import solve_formulation
from steepest.solvers.tolerances import REREAD
from tests.solvers.linearization.strategies import (
    bent_formulations,
    circuits,
    global_formulations,
    logical_formulations,
    real_formulations,
)
from tests.solvers.test_agreement import point_of, whole_points

EXAMPLES = int(os.environ.get("STEEPEST_EXAMPLES", "60"))
"""Per test and run; `--hypothesis-seed=random` and STEEPEST_EXAMPLES=2000 go further."""

many = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))


def best_whole_objective(formulation: Formulation) -> float | None:
    """The best objective of all whole points that break nothing, or None if there is none."""
    instance = ScalarInstance(formulation, bind(formulation))
    objective = formulation.objectives[0]
    values = []
    for point in whole_points(instance):
        try:
            if not any(violations(instance, point)):
                values.append(evaluator_at(instance, point).number(objective.expression, {}))
        except FormulationError as error:  # beyond the ends of a piecewise function there is nothing
            if [each.code for each in error.diagnostics] != ["not-finite"]:
                raise
    return (min(values) if objective.sense == "minimize" else max(values)) if values else None


def require_best(formulation: Formulation) -> None:
    best = best_whole_objective(formulation)
    solution = solve_formulation(formulation, options=SolveOptions(solver="highs"))
    assert solution.status == ("infeasible" if best is None else "optimal")
    assert solution.solver.startswith("HiGHS") or solution.solver == "none needed"
    if best is None:
        return
    assert solution.objective is not None
    assert math.isclose(solution.objective, best, rel_tol=1e-6, abs_tol=1e-6)
    assert not list(violations(ScalarInstance(formulation, bind(formulation)), point_of(solution)))


def require_agreement(formulation: Formulation) -> None:
    """The linearized model by HiGHS, and the scalar reading's own one by SCIP."""
    fast = solve_formulation(formulation)
    slow = solve_formulation(formulation, options=SolveOptions(time_limit=60, solver="scip"))
    assert fast.status == slow.status, (fast.message, slow.message)
    if fast.objective is not None and slow.objective is not None:
        assert math.isclose(fast.objective, slow.objective, rel_tol=1e-4, abs_tol=1e-4)
        assert not list(violations(ScalarInstance(formulation, bind(formulation)), point_of(fast), REREAD))


@pytest.mark.slow
@given(bent_formulations())
@many
def test_no_whole_point_is_better_than_a_linearized_answer(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(logical_formulations())
@many
def test_no_whole_point_is_better_than_an_answer_under_logic(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(st.one_of(logical_formulations(), bent_formulations(), real_formulations()))
@settings(max_examples=max(1, EXAMPLES // 3), suppress_health_check=list(HealthCheck))
def test_both_readings_come_to_the_same_answer(formulation: Formulation) -> None:
    require_agreement(formulation)


@pytest.mark.slow
@given(global_formulations())
@many
def test_no_whole_point_is_better_than_an_answer_under_global_constraints(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(circuits())
@many
def test_no_other_circuit_is_better(formulation: Formulation) -> None:
    require_best(formulation)
