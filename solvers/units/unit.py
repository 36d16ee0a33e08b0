"""The algebra: units multiply, divide and have rational powers; two are equal when their symbols and scales are."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

MAX_EXPONENT = 24
"""Powers beyond it are no units; without a limit, `x ** 1000000` would cost a number of a million digits."""

_LARGEST = Fraction(10**24)
_SMALLEST = 1 / _LARGEST


class UnitOverflowError(ValueError):
    """A power or scale that no unit has."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A number times powers of symbols; `Unit()` is the unit of a pure number."""

    powers: tuple[tuple[str, Fraction], ...] = ()
    """Symbols in alphabetical order, none with the power 0."""
    scale: Fraction = Fraction(1)
    """Of `1000 $` it is 1000."""

    @classmethod
    def of(cls, powers: Mapping[str, Fraction | int], scale: Fraction | int = 1) -> "Unit":
        """The unit with these powers.

        Raises:
            UnitOverflowError: A power or the scale is beyond what any unit has.
        """
        if any(abs(Fraction(power)) > MAX_EXPONENT for power in powers.values()):
            raise UnitOverflowError(f"a power beyond {MAX_EXPONENT}")
        size = Fraction(scale)
        if not _SMALLEST <= size <= _LARGEST:
            raise UnitOverflowError(f"a scale beyond {_LARGEST}")
        return cls(tuple(sorted((each, Fraction(power)) for each, power in powers.items() if power)), size)

    def __mul__(self, other: "Unit") -> "Unit":
        powers = dict(self.powers)
        for symbol, power in other.powers:
            powers[symbol] = powers.get(symbol, Fraction(0)) + power
        return Unit.of(powers, self.scale * other.scale)

    def __truediv__(self, other: "Unit") -> "Unit":
        return self * other ** Fraction(-1)

    def __pow__(self, exponent: Fraction | int) -> "Unit":
        return Unit.of(
            {symbol: power * exponent for symbol, power in self.powers}, power_of(self.scale, Fraction(exponent))
        )

    def __str__(self) -> str:
        """As `read_unit` reads it back: `1000 $/(kg*day)`; a pure number is `1`."""
        above = [_spelled(symbol, power) for symbol, power in self.powers if power > 0]
        below = [_spelled(symbol, -power) for symbol, power in self.powers if power < 0]
        if self.scale.denominator != 1:
            below.insert(0, str(self.scale.denominator))
        top = "*".join(above)
        if self.scale.numerator != 1 or not top:
            top = f"{self.scale.numerator} {top}".rstrip()
        bottom = f"({'*'.join(below)})" if len(below) > 1 else "".join(below)
        return f"{top}/{bottom}" if below else top


def power_of(number: Fraction, exponent: Fraction) -> Fraction:
    """A power of a positive number.

    Raises:
        UnitOverflowError: It is no rational number, or one with very many digits.
    """
    if number == 1 or exponent == 1:
        return number
    if abs(exponent) > MAX_EXPONENT or exponent.denominator > MAX_EXPONENT:
        raise UnitOverflowError(f"a power beyond {MAX_EXPONENT}")
    base = Fraction(_root(number.numerator, exponent.denominator), _root(number.denominator, exponent.denominator))
    return base**exponent.numerator


def _root(number: int, degree: int) -> int:
    if degree == 1:
        return number
    found: int = round(float(number) ** (1 / degree))
    if found**degree != number:
        raise UnitOverflowError(f"{number} has no whole root of degree {degree}")
    return found


def _spelled(symbol: str, power: Fraction) -> str:
    if power == 1:
        return symbol
    return f"{symbol}^{power}" if power.denominator == 1 else f"{symbol}^({power})"
