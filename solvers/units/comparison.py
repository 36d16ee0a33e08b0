"""What it means that two units differ: another scale, another currency, another measure, or nothing worth saying.

People leave counts out, write `item` for what is a truck elsewhere, and drop `per week` where all of a model is about
one week. None of that is told. What is told is what can't be right whatever the words mean: kilograms beside dollars,
minutes beside hours.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Literal, TypeAlias

from steepest.solvers.units.unit import Unit, UnitOverflowError
from steepest.solvers.units.vocabulary import ANYTHING, CURRENCIES, SHARE, TIMES, Dimension, hard_bases, size_of

Kind: TypeAlias = Literal["scale", "currency", "doubtful", "dimension"]

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """How two units differ."""

    kind: Kind
    """`scale`: the same measure; `dimension`: measures that never agree; `doubtful`: one of them may be left out."""
    factor: Fraction | None = None
    """Of a `scale`: a number in the first unit times it is the number in the second; None where none is exact."""


@lru_cache(maxsize=4096)
def reduced(unit: Unit) -> tuple[Fraction | None, Dimension]:
    """A unit in base symbols: its size (None where it is no rational number) and their powers."""
    powers: dict[str, Fraction] = {}
    degree = lcm(*(power.denominator for _, power in unit.powers))
    size = Fraction(1)
    for symbol, power in unit.powers:
        one, dimension = size_of(symbol)
        size *= one ** int(power * degree)
        for base, exponent in dimension:
            powers[base] = powers.get(base, _NONE) + exponent * power
    return _sized(unit.scale, size, degree), tuple(sorted((base, each) for base, each in powers.items() if each))


def _sized(scale: Fraction, size: Fraction, degree: int) -> Fraction | None:
    try:
        return scale * (Unit.of({}, size) ** Fraction(1, degree)).scale if degree > 1 else scale * size
    except UnitOverflowError:
        return None


def conversion(source: Unit, target: Unit) -> Fraction | None:
    """The factor that turns a number in one unit into the number in another; None where there is none that is exact.

    Currencies have none among each other.
    """
    (size, dimension), (other_size, other_dimension) = reduced(source), reduced(target)
    if size is None or other_size is None or dimension != other_dimension:
        return None
    return size / other_size


@lru_cache(maxsize=4096)
def difference(first: Unit, second: Unit) -> Difference | None:
    """How two units differ that should be one; None where they don't, or where it is not worth saying."""
    if first == second:
        return None
    (_, ours), (_, theirs) = reduced(first), reduced(second)
    left, right = dict(ours), dict(theirs)
    odd = [base for base in _odd(left, right) if base in hard_bases()]
    if set(odd) == TIMES and _total(left) == _total(right):  # days beside months
        return Difference("scale")
    odd = [base for base in odd if base not in TIMES or not _is_rate(first, second, left, right, base)]
    if len(odd) > 1:
        return Difference(_of_several(odd))
    if len(odd) == 1:
        return None if _stands_in(first, second, odd[0], left, right) else Difference("doubtful")
    return _scale(first, second, left, right)


def _odd(left: dict[str, Fraction], right: dict[str, Fraction]) -> list[str]:
    """The base symbols that the two have in different powers."""
    return [base for base in sorted({*left, *right}) if left.get(base, _NONE) != right.get(base, _NONE)]


def _total(dimension: dict[str, Fraction]) -> Fraction:
    return sum((dimension.get(base, _NONE) for base in TIMES), _NONE)


def _is_rate(first: Unit, second: Unit, left: dict[str, Fraction], right: dict[str, Fraction], base: str) -> bool:
    """Whether a power of time may be a period that was left out: `h/week` beside `h`, `kW` beside `kWh`."""
    low, high = sorted((left.get(base, _NONE), right.get(base, _NONE)))
    slower = first if left.get(base, _NONE) == low else second
    return high - low == 1 and (low < 0 or any(base in dict(size_of(each)[1]) for each in _below(slower)))


def _below(unit: Unit) -> list[str]:
    return [symbol for symbol, power in unit.powers if power < 0]


def _of_several(odd: list[str]) -> Kind:
    if set(odd) <= CURRENCIES:
        return "currency"
    return "doubtful" if set(odd) <= TIMES else "dimension"


def _stands_in(first: Unit, second: Unit, base: str, left: dict[str, Fraction], right: dict[str, Fraction]) -> bool:
    """Whether `unit` is written where the other side has a measure: 100 units of vitamins are milligrams elsewhere."""
    named = dict(first.powers).get(ANYTHING, _NONE) - dict(second.powers).get(ANYTHING, _NONE)
    return named != 0 and named == right.get(base, _NONE) - left.get(base, _NONE)


def _scale(first: Unit, second: Unit, left: dict[str, Fraction], right: dict[str, Fraction]) -> Difference | None:
    """The same measure on another scale; a share may be written as 25 or as 0.25, and says nothing about scale."""
    if SHARE in dict(first.powers) or SHARE in dict(second.powers):
        return None
    if any(base in TIMES for base in _odd(left, right)):
        return None
    size, other = reduced(first)[0], reduced(second)[0]
    if size is None or other is None or size == other:
        return None
    return Difference("scale", size / other)
