"""Programs whose answers may be rounded down, and others that may not."""

import pytest

from steepest.solvers.constraint_programming.formulation_program import FormulationProgram
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.rounding_down import keeps_rounded_down
from steepest.solvers.scalar.interpreter import ScalarInstance

VARIABLES = "sets:\n  T = {a, b, c}\nvariables:\n  x[T]: integer in 0..20\n  y: integer in 0..20\n  z: binary\n"

KEPT = {
    "a difference": "x[a] >= x[b] + 3",
    "a difference from both sides": "1 <= x[a] - x[b] <= 4",
    "a limit": "x[a] <= 7",
    "tasks that must not overlap": "no_overlap(x[t], 2 for t in T)",
    "tasks that share a capacity": "cumulative(2, x[t], 3, 1 for t in T)",
}
NOT_KEPT = {
    "a sum": "x[a] + x[b] == 7",
    "a multiple": "2 * x[a] == 3 + 2 * x[b]",
    "half a step": "x[a] >= x[b] + 0.5",
    "a length that is decided": "no_overlap(x[t], y for t in T)",
    "a capacity that is decided": "cumulative(y, x[t], 3, 1 for t in T)",
    "different values": "all_different(x[t] for t in T)",
    "a condition": "implies(z == 1, x[a] <= 2)",
}


def keeps(row: str, variables: str = VARIABLES) -> bool:
    formulation = Formulation.from_text(f"{variables}minimize: y\nconstraints:\n  c: {row}\n")
    instance = ScalarInstance(formulation, bind(formulation))
    return keeps_rounded_down(FormulationProgram(instance).program.model, instance)


@pytest.mark.parametrize("row", KEPT.values(), ids=KEPT)
def test_what_differences_and_schedules_ask_for_is_kept_by_rounding_down(row: str) -> None:
    assert keeps(row)


@pytest.mark.parametrize("row", NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_else_is_asked_for_may_be_lost_by_rounding_down(row: str) -> None:
    assert not keeps(row)


def test_a_lower_bound_between_whole_numbers_is_lost_by_rounding_down() -> None:
    assert not keeps("x[a] <= 7", VARIABLES.replace("integer in 0..20", "integer in 0.5..20"))
