"""What unit words mean: the symbols with an exact size, the currencies, the counts, and how people spell them.

pint's registry is the oracle of the tests and not asked here: it reads `unit` as a micronit, `ad` as an attoday and
`cat` as a centi-atmosphere, and its import and registry take half a second. A word that is not in this list is the
user's own, which is always right; so a name that people use for other things (bar, cup, barrel, point) is left out.
"""

import re
from fractions import Fraction
from functools import cache
from typing import Final

Dimension = tuple[tuple[str, Fraction], ...]
"""Powers of base symbols in alphabetical order."""

_F = Fraction
_LITRE = _F(1, 1000)
_POUND, _FOOT, _INCH = _F(45359237, 10**8), _F(3048, 10**4), _F(254, 10**4)
_GALLON = 231 * _INCH**3
_ENERGY = {"kg": 1, "m": 2, "s": -2}
_POWER = {"kg": 1, "m": 2, "s": -3}
_BTU = _F(1055056, 1000)  # of ISO 31-4

# symbol: (size in base symbols, powers of base symbols, other spellings)
_SIZES: Final[dict[str, tuple[Fraction, dict[str, int], str]]] = {
    "s": (_F(1), {"s": 1}, "sec secs second seconds"),
    "ms": (_F(1, 1000), {"s": 1}, "millisecond milliseconds"),
    "min": (_F(60), {"s": 1}, "mins minute minutes"),
    "h": (_F(3600), {"s": 1}, "hr hrs hour hours"),
    "day": (_F(86400), {"s": 1}, "d days"),
    "week": (_F(604800), {"s": 1}, "wk wks weeks"),
    "month": (_F(1), {"month": 1}, "months mo"),
    "quarter": (_F(3), {"month": 1}, "quarters qtr"),
    "year": (_F(12), {"month": 1}, "years yr yrs annum"),
    "kg": (_F(1), {"kg": 1}, "kgs kilo kilos kilogram kilograms kilogramme kilogrammes"),
    "g": (_F(1, 1000), {"kg": 1}, "gram grams gramme grammes"),
    "mg": (_F(1, 10**6), {"kg": 1}, "milligram milligrams"),
    "µg": (_F(1, 10**9), {"kg": 1}, "μg mcg ug microgram micrograms"),
    "t": (_F(1000), {"kg": 1}, "ton tons tonne tonnes"),
    "kt": (_F(10**6), {"kg": 1}, "kiloton kilotons kilotonne kilotonnes"),
    "Mt": (_F(10**9), {"kg": 1}, "megaton megatons megatonne megatonnes"),
    "lb": (_POUND, {"kg": 1}, "lbs pound pounds"),
    "oz": (_POUND / 16, {"kg": 1}, "ounce ounces"),
    "m": (_F(1), {"m": 1}, "meter meters metre metres"),
    "km": (_F(1000), {"m": 1}, "kms kilometer kilometers kilometre kilometres"),
    "cm": (_F(1, 100), {"m": 1}, "centimeter centimeters centimetre centimetres"),
    "mm": (_F(1, 1000), {"m": 1}, "millimeter millimeters millimetre millimetres"),
    "in": (_INCH, {"m": 1}, "inch inches"),
    "ft": (_FOOT, {"m": 1}, "foot feet"),
    "yd": (3 * _FOOT, {"m": 1}, "yard yards"),
    "mile": (5280 * _FOOT, {"m": 1}, "miles mi"),
    "nmi": (_F(1852), {"m": 1}, ""),
    "ha": (_F(10**4), {"m": 2}, "hectare hectares"),
    "acre": (43560 * _FOOT**2, {"m": 2}, "acres"),
    "L": (_LITRE, {"m": 3}, "l liter liters litre litres"),
    "mL": (_LITRE / 1000, {"m": 3}, "ml milliliter milliliters millilitre millilitres"),
    "gallon": (_GALLON, {"m": 3}, "gallons gal gals"),
    "quart": (_GALLON / 4, {"m": 3}, "quarts"),
    "W": (_F(1), _POWER, "watt watts"),
    "kW": (_F(1000), _POWER, "kilowatt kilowatts"),
    "MW": (_F(10**6), _POWER, "megawatt megawatts"),
    "GW": (_F(10**9), _POWER, "gigawatt gigawatts"),
    "Wh": (_F(3600), _ENERGY, ""),
    "kWh": (_F(3600) * 1000, _ENERGY, "kwh"),
    "MWh": (_F(3600) * 10**6, _ENERGY, ""),
    "GWh": (_F(3600) * 10**9, _ENERGY, ""),
    "TWh": (_F(3600) * 10**12, _ENERGY, ""),
    "joule": (_F(1), _ENERGY, "joules"),
    "kJ": (_F(1000), _ENERGY, "kilojoule kilojoules"),
    "MJ": (_F(10**6), _ENERGY, "megajoule megajoules"),
    "GJ": (_F(10**9), _ENERGY, "gigajoule gigajoules"),
    # nutrition writes "calorie" for the kilocalorie
    "kcal": (_F(4184), _ENERGY, "cal cals calorie calories kilocalorie kilocalories"),
    "Btu": (_BTU, _ENERGY, "BTU"),
    "MMBtu": (_BTU * 10**6, _ENERGY, "MMBTU mmBtu"),
    "mol": (_F(1), {"mol": 1}, "mole moles mols"),
    "mmol": (_F(1, 1000), {"mol": 1}, "millimole millimoles"),
    # no `bit`: drills have bits
    "kbit": (_F(125), {"byte": 1}, "kilobit kilobits"),
    "Mbit": (_F(125 * 10**3), {"byte": 1}, "Mb megabit megabits"),
    "Gbit": (_F(125 * 10**6), {"byte": 1}, "Gb gigabit gigabits"),
    "byte": (_F(1), {"byte": 1}, "bytes"),
    "kB": (_F(10**3), {"byte": 1}, "KB kilobyte kilobytes"),
    "MB": (_F(10**6), {"byte": 1}, "megabyte megabytes"),
    "GB": (_F(10**9), {"byte": 1}, "gigabyte gigabytes"),
    "TB": (_F(10**12), {"byte": 1}, "terabyte terabytes"),
    "MiB": (_F(2**20), {"byte": 1}, ""),
    "GiB": (_F(2**30), {"byte": 1}, ""),
    "TiB": (_F(2**40), {"byte": 1}, ""),
    "%": (_F(1, 100), {}, "percent pct percentage"),
    "cent": (_F(1, 100), {"$": 1}, "cents ¢"),
}

