"""When units differ in a way that is worth telling."""

from fractions import Fraction

import pytest
from hypothesis import given

from steepest.solvers.units.comparison import conversion, difference, reduced
from steepest.solvers.units.reading import read_unit
from steepest.solvers.units.unit import Unit
from steepest.solvers.units.vocabulary import _SIZES
from tests.solvers.units.strategies import units, whole_powers


def _unit(text: str) -> Unit:
    unit = read_unit(text)
    assert unit is not None, text
    return unit


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$", "$/week"),
        ("h", "h/week"),
        ("kWh", "kW"),
        ("item", "truck"),
        ("$*table", "$"),
        ("kg/loaf", "kg"),
        ("kg", "unit"),
        ("25 %", "1"),
        ("chair", "table"),
        ("person/h", "person"),
        ("item", "1"),
    ],
)
def test_counts_words_and_periods_that_are_left_out_are_not_told(one: str, other: str) -> None:
    assert difference(_unit(one), _unit(other)) is None
    assert difference(_unit(other), _unit(one)) is None


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("kg", "$", "dimension"),
        ("h", "$", "dimension"),
        ("L", "kg", "dimension"),
        ("kg/h", "$", "dimension"),
        ("km/h", "h", "dimension"),
        ("$", "EUR", "currency"),
        ("$/kg", "EUR/kg", "currency"),
        ("kg", "item", "doubtful"),
        ("h", "trip", "doubtful"),
        ("$", "$/kg", "doubtful"),
        ("kg", "t", "scale"),
        ("min/item", "h", "scale"),
        ("$", "k$", "scale"),
        ("day", "month", "scale"),
    ],
)
def test_what_no_reading_of_the_words_makes_equal_is_told(one: str, other: str, kind: str) -> None:
    for found in (difference(_unit(one), _unit(other)), difference(_unit(other), _unit(one))):
        assert found is not None
        assert found.kind == kind


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("h", "min", "60"),
        ("t", "kg", "1000"),
        ("k$", "$", "1000"),
        ("km/h", "m/s", "5/18"),
        ("gallon", "L", "3.785411784"),
        ("lb", "kg", "0.45359237"),
        ("$/kg", "$/t", "1000"),
        ("kWh", "MJ", "3.6"),
        ("year", "month", "12"),
        ("h^(1/2)", "s^(1/2)", "60"),
    ],
)
def test_a_conversion_is_exact(source: str, target: str, factor: str) -> None:
    assert conversion(_unit(source), _unit(target)) == Fraction(factor)


def test_currencies_and_calendar_months_have_no_factor() -> None:
    assert conversion(_unit("$"), _unit("EUR")) is None
    assert conversion(_unit("month"), _unit("day")) is None


@given(units(whole_powers), units(whole_powers))
def test_sizes_multiply_as_units_do(one: Unit, other: Unit) -> None:
    (size, _), (other_size, _), (whole, _) = reduced(one), reduced(other), reduced(one * other)
    assert size is not None
    assert other_size is not None
    assert whole == size * other_size


@given(units(whole_powers), units(whole_powers), units(whole_powers))
def test_conversions_compose_and_turn_round(one: Unit, other: Unit, third: Unit) -> None:
    first, second, both = conversion(one, other), conversion(other, third), conversion(one, third)
    if first is not None and second is not None:
        assert both == first * second
        assert conversion(other, one) == 1 / first


def test_every_size_is_that_of_pints_registry() -> None:
    pint = pytest.importorskip("pint")
    registry = pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)
    names = {"min": "minute", "h": "hour", "t": "metric_ton", "mile": "mile", "L": "liter", "mL": "milliliter"}
    names |= {"nmi": "nautical_mile", "Mt": "megametric_ton", "kt": "kilometric_ton", "MMBtu": "megaBtu"}
    names |= {"kbit": "kilobit", "kcal": "kilocalorie", "in": "inch", "ha": "hectare", "%": "percent", "TB": "terabyte"}
    bases = {"s": "second", "kg": "kilogram", "m": "meter", "mol": "mole", "byte": "byte"}
    own = {"month", "quarter", "year", "cent", "acre"}  # calendar and money; the acre is the survey's there
    for symbol in sorted(set(_SIZES) - own):
        size, dimension = reduced(Unit.of({symbol: 1}))
        base = registry.Unit("")
        for part, power in dimension:
            base *= registry.Unit(bases[part]) ** int(power)
        found = registry.Quantity(Fraction(1), names.get(symbol, symbol)).to(base)
        assert float(found.magnitude) == pytest.approx(float(size or 0), rel=1e-12), symbol
