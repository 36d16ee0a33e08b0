"""Units to draw: powers of symbols with a size, currencies, counts and the user's own words."""

from fractions import Fraction

from hypothesis import strategies as st

from steepest.solvers.units.unit import Unit

SYMBOLS = [
    "kg",
    "t",
    "h",
    "min",
    "week",
    "month",
    "m",
    "km",
    "L",
    "kWh",
    "$",
    "EUR",
    "item",
    "unit",
    "truck",
    "loaf",
    "%",
]
SYMBOLS += ["fire station", "acre", "Mbit", "kcal"]

powers = st.sampled_from([Fraction(each) for each in ("1", "-1", "2", "-2", "3", "1/2", "-3/2")])
whole_powers = st.sampled_from([Fraction(each) for each in ("1", "-1", "2", "-2", "3")])
scales = st.sampled_from([Fraction(each) for each in ("1", "1", "1", "1000", "100", "1/100", "5/2", "1000000")])


def units(of_powers: st.SearchStrategy[Fraction] = powers) -> st.SearchStrategy[Unit]:
    """Units of up to three symbols."""
    return st.builds(Unit.of, st.dictionaries(st.sampled_from(SYMBOLS), of_powers, max_size=3), scales)