_BY_CODE_ALONE: Final = "BRL CZK DKK HKD HUF ILS NOK NZD PLN RUB SEK SGD THB TRY TWD VND ZAR"

_CURRENCIES: Final[dict[str, str]] = {
    "$": "USD US$ dollar dollars buck bucks",
    "EUR": "€ euro euros",
    "GBP": "£",
    "CNY": "¥ ￥ yuan RMB renminbi",
    "JPY": "yen",
    "INR": "₹ rupee rupees Rs",
    "CHF": "franc francs",
    "KRW": "₩",
    "DM": "DEM",
    "CAD": "C$",
    "AUD": "A$",
    "MXN": "peso pesos",
    **dict.fromkeys(_BY_CODE_ALONE.split(), ""),
}

COUNTS: Final = frozenset({"item", "unit", "piece", "each", "count"})
"""Counts of nothing in particular; they are left out and put in as it comes."""

ANYTHING: Final = "unit"
"""The count that people write for whatever measure a thing has."""

SHARE: Final = "%"

TIMES: Final = frozenset({"s", "month"})
CURRENCIES: Final = frozenset(_CURRENCIES)

COMPOSED: Final[dict[str, str]] = {
    "mph": "mile/h",
    "kph": "km/h",
    "kmh": "km/h",
    "kmph": "km/h",
    "mpg": "mile/gallon",
    "mbps": "Mbit/s",
    "gbps": "Gbit/s",
    "sqft": "ft^2",
    "sqm": "m^2",
    "cc": "cm^3",
}
"""Words that stand for a whole unit, in small letters."""

