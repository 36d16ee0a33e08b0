"""A formulation at a point: the vectorized reading of conditions against the scalar one."""

import os
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.violations import evaluator_at, violations
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.algebra import VariableBlock
from steepest.solvers.vectorized.instance import Instance
from steepest.solvers.vectorized.points import PointSymbols, broken_constraints, objective_at
from tests.solvers.linearization.strategies import (
    bent_formulations,
    circuits,
    global_formulations,
    logical_formulations,
)
from tests.solvers.test_agreement import whole_points

EXAMPLES = int(os.environ.get("STEEPEST_EXAMPLES", "60"))


def at(formulation: Formulation, values: list[float]) -> PointSymbols:
    instance = Instance(formulation, bind(formulation))
    blocks, start = [], 0
    for variable in formulation.variables:
        domain = instance.domain(variable.index) if variable.index is not None else None
        blocks.append(VariableBlock(variable.name, domain, start))
        start += blocks[-1].size
    return PointSymbols(instance, blocks, np.array(values))


def everything_at(symbols: PointSymbols, formulation: Formulation) -> tuple[list[str], float]:
    objective = formulation.objectives[0].expression
    return list(broken_constraints(symbols, formulation.constraints)), objective_at(symbols, objective)


@pytest.mark.slow
@given(st.one_of(bent_formulations(), logical_formulations(), global_formulations(), circuits()), st.integers(0, 9**9))
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_both_readings_find_the_same_constraints_broken(formulation: Formulation, seed: int) -> None:
    instance = ScalarInstance(formulation, bind(formulation))
    points = list(whole_points(instance))
    for point in random.Random(seed).sample(points, min(20, len(points))):
        symbols = at(formulation, list(point.values()))
        try:
            slow = {each.element.removeprefix("constraint ") for each in violations(instance, point)}
            worth = evaluator_at(instance, point).number(formulation.objectives[0].expression, {})
        except FormulationError:  # beyond the ends of a piecewise function
            with pytest.raises(FormulationError):
                everything_at(symbols, formulation)
            continue
        fast = {name.partition("[")[0] for name in broken_constraints(symbols, formulation.constraints, FEASIBILITY)}
        assert fast == slow
        assert objective_at(symbols, formulation.objectives[0].expression) == pytest.approx(worth, abs=1e-9)


def test_a_broken_constraint_is_named_with_its_index() -> None:
    text = "sets:\n  A = {a, b}\nvariables:\n  x[A]: real\nminimize: x[a]\nconstraints:\n  c[i in A]: abs(x[i]) <= 2"
    symbols = at(Formulation.from_text(text), [1.0, -3.0])
    assert list(broken_constraints(symbols, symbols.instance.formulation.constraints)) == ["c[b]"]


def test_a_lag_and_a_named_expression_are_read_at_the_point() -> None:
    text = """
sets:
  T = 1..3
variables:
  x[T]: real
let:
  step[t in T if t > 1] = x[t] - x[t - 1]
  all = sum(x[t] for t in T)
minimize: max(step[t] for t in T if t > 1) + all
"""
    symbols = at(Formulation.from_text(text), [1.0, 5.0, 3.0])
    assert objective_at(symbols, symbols.instance.formulation.objectives[0].expression) == 13
