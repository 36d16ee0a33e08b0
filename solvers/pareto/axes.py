"""Round numbers along an axis."""

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_TICKS = 6
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Axis:
    """From values to places between 0 and 1."""

    low: float
    high: float

    @classmethod
    def over(cls, values: list[float]) -> "Axis":
        """An axis with a little room around the values."""
        low, high = min(values), max(values)
        room = 0.05 * (high - low) or max(1.0, 0.05 * abs(low))
        return cls(low - room, high + room)

    def place(self, value: float) -> float:
        """Where a value is, 0 at the low end."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Round values within the axis, a handful."""
        least = (self.high - self.low) / _MOST_TICKS
        power = 10.0 ** math.floor(math.log10(least))
        step = next(each * power for each in _STEPS if each * power >= least * (1 - _LEAST))
        first, last = math.ceil(self.low / step - _LEAST), math.floor(self.high / step + _LEAST)
        return [number * step + 0.0 for number in range(first, last + 1)]
