"""Duals, reduced costs and ranges of random LPs against what solving again with changed numbers says."""

import random
from dataclasses import replace

import numpy as np
import pytest

from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.sensitivity.analysis import sensitivity
from steepest.solvers.sensitivity.report import Range, Sensitivity
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

OPTIONS = SolveOptions()
CLOSE = 1e-6


def random_lp(seed: int) -> str:
    """A small LP whose right-hand sides are parameters, some of them on the left."""
    rng = random.Random(seed)
    variables, rows = rng.randint(1, 4), rng.randint(1, 4)
    span = rng.choice([3, 20])
    names = [f"x{number}" for number in range(variables)]
    lines = ["parameters:", *(f"  b{row} = {rng.randint(0, 3 * span)}" for row in range(rows)), "variables:"]
    for name in names:
        low = rng.choice(["0", "0", "-3"])
        lines.append(f"  {name}: real in {low}..{rng.randint(1, 15)}" if rng.random() < 0.6 else f"  {name}: real >= 0")
    terms = " + ".join(f"{rng.randint(-5, 9)} * {name}" for name in names)
    lines += [f"{rng.choice(['minimize', 'maximize'])}: {terms} + {rng.randint(0, 9)}", "constraints:"]
    for row in range(rows):
        left = " + ".join(f"{rng.randint(-2, 6)} * {name}" for name in names)
        left += rng.choice(["", "", f" + {rng.randint(1, 5)}"])
        relation = rng.choice(["<=", "<=", "<=", ">=", "=="])
        lines.append(f"  r{row}: {f'b{row} {relation} {left}' if rng.random() < 0.3 else f'{left} {relation} b{row}'}")
    return "\n".join(lines)


def compiled(formulation: Formulation) -> CompiledModel:
    return compile_formulation(formulation, bind(formulation))


def best(model: CompiledModel) -> float | None:
    return solve_arrays(model, OPTIONS).objective


def within(valid: Range, now: float) -> list[float]:
    """Both ends of a range, and points in it where it has no end."""
    return [now - 2.5 if valid.low is None else valid.low, now + 2.5 if valid.high is None else valid.high]


def check_limits(text: str, found: Sensitivity) -> None:
    for row, each in enumerate(found.constraints):
        assert each.limit in Range(*(None if end is None else end + sign * CLOSE for end, sign in
                                     ((each.valid.low, -1), (each.valid.high, 1))))  # fmt: skip
        for limit in within(each.valid, each.limit):
            before = f"b{row} = {each.limit:g}\n"
            assert before in text
            changed = Formulation.from_text(text.replace(before, f"b{row} = {limit!r}\n"))
            reached = best(compiled(changed))
            expected = (found.objective or 0) + each.dual * (limit - each.limit)
            assert reached == pytest.approx(expected, rel=CLOSE, abs=CLOSE), (each, limit)


def check_variables(model: CompiledModel, found: Sensitivity) -> None:
    for column, each in enumerate(found.variables):
        assert each.costs is not None
        assert each.cost is not None
        for cost in within(each.costs, each.cost):
            costs = model.cost.copy()
            costs[column] = cost
            expected = (found.objective or 0) + (cost - each.cost) * each.value
            assert best(replace(model, cost=costs)) == pytest.approx(expected, rel=CLOSE, abs=CLOSE), (each, cost)
        if each.moves is None:
            assert each.reduced_cost == 0
            continue
        for value in within(each.moves, each.value):
            at = np.arange(model.columns) == column
            lower, upper = np.where(at, value, model.lower), np.where(at, value, model.upper)
            expected = (found.objective or 0) + (value - each.value) * each.reduced_cost
            reached = best(replace(model, lower=lower, upper=upper))
            assert reached == pytest.approx(expected, rel=CLOSE, abs=CLOSE), (each, value)


def check(seed: int) -> bool:
    """Whether the LP of a seed had an optimum, all of whose figures were found to be right."""
    text = random_lp(seed)
    formulation = Formulation.from_text(text)
    model = compiled(formulation)
    found = sensitivity(formulation)
    if found.method == "none":
        return False
    assert found.method == "exact"
    assert found.objective == pytest.approx(best(model))
    check_limits(text, found)
    check_variables(model, found)
    return True


def test_figures_of_random_models_are_what_solving_again_says() -> None:
    assert sum(check(seed) for seed in range(60)) > 20


@pytest.mark.slow
def test_figures_of_hundreds_of_random_models_are_what_solving_again_says() -> None:
    assert sum(check(seed) for seed in range(60, 800)) > 300
