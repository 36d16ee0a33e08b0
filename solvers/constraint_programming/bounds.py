"""Between which whole numbers each variable lies: as declared, or as the constraints imply where a bound is missing."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from steepest.solvers.constraint_programming.implied_bounds import LinearRows
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Variable
from steepest.solvers.linearization.boxes import Box
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Key, spell_key
from steepest.solvers.tolerances import LARGEST_MISS, ROUNDING
from steepest.solvers.vectorized.algebra import UnsupportedProblemError


@dataclass(frozen=True, slots=True)
class Ends:
    """The least and the largest value of a variable."""

    low: float
    high: float

    @property
    def are_finite(self) -> bool:
        """Whether the variable has a bound on both sides."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def finite_ends(instance: ScalarInstance) -> dict[tuple[str, Key], Ends]:
    """The bounds of every variable, rounded inward; those that are missing are derived.

    Raises:
        UnsupportedProblemError: A variable is not whole, or has no bound on a side and none can be derived.
        FormulationError: Bounds cross.
    """
    declared = _declared_ends(instance)
    if all(each.are_finite for each in declared.values()):
        return declared
    found = _derived_ends(instance, declared)
    for (name, key), each in found.items():
        if not each.are_finite:
            raise _missing(instance, name, key, each)
    return found


def _declared_ends(instance: ScalarInstance) -> dict[tuple[str, Key], Ends]:
    found = {}
    for variable in instance.formulation.variables:
        if variable.domain not in ("integer", "binary"):
            if instance.domains[variable.name]:
                raise UnsupportedProblemError(variable.name, _not_whole(variable), variable.place)
            continue
        for key, lower, upper in instance.bounds(variable):
            found[variable.name, key] = _ends(variable, key, lower, upper)
    return found


def _not_whole(variable: Variable) -> str:
    kind = "continuous" if variable.domain == "real" else variable.domain
    return f"it is {kind}, and CP-SAT takes whole numbers only: make it integer, in a finer unit if need be"


def _ends(variable: Variable, key: Key, lower: float | None, upper: float | None) -> Ends:
    is_binary = variable.domain == "binary"
    low = (0.0 if is_binary else -math.inf) if lower is None else float(lower)
    high = (1.0 if is_binary else math.inf) if upper is None else float(upper)
    if low > high:
        raise problem(
            "bounds-cross",
            f"the lower bound {low:g} of {variable.name}{spell_key(key)} is above the upper bound {high:g}",
            element=f"variable {variable.name}",
            place=variable.place,
            repair="correct one of the bounds, or the data they come from",
        )
    if is_binary:
        low, high = max(low, 0.0), min(high, 1.0)
    return Ends(_rounded(low, math.ceil, -1), _rounded(high, math.floor, 1))


def _rounded(end: float, way: Callable[[float], int], outward: int) -> float:
    """The whole number that a bound stands for; what it may miss it by is never more than an answer may."""
    room = min(ROUNDING * max(1.0, abs(end)), LARGEST_MISS)
    return float(way(end + outward * room)) if math.isfinite(end) else end


def _derived_ends(instance: ScalarInstance, declared: Mapping[tuple[str, Key], Ends]) -> dict[tuple[str, Key], Ends]:
    """The bounds as declared, and what the rows imply where there is none."""
    rows = LinearRows(instance, list(declared))
    lows, highs = zip(*((each.low, each.high) for each in declared.values()), strict=True)
    box = rows.capped(rows.implied(Box(np.array(lows), np.array(highs))))
    implied = zip(box.low.tolist(), box.high.tolist(), strict=True)
    return {
        at: Ends(low if math.isinf(each.low) else each.low, high if math.isinf(each.high) else each.high)
        for (at, each), (low, high) in zip(declared.items(), implied, strict=True)
    }


def _missing(instance: ScalarInstance, name: str, key: Key, ends: Ends) -> UnsupportedProblemError:
    variable = next(each for each in instance.formulation.variables if each.name == name)
    sides = [side for side, end in (("lower", ends.low), ("upper", ends.high)) if math.isinf(end)]
    reason = f"it has no {' and no '.join(sides)} bound, and CP-SAT needs one: give it a range such as `in 0..1000`"
    return UnsupportedProblemError(f"{name}{spell_key(key)}", reason, variable.place)
