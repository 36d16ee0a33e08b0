"""When a found number is the expected one."""

from decimal import Decimal, InvalidOperation

__all__ = ["half_unit", "strictly_close"]

_RELATIVE = 1e-4
_FLOOR = 1e-6


def strictly_close(found: float, expected: float, written: str | None = None) -> bool:
    """Within 1e-4 of the expected value relatively, 1e-6 absolutely, or half a unit of its last printed decimal.

    Args:
        found: The answer's number.
        expected: The label's number.
        written: The label as its file writes it, if known.
    """
    return abs(found - expected) <= strict_tolerance(expected, written)


def strict_tolerance(expected: float, written: str | None = None) -> float:
    """How far a number may be from the expected one."""
    rounding = half_unit(written if written is not None else repr(expected))
    # The last factor is for sums in binary: 0.125 printed as 0.13 is half a unit away, give or take an ulp.
    return max(_RELATIVE * abs(expected), _FLOOR, rounding) * (1 + 1e-9)


def half_unit(written: str) -> float:
    """Half a unit of the last decimal of a number as it is written: 0.005 for `12.50`; 0 without decimals.

    `12.0` has none either: that is how programs write a whole number, whatever it was rounded from.
    """
    try:
        number = Decimal(written.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        return 0.0
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= 0 or (exponent == -1 and number == number.to_integral_value()):
        return 0.0
    return 0.5 * 10.0**exponent
