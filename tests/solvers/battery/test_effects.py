"""What the arrays prove of a change must be so in the optima."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.battery.effects import effect
from steepest.solvers.battery.probes import is_above, reached
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

TEXT = """
parameters:
  a = {a}
  b = {b}
  limit = {limit}
  floor = {floor}
variables:
  x: {domain} in 0..9
  y: real in -3..4
{sense}: a * x + b * y
constraints:
  one: a * x + 2 * y <= limit
  two: x - b * y >= floor
"""
NUMBERS = st.integers(-4, 9)


def compiled(**values: object) -> CompiledModel:
    formulation = Formulation.from_text(TEXT.format(**values))
    return compile_formulation(formulation, bind(formulation))


@settings(deadline=None, max_examples=60)
@given(
    data=st.fixed_dictionaries({"a": NUMBERS, "b": NUMBERS, "limit": NUMBERS, "floor": NUMBERS}),
    name=st.sampled_from(["a", "b", "limit", "floor"]),
    step=st.integers(1, 5),
    sense=st.sampled_from(["minimize", "maximize"]),
    domain=st.sampled_from(["real", "integer"]),
)
def test_what_is_certified_is_so(data: dict[str, int], name: str, step: int, sense: str, domain: str) -> None:
    before = compiled(**data, sense=sense, domain=domain)
    after = compiled(**data | {name: data[name] + step}, sense=sense, domain=domain)
    way = effect(before, after).direction
    ends = [reached(solve_arrays(each, SolveOptions()), each) for each in (before, after)]
    one, other = ends
    assert one is not None
    assert other is not None
    up, down = is_above(other, one), is_above(one, other)
    better, worse = (down, up) if sense == "minimize" else (up, down)
    assert not (way in ("helps", "nothing") and worse)
    assert not (way in ("hurts", "nothing") and better)


def test_a_looser_limit_helps_and_is_a_limit() -> None:
    values = {"a": 2, "b": 1, "floor": 0, "sense": "maximize", "domain": "real"}
    found = effect(compiled(**values, limit=5), compiled(**values, limit=6))
    assert (found.direction, found.is_limit, found.in_objective) == ("helps", True, False)


def test_a_coefficient_of_the_objective_and_of_a_row_is_unclear() -> None:
    values = {"b": 1, "floor": 0, "limit": 5, "sense": "maximize", "domain": "real"}
    assert effect(compiled(**values, a=2), compiled(**values, a=3)).direction == "unclear"


def test_models_of_other_rows_can_not_be_compared() -> None:
    model = compiled(a=2, b=1, floor=0, limit=5, sense="maximize", domain="real")
    fewer = replace(model, row_starts=model.row_starts[:-1], row_columns=np.empty(0, np.int32))
    assert effect(model, fewer).direction == "unclear"
