"""Pyomo's variables as columns: bounds, types and names."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from steepest.solvers.extraction.refusals import ModelRefusedError, finite

_MOST_MEMBERS = 6


@dataclass(eq=False)
class Columns:
    """The columns found so far."""

    original: Callable[[Any], Any]
    """The script's own component that one of the model stands for; None for one that was added."""
    variables: list[Any] = field(default_factory=list)
    """The script's, one a column, numeric or Boolean; None for a column that it does not know."""
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    types: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)
    """Every name, with how many times it was asked for."""

    def __len__(self) -> int:
        return len(self.variables)

    def knows(self, variable: Any) -> bool:
        """Whether a variable has a column."""
        return id(variable) in self._places

    def of(self, variable: Any) -> int:
        """The column of a variable, which gets one if it has none: it may stand on a block that is not active."""
        place = self._places.get(id(variable))
        return self.add(variable, variable.name) if place is None else place

    def add(self, variable: Any, name: str) -> int:
        """A column for a variable; a fixed one is held by its bounds.

        Args:
            variable: Pyomo's.
            name: Its name; the script's own is taken where that is another one.

        Raises:
            ModelRefusedError: Its domain is neither an interval nor the whole numbers of one.
        """
        place = self._places[id(variable)] = len(self.variables)
        own = self.original(variable)
        if own is not None and own.ctype is not variable.ctype:
            name = own.name
        if variable.fixed:
            low = high = finite(variable.value, f"the fixed variable {name}")
            self._append(own, name, low, high, 0)
            return place
        low, high = variable.bounds
        whole = not variable.is_continuous() and _is_whole(variable)
        self._append(own, name, _or(low, -math.inf), _or(high, math.inf), int(whole))
        return place

    def add_binary(self, name: str) -> int:
        """A column that is no variable of Pyomo's."""
        self._append(None, name, 0.0, 1.0, 1)
        return len(self.variables) - 1

    def _append(self, variable: Any, name: str, low: float, high: float, kind: int) -> None:
        self.variables.append(variable)
        self.names.append(self._unused(name))
        self.lower.append(low)
        self.upper.append(high)
        self.types.append(kind)

    def _unused(self, name: str) -> str:
        """The name, numbered where a variable of another model has it already."""
        spelling = name
        while spelling in self._taken:
            self._taken[name] += 1
            spelling = f"{name} ({self._taken[name]})"
        self._taken[spelling] = 1
        return spelling


def _or(bound: Any, missing: float) -> float:
    return missing if bound is None else float(bound)


def _is_whole(variable: Any) -> bool:
    low, _, step = variable.domain.get_interval()
    if step == 1 and (low is None or float(low).is_integer()):
        return True
    raise ModelRefusedError(
        f"the variable {variable.name} has the domain {_spelt(variable.domain)}, neither an interval nor "
        "whole numbers without a gap: choose among the values with binary variables"
    )


def _spelt(domain: Any) -> str:
    """A domain as its first members, or by its name where it has no end of them."""
    if not domain.isfinite():
        return str(domain.name)
    members = [str(member) for member in islice(domain, _MOST_MEMBERS + 1)]
    return f"{{{', '.join(members[:_MOST_MEMBERS])}{', ...' if len(members) > _MOST_MEMBERS else ''}}}"
