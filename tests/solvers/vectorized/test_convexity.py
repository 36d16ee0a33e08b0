"""Whether a quadratic objective is convex, in whatever units it is counted."""

import pytest

from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.vectorized.compile import compile_formulation
from steepest.solvers.vectorized.convexity import nonconvex_reason


def reason(objective: str) -> str | None:
    names = "\n".join(f"  {name}: real in -10..10" for name in "xyzw")
    text = f"parameters:\n  k = 0.0000000001\n  m = 10000000000\nvariables:\n{names}\n{objective}"
    formulation = Formulation.from_text(text)
    return nonconvex_reason(compile_formulation(formulation, bind(formulation)))


@pytest.mark.parametrize(
    "objective",
    [
        "minimize: k * x * y",
        "maximize: k * x**2 - k * x * y",
        "minimize: x * y",
        "minimize: m * x**2 + y * z",
        "minimize: m * x**2 + k * y**2 + k * z**2 + 3 * k * y * z",
        "minimize: x**2 + 3 * x * y + y**2",
    ],
)
def test_a_saddle_is_found_however_small(objective: str) -> None:
    assert "convex" in (reason(objective) or "")


@pytest.mark.parametrize(
    "objective",
    [
        "minimize: k * (x - y)**2",
        "maximize: -k * (x + 2 * y)**2 - z**2",
        "minimize: m * (x - y)**2 + k * (z - w)**2",
        "minimize: (x + y + z + w)**2",
        "minimize: (0.1 * x + 0.3 * y)**2 + (0.7 * x - 0.2 * z)**2",
    ],
)
def test_a_convex_objective_is_one_in_all_units(objective: str) -> None:
    assert reason(objective) is None
