"""The algebra of units: a commutative group with rational powers, and a spelling that reads back."""

from fractions import Fraction

import pytest
from hypothesis import given

from steepest.solvers.units.reading import read_unit
from steepest.solvers.units.unit import Unit, UnitOverflowError
from tests.solvers.units.strategies import units, whole_powers


@given(units(), units(), units())
def test_multiplication_is_that_of_a_commutative_group(one: Unit, other: Unit, third: Unit) -> None:
    assert one * other == other * one
    assert (one * other) * third == one * (other * third)
    assert one * Unit() == one
    assert one / one == Unit()
    assert (one * other) / other == one


@given(units(whole_powers), units(whole_powers))
def test_a_power_of_a_product_is_the_product_of_the_powers(one: Unit, other: Unit) -> None:
    assert (one * other) ** 2 == one**2 * other**2
    assert (one**2) ** Fraction(1, 2) == one


@given(units())
def test_what_a_unit_prints_is_read_as_the_same_unit(unit: Unit) -> None:
    assert read_unit(str(unit)) == unit


@pytest.mark.parametrize(
    ("powers", "scale", "text"),
    [
        ({}, 1, "1"),
        ({"$": 1, "kg": -1, "day": -1}, 1, "$/(day*kg)"),
        ({"h": -1}, 1, "1/h"),
        ({"$": 1}, 1000, "1000 $"),
        ({"$": 1, "g": -1}, Fraction(1, 100), "$/(100*g)"),
        ({"m": Fraction(1, 2)}, 1, "m^(1/2)"),
    ],
)
def test_a_unit_is_spelled_as_people_write_it(powers: dict[str, Fraction], scale: Fraction, text: str) -> None:
    assert str(Unit.of(powers, scale)) == text


def test_a_power_that_no_unit_has_is_refused() -> None:
    with pytest.raises(UnitOverflowError):
        Unit.of({"m": 1}) ** 1_000_000
    with pytest.raises(UnitOverflowError):
        Unit.of({"m": 1}, 10**20) ** 3
    with pytest.raises(UnitOverflowError):
        Unit.of({"m": 1}, 2) ** Fraction(1, 2)
