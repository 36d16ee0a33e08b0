"""Numbers as reports write them: with their unit, and in words where nothing was measured."""

from decimal import Decimal

__all__ = ["UNKNOWN", "count_of", "duration", "money", "number", "p_value", "percent", "percent_range", "points"]

UNKNOWN = "not measured"


def percent(share: float | None) -> str:
    """A share in percent, to a tenth."""
    return UNKNOWN if share is None else f"{100 * share:.1f} %"


def percent_range(low: float | None, high: float | None) -> str:
    """An interval of shares."""
    return "" if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f} %"


def points(difference: float | None) -> str:
    """A difference of shares in percentage points, signed."""
    return UNKNOWN if difference is None else f"{100 * difference:+.1f} points"


def number(value: float | None) -> str:
    """A value without the noise of floating point: ten significant digits, thousands grouped."""
    return "" if value is None else f"{value:,.10g}" if value else "0"


def money(cost: Decimal | float | None, unpriced: int = 0) -> str:
    """US dollars; an unknown price is never zero.

    Args:
        cost: What is known to have been spent; None where no price is known.
        unpriced: Attempts whose price is not known, on top of `cost`.
    """
    if cost is None or (unpriced and not cost):
        return "price unknown"
    amount = Decimal(cost)
    shown = f"{amount:.2f} $" if amount >= 1 else f"{amount:.4f} $" if amount else "0 $"
    return f"{shown} + {count_of(unpriced, 'attempt')} of unknown price" if unpriced else shown


def duration(seconds: float | None) -> str:
    """A span of time in the unit that suits it."""
    if seconds is None:
        return UNKNOWN
    if seconds < 0.1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172800 else f"{seconds / 86400:.1f} days"


def p_value(p: float | None) -> str:
    """A p value, never zero."""
    if p is None:
        return ""
    return "< 0.0001" if p < 1e-4 else f"{p:.4f}" if p < 0.1 else f"{p:.2f}"


def count_of(count: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
