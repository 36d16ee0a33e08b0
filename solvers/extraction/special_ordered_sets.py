"""Special ordered sets (which `Piecewise` makes by default) with binary variables: exact where the bounds are finite.

Beale and Tomlin, "Special facilities in a general mathematical programming system", 1970.
"""

import math
from typing import Any

from steepest.solvers.extraction.columns import Columns
from steepest.solvers.extraction.refusals import ModelRefusedError
from steepest.solvers.extraction.rows import Rows


def add_special_ordered_set(constraint: Any, columns: Columns, rows: Rows, limits: dict[int, float]) -> None:
    """Say with binary variables that at most one of its variables, or two neighbours, may be other than 0.

    Args:
        constraint: Pyomo's, of level 1 or 2.
        columns: Gets the binary variables.
        rows: Gets the rows of the set.
        limits: The upper bounds that `implied_limits` finds.

    Raises:
        ModelRefusedError: A variable has no finite bound, and no row implies one.
    """
    members = [columns.of(variable) for variable, _ in sorted(constraint.get_items(), key=lambda item: item[1])]
    if constraint.level not in (1, 2):
        raise ModelRefusedError(f"the special ordered set {constraint.name} is of level {constraint.level}, not 1 or 2")
    if len(members) <= constraint.level:
        return
    name = constraint.name
    count = len(members) - constraint.level + 1
    switches = [columns.add_binary(f"{name}.segment[{number}]") for number in range(1, count + 1)]
    rows.add(None, f"{name}.one_segment", -math.inf, 1.0, dict.fromkeys(switches, 1.0))
    for place, member in enumerate(members):
        on = switches[max(place - constraint.level + 1, 0) : place + 1]
        low, high = columns.lower[member], min(columns.upper[member], limits.get(member, math.inf))
        if not (math.isfinite(low) and math.isfinite(high)):
            raise ModelRefusedError(
                f"the special ordered set {name} has the variable {columns.names[member]} without finite bounds: "
                "give it bounds, or `Piecewise` another `pw_repn`, such as 'INC'"
            )
        rows.add(None, f"{name}.above[{place}]", -math.inf, 0.0, {member: 1.0} | dict.fromkeys(on, -high))
        if low < 0:
            rows.add(None, f"{name}.below[{place}]", 0.0, math.inf, {member: 1.0} | dict.fromkeys(on, -low))


def implied_limits(columns: Columns, rows: Rows) -> dict[int, float]:
    """The upper bounds of columns that rows of nothing but nonnegative terms imply, such as `sum of weights == 1`."""
    limits: dict[int, float] = {}
    for terms, upper in zip(rows.terms, rows.upper, strict=True):
        if all(coefficient > 0 and columns.lower[each] >= 0 for each, coefficient in terms.items()):
            limits.update((each, min(upper / by, limits.get(each, math.inf))) for each, by in terms.items())
    return limits
