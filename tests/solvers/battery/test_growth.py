import pytest

from steepest.solvers.battery.growth import Growth
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation

TEXT = """
parameters:
  rate = 3
  loss = -2
variables:
  x: real in 0..9
  y: real in -4..9
  z: binary
let:
  both = x + rate * z
  less = x - z
minimize: {objective}
"""


def grows(objective: str) -> bool:
    formulation = Formulation.from_text(TEXT.format(objective=objective))
    return Growth(formulation, bind(formulation)).grows(formulation.objectives[0].expression)


@pytest.mark.parametrize("objective", ["rate * x * z", "x**2 + sqrt(x)", "max(x, 4) / rate", "both * x", "5"])
def test_what_is_made_of_numbers_and_decisions_that_are_not_negative_grows(objective: str) -> None:
    assert grows(objective)


@pytest.mark.parametrize(
    "objective", ["x - z", "y * x", "loss * x", "x / (x + 1)", "less + x", "exp(x)", "x**(-1)", "abs(x)", "-x"]
)
def test_what_may_fall_or_be_negative_is_not_certain_to_grow(objective: str) -> None:
    assert not grows(objective)
