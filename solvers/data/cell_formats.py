"""What the numbers of a workbook are shown as: which formats make dates and times of them, and which ones."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeAlias

Moment: TypeAlias = datetime | time | timedelta

_SHOWS_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Excel's own formats, by number; those from 27 on and from 50 on are of East Asian calendars."""
_SHOWS_DURATIONS = frozenset({46})
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|[\\_*].|\[(?!(?:h+|m+|s+)\])[^\[\]]*\]', re.DOTALL | re.IGNORECASE)
"""What is shown as it is, or is a colour, a currency or a condition."""

_FROM_1900 = datetime(1899, 12, 30)
_FROM_1904 = datetime(1904, 1, 1)
_LAST = 2_958_466
"""The day after 9999-12-31."""
NO_MOMENT = "#VALUE!"
"""Stands for a number that is shown as a date, but is none."""


@dataclass(frozen=True, slots=True)
class CellFormats:
    """The styles of a workbook's cells, by their number as cells name it, that show dates or spans of time."""

    dates: frozenset[str] = frozenset()
    durations: frozenset[str] = frozenset()
    begins_1904: bool = False
    """Whether days are counted from 1904 on, as on old Macintoshes."""

    def shown(self, number: float, style: str) -> float | Moment | str:
        """The moment that a number stands for, where its cell shows one; the number itself otherwise."""
        if style in self.durations:
            return _duration(number)
        return self._moment(number) if style in self.dates else number

    def _moment(self, number: float) -> Moment | str:
        if not 0 <= number < _LAST:
            return NO_MOMENT
        day, fraction = divmod(number, 1)
        rest = timedelta(milliseconds=round(fraction * 86_400_000))
        if number < 1 and not rest.days:
            return (datetime.min + rest).time()
        if 0 < number < 60 and not self.begins_1904:
            day += 1  # Excel knows a 29 February 1900, which never was
        try:
            return (_FROM_1904 if self.begins_1904 else _FROM_1900) + timedelta(days=day) + rest
        except OverflowError:
            return NO_MOMENT


def format_of(number: int, code: str) -> tuple[bool, bool]:
    """Whether a number format shows dates or times of day, and whether it shows spans of time.

    Args:
        number: Its number; the first ones are Excel's own, which files do not spell out.
        code: How it is spelled, such as `yyyy-mm-dd`; empty for Excel's own.
    """
    if not code:
        return number in _SHOWS_DATES, number in _SHOWS_DURATIONS
    shown = _LITERAL.sub("", code).partition(";")[0]
    return any(letter in "dmhys" for letter in shown.casefold()), _DURATION.search(shown) is not None


def _duration(number: float) -> timedelta | str:
    try:
        return timedelta(milliseconds=round(number * 86_400_000))
    except (OverflowError, ValueError):
        return NO_MOMENT