PURE: Final = frozenset(
    {"", "1", "-", "–", "none", "dimensionless", "unitless", "ratio", "fraction", "share", "proportion", "probability"}
    | {"binary", "boolean", "bool", "0/1", "0-1", "n/a", "scalar"}
)
"""Texts that say that a number has no unit."""

NUMBER_WORDS: Final[dict[str, int]] = {
    "hundred": 100,
    "hundreds": 100,
    "thousand": 10**3,
    "thousands": 10**3,
    "k": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "mln": 10**6,
    "billion": 10**9,
    "billions": 10**9,
    "bn": 10**9,
}

_IRREGULAR: Final = {
    "people": "person",
    "persons": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "loaves": "loaf",
    "shelves": "shelf",
    "knives": "knife",
    "halves": "half",
    "leaves": "leaf",
    "geese": "goose",
    "mice": "mouse",
    "buses": "bus",
    "gases": "gas",
    "lenses": "lens",
    "bonuses": "bonus",
    "feet": "foot",
    "pcs": "piece",
    "pc": "piece",
    "ea": "each",
    "number": "count",
    "#": "count",
    "qty": "count",
    "quantity": "count",
    "series": "series",
    "species": "species",
    "cookies": "cookie",
    "movies": "movie",
    "pies": "pie",
    "shoes": "shoe",
    "vertices": "vertex",
}
_SIBILANT: Final = re.compile(r"(?:ss|x|z|ch|sh)es\Z")
_NO_PLURAL: Final = re.compile(r"(?:ss|us|is|as)\Z")


@cache
def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for symbol, others in [*((each, entry[2]) for each, entry in _SIZES.items()), *_CURRENCIES.items()]:
        for spelling in (symbol, *others.split()):
            found[spelling] = symbol
    return found


@cache
def _folded_spellings() -> dict[str, str]:
    """The spellings of three letters and more by their small letters, where no two units meet there."""
    found: dict[str, set[str]] = {}
    for spelling, symbol in _spellings().items():
        if len(spelling) > 2 or not spelling.isalpha() or symbol in ("kg", "km", "kW"):
            found.setdefault(spelling.casefold(), set()).add(symbol)
    return {spelling: next(iter(symbols)) for spelling, symbols in found.items() if len(symbols) == 1}


def symbol_of(word: str) -> str | None:
    """The symbol with a size, or the currency, that a word is a spelling of; none for a word of the user's own."""
    if (symbol := _spellings().get(word)) is not None:
        return symbol
    is_milli = word[:1] == "m" and not word.islower()  # mWh is a word of its own, mwh is written for MWh
    return None if is_milli else _folded_spellings().get(word.casefold())


def singular(word: str) -> str:
    """A word in the singular; what is singular already stays as it is."""
    found = _one_step(word)
    while found != word:
        word, found = found, _one_step(found)
    return found


def _one_step(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or _NO_PLURAL.search(word):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if _SIBILANT.search(word) else word[:-1]


def size_of(symbol: str) -> tuple[Fraction, Dimension]:
    """How many base symbols a symbol is: its size and their powers; counts are pure numbers, words are themselves."""
    if symbol in COUNTS:
        return Fraction(1), ()
    if symbol not in _SIZES:
        return Fraction(1), ((symbol, Fraction(1)),)
    size, powers, _ = _SIZES[symbol]
    return size, tuple(sorted((base, Fraction(power)) for base, power in powers.items()))


@cache
def hard_bases() -> frozenset[str]:
    """The base symbols of physics, and the currencies: what is no count and no word of the user's own."""
    return CURRENCIES | {base for _, powers, _ in _SIZES.values() for base in powers}
