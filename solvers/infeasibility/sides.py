"""Sides of rows that may give: how much a move costs, to which round number it goes, and how it is told."""

import math
from collections.abc import Hashable
from dataclasses import dataclass

from steepest.solvers.display import format_number, named
from steepest.solvers.infeasibility.limits import Limit
from steepest.solvers.infeasibility.records import Change
from steepest.solvers.language.expressions import Label

DIGITS = (3, 6, 9)
"""Of a limit that is proposed: as few as serve."""


@dataclass(frozen=True)
class Side:
    """A side of a row that may give."""

    row: int
    is_upper: bool
    name: str
    index: tuple[Label, ...]
    limit: Limit
    weight: float
    is_bound: bool = False
    """Whether it is the bound of a variable."""

    @property
    def price(self) -> float:
        """What moving it by 1 costs."""
        return self.weight / (abs(self.limit.value) or 1.0)

    @property
    def mover(self) -> Hashable:
        """What moves when it gives: a number that is stated once is one for all rows that it limits."""
        is_one = self.limit.parameter is not None and self.limit.is_used_once
        return (self.limit.parameter, self.is_upper) if is_one else (self.row, self.is_upper)


def rounded(side: Side, slack: float, digits: int) -> float:
    """The slack that brings the limit to a number of few digits, if there is one within rounding of it."""
    direction = 1.0 if side.is_upper else -1.0
    proposed = side.limit.value + direction * slack
    places = digits - 1 - math.floor(math.log10(max(abs(proposed), abs(side.limit.value), 1e-9)))
    near = round(proposed, places)
    if abs(near - proposed) > 1e-6 * max(1.0, abs(proposed)):
        factor = 10.0**places
        near = (math.ceil if side.is_upper else math.floor)(proposed * factor) / factor
        if digits < DIGITS[-1]:  # not yet few digits: keep the measure as small as it is
            near = proposed
    return (near - side.limit.value) * direction


def change_of(side: Side, step: float) -> Change:
    """The move of a side by a step, in words."""
    proposed = side.limit.value + (step if side.is_upper else -step)
    limit = side.limit
    return Change(
        name=side.name,
        index=side.index,
        side="upper" if side.is_upper else "lower",
        current=limit.value,
        proposed=proposed,
        parameter=limit.parameter if limit.is_used_once else None,
        unit=limit.unit,
        sentence=_sentence(side, proposed),
    )


def _sentence(side: Side, proposed: float) -> str:
    limit = side.limit
    unit = f" {limit.unit}" if limit.unit else ""
    now, then = format_number(limit.value), format_number(proposed)
    verb = "raise" if proposed > limit.value else "lower"
    if limit.parameter is not None and limit.is_used_once:
        return f"{verb} {limit.parameter} from {now} to {then}{unit}"
    name = named(side.name, side.index)
    if side.is_bound:
        return f"{verb} the {'upper' if side.is_upper else 'lower'} bound of {name} from {now} to {then}{unit}"
    if limit.operator == "==":
        return f"let {name} be {then}{unit} instead of {now}"
    return f"let {name} be {'at most' if side.is_upper else 'at least'} {then}{unit} instead of {now}"
