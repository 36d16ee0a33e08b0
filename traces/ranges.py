"""Bounds of a number, as a constraint that searches can read: `node(0.1, trainable=True, constraint=Between(0, 1))`."""

import math
from dataclasses import dataclass
from typing import Any

from steepest.errors import InputError
from steepest.traces.previews import preview

__all__ = ["Between"]


@dataclass(frozen=True, slots=True)
class Between:
    """Numbers from `low` to `high`, both included.

    Args:
        low: The least; minus infinity for none.
        high: The largest; infinity for none.
        log: Whether magnitudes matter more than differences, as for a learning rate: a search then goes by the
            logarithm, for which `low` has to be above 0.

    Raises:
        InputError: No number lies between them.
    """

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
                raise InputError(f"Between: {name} is {preview(value, 60)}, and it has to be a number")
        if self.low > self.high:
            raise InputError(f"Between({self.low:g}, {self.high:g}): no number lies between them; exchange the two")
        if self.log and self.low <= 0:
            raise InputError(f"Between({self.low:g}, {self.high:g}, log=True): on a logarithmic scale low is above 0")

    def __call__(self, value: Any) -> bool:
        """Say yes to a number between the bounds.

        Raises:
            InputError: It is none; the message has the bounds.
        """
        if isinstance(value, bool) or not self.low <= value <= self.high:
            raise InputError(f"it has to be {self}")
        return True

    def __str__(self) -> str:
        """`from 0 to 1`, `0 or more`."""
        if math.isinf(self.low) and math.isinf(self.high):
            return "a number"
        if math.isinf(self.high):
            return f"{self.low:g} or more"
        if math.isinf(self.low):
            return f"{self.high:g} or less"
        return f"from {self.low:g} to {self.high:g}"
