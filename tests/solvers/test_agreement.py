"""The vectorized compiler against the scalar reading of the language, with Pyomo and brute force as the judges."""

import itertools
import math
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steepest.solvers.backends.pyomo_solve import solve_with_pyomo
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.violations import evaluator_at, violations
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation
from tests.solvers.strategies import small_linear_formulations

EXAMPLES = int(os.environ.get("STEEPEST_EXAMPLES", "60"))
"""Per test and run; `--hypothesis-seed=random` and STEEPEST_EXAMPLES=2000 go further."""


def point_of(solution: Solution) -> dict[tuple[str, tuple[object, ...]], float]:
    return {(each.name, each.index): each.value for each in solution.variables}


@pytest.mark.slow
@given(small_linear_formulations())
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_both_paths_come_to_the_same_answer(formulation: Formulation) -> None:
    data = bind(formulation)
    fast, slow = solve_formulation(formulation), solve_with_pyomo(formulation, data, SolveOptions())
    assert fast.status == slow.status
    if fast.objective is None or slow.objective is None:
        return
    assert math.isclose(fast.objective, slow.objective, rel_tol=1e-6, abs_tol=1e-6)
    assert not list(violations(ScalarInstance(formulation, data), point_of(fast)))


@st.composite
def tiny_whole_formulations(draw: st.DrawFn) -> Formulation:
    """Models of at most 4,000 whole points, with the forms that the two readings could differ in."""

    def pick(*choices: str) -> str:
        return draw(st.sampled_from(choices))

    def number() -> int:
        return draw(st.integers(-4, 6))

    def data(*keys: str) -> str:
        return "{" + ", ".join(f"{key}: {number()}" for key in keys) + "}"

    def term(index: str) -> str:
        return pick(
            f"worth[{index}] * x[{index}]",
            f"x[{index}]",
            f"(2 * x[{index}] - worth[{index}])",
            f"(x[{index}] if worth[{index}] > 0 else -x[{index}])",
            f"double[{index}]",
            f"sum(y[k] for k in Near[{index}])",
            f"sum(y[k] for k in 1..2 if k != {index})",
            f"max(worth[{index}], 0) * x[{index}] / 2",
            f"sum(pair[i, j] * y[j] for (i, j) in Pair if i == {index})",
        )

    def total() -> str:
        index = pick("t in T", "t in T if t != first(T)", "t in T if worth[t] >= 0", "t in T - {2}", "t in Low | {3}")
        return f"sum({term('t')} for {index})"

    constraints = [
        f"a: {total()} {pick('<=', '>=', '==')} {number()}",
        f"b[t in T if t > 1]: x[t] {pick('<=', '>=')} x[t - 1] + {number()}",
        f"c[t in T]: {number() - 4} <= {term('t')} - {term('t')} <= {number() + 4}",
        f"d[c in Turn]: z[c] + z[c + {draw(st.integers(-4, 4))}] <= 1 + {pick('0', '1', 'len(Pair)')}",
        f"e[(i, j) in Pair if i < j]: x[i] - x[j] <= pair[i, j] + {number()}",
        f"f: x[last(T)] {pick('<=', '>=')} {total()}",
    ]
    kept = draw(st.lists(st.sampled_from(constraints), min_size=1, unique=True))
    return Formulation.from_text(f"""
sets:
  T = 1..3
  Turn = cyclic {{left, up, right}}
  Low = {{t for t in T if worth[t] < {number()}}}
  Pair = {pick("{(1, 2), (3, 1), (2, 2)}", "{(i, j) for i in T for j in 1..2 if i != j}")}
  Near[T] = {{1: {{1, 2}}, 2: {{1}}, 3: {{2}}}}
parameters:
  worth[T] = {data("1", "2", "3")}
  pair[(i, j) in Pair] = {pick("i - j", "worth[i] * 2", "worth[j] if i > j else i", "min(i, worth[j])")}
variables:
  x[T]: integer in {pick("0..2", "-1..1")}
  y[k in 1..2]: binary
  z[Turn]: binary
let:
  double[t in T] = 2 * x[t] + {number()}
{pick("minimize", "maximize")}: {total()} + {total()} + {number()} * sum(z[c] for c in Turn)
constraints:
  {(chr(10) + "  ").join(kept)}
""")


@pytest.mark.slow
@given(tiny_whole_formulations())
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_no_whole_point_is_better_than_the_answer(formulation: Formulation) -> None:
    instance = ScalarInstance(formulation, bind(formulation))
    feasible = [point for point in whole_points(instance) if not any(violations(instance, point))]
    fast, slow = solve_formulation(formulation), solve_with_pyomo(formulation, bind(formulation), SolveOptions())
    assert fast.status == slow.status == ("optimal" if feasible else "infeasible")
    if not feasible:
        return
    objective = formulation.objectives[0]
    values = [evaluator_at(instance, point).number(objective.expression, {}) for point in feasible]
    best = min(values) if objective.sense == "minimize" else max(values)
    assert fast.objective is not None
    assert math.isclose(fast.objective, best, rel_tol=1e-6, abs_tol=1e-6)


def whole_points(instance: ScalarInstance) -> Iterator[dict[tuple[str, tuple[object, ...]], float]]:
    """Every point within the bounds of a model whose variables are all whole numbers."""
    keys, ranges = [], []
    for variable in instance.formulation.variables:
        for key, lower, upper in instance.bounds(variable):
            low, high = (0, 1) if variable.domain == "binary" else (lower, upper)
            assert low is not None
            assert high is not None
            keys.append((variable.name, key))
            ranges.append(range(math.ceil(low), math.floor(high) + 1))
    for values in itertools.product(*ranges):
        yield dict(zip(keys, map(float, values), strict=True))
