"""Every class of problems against brute force over its whole points, or one back end against another."""

import math
import os
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, assume, given, settings

from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation, Objective
from steepest.solvers.options import SolveOptions
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.violations import evaluator_at, violations
from steepest.solvers.solve import solve_formulation
from steepest.solvers.tolerances import REREAD
from tests.solvers.class_strategies import (
    convex_formulations,
    ranked_formulations,
    ratio_formulations,
    semicontinuous_pairs,
    whole_nonlinear_formulations,
)
from tests.solvers.test_agreement import point_of, whole_points

EXAMPLES = int(os.environ.get("STEEPEST_EXAMPLES", "15"))
"""Per test and run; `--hypothesis-seed=random` and STEEPEST_EXAMPLES=1000 go further."""

many = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
Point = Mapping[tuple[str, tuple[object, ...]], float]
NEAR = 1e-5
"""A comparison that holds by less may be called broken by a solver, and the other way round."""


def value_at(instance: ScalarInstance, objective: Objective, point: Point) -> float:
    return evaluator_at(instance, point).number(objective.expression, {})


def allowed_points(instance: ScalarInstance, room: float) -> list[Point]:
    """The whole points that break nothing by more than the room."""
    found = []
    for point in whole_points(instance):
        try:
            if not any(violations(instance, point, room)):
                found.append(point)
        except FormulationError as error:  # an expression has no value there
            if [each.code for each in error.diagnostics] != ["not-finite"]:
                raise
    return found


def best_values(instance: ScalarInstance, points: list[Point]) -> list[float]:
    """The best value of each objective in the order of their ranks, each among what the ones before leave."""
    found = []
    for objective in sorted(instance.formulation.objectives, key=lambda each: each.priority or 0):
        values = [value_at(instance, objective, point) for point in points]
        best = min(values) if objective.sense == "minimize" else max(values)
        points = [each for each, value in zip(points, values, strict=True) if math.isclose(value, best, abs_tol=1e-6)]
        found.append(best)
    return found


def require_best(formulation: Formulation) -> None:
    instance = ScalarInstance(formulation, bind(formulation))
    strict, loose = (allowed_points(instance, room) for room in (1e-9, NEAR))
    if strict != loose:  # a point lies on an edge that rounding decides about
        return
    solution = solve_formulation(formulation, options=SolveOptions(time_limit=60))
    assert solution.status == ("optimal" if strict else "infeasible"), solution.message
    if not strict:
        return
    reached = [each.value for each in solution.objectives] or [solution.objective]
    for value, best in zip(reached, best_values(instance, strict), strict=True):
        assert value is not None
        assert math.isclose(value, best, rel_tol=1e-5, abs_tol=1e-5), (reached, best_values(instance, strict))
    assert not list(violations(instance, point_of(solution), REREAD))


@pytest.mark.slow
@given(whole_nonlinear_formulations())
@many
def test_no_whole_point_is_better_than_a_nonlinear_answer(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(ratio_formulations())
@many
def test_no_whole_point_has_a_better_ratio(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(ranked_formulations())
@many
def test_no_whole_point_is_better_by_the_first_objective_and_then_by_the_second(formulation: Formulation) -> None:
    require_best(formulation)


@pytest.mark.slow
@given(convex_formulations())
@many
def test_highs_and_scip_come_to_the_same_least_square(formulation: Formulation) -> None:
    fast = solve_formulation(formulation)
    assume(fast.status != "failed")  # HiGHS gives some up, and says so
    slow = solve_formulation(formulation, options=SolveOptions(solver="scip", time_limit=60))
    assert fast.status == slow.status, (fast.message, slow.message)
    if fast.objective is not None and slow.objective is not None:
        assert fast.solver.split()[0] != slow.solver.split()[0]
        assert math.isclose(fast.objective, slow.objective, rel_tol=1e-4, abs_tol=1e-4)


@pytest.mark.slow
@given(semicontinuous_pairs())
@many
def test_zero_or_within_bounds_is_what_a_binary_says(pair: tuple[Formulation, Formulation]) -> None:
    first, second = map(solve_formulation, pair)
    assert first.status == second.status, (first.message, second.message)
    if first.objective is not None and second.objective is not None:
        assert math.isclose(first.objective, second.objective, rel_tol=1e-6, abs_tol=1e-6)
