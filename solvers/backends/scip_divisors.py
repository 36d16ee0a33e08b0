"""Division by what may be 0, for SCIP: a column with `column * divisor == dividend`, either side of 0 apart.

SCIP 10.0 itself takes `dividend * divisor**-1` where the divisor comes to 0 and calls what is no optimum one, and
infeasible what is feasible.
"""

import math
from typing import TYPE_CHECKING, Any

from steepest.solvers.backends.intervals import Interval
from steepest.solvers.backends.steps import Stepped
from steepest.solvers.tolerances import FEASIBILITY

if TYPE_CHECKING:
    import pyscipopt

_NEXT_TO_ZERO = FEASIBILITY / 2
"""What is left out around 0: a divisor that stops here is told as one that is 0, and makes no optimum."""


_ROOM = 2
"""How far beyond the largest quotient its bound is: SCIP has called infeasible what lay on it."""


def may_be_zero(divisor: Interval) -> bool:
    """Whether SCIP could take a divisor for 0."""
    return divisor.low <= FEASIBILITY and divisor.high >= -FEASIBILITY


def quotient(
    solver: "pyscipopt.Model", dividend: Any, divisor: Any, of: tuple[Interval, Interval], stepped: Stepped | None
) -> "pyscipopt.Variable":
    """A new variable that is the quotient wherever the divisor is not 0; nothing else is feasible.

    Args:
        solver: Gets the variable and what defines it.
        dividend: A number or one of SCIP's expressions.
        divisor: One of SCIP's expressions.
        of: The intervals of the two.
        stepped: What the divisor takes, where it is known.
    """
    of_dividend, of_divisor = of
    below, above = _sides(of_divisor, stepped)
    column = _away_from_zero(solver, of_divisor, below, above)
    solver.addCons(divisor - column == 0)
    most = _most(of_dividend, min(above, -below)) if stepped is not None else None
    result = solver.addVar(lb=None if most is None else -most, ub=most)
    solver.addCons(result * column - dividend == 0)
    return result


def _sides(divisor: Interval, stepped: Stepped | None) -> tuple[float, float]:
    """The largest value below 0 and the smallest above it that the divisor may have, infinite where it has none."""
    below, above = (stepped.largest_negative, stepped.least_positive) if stepped else (-_NEXT_TO_ZERO, _NEXT_TO_ZERO)
    if divisor.is_positive:
        return -math.inf, divisor.low
    if divisor.is_negative:
        return divisor.high, math.inf
    return below if divisor.low <= below else -math.inf, above if divisor.high >= above else math.inf


def _away_from_zero(solver: "pyscipopt.Model", divisor: Interval, below: float, above: float) -> "pyscipopt.Variable":
    low = divisor.low if math.isfinite(below) else above
    high = divisor.high if math.isfinite(above) else below
    if low > high or (math.isinf(below) and math.isinf(above)):
        low, high = 1.0, -1.0  # it is always 0
    column = solver.addVar(lb=_bound(low), ub=_bound(high))
    if math.isfinite(below) and math.isfinite(above):
        is_above = solver.addVar(vtype="B")
        solver.addConsIndicator(-1.0 * column <= -above, is_above)
        solver.addConsIndicator(column <= below, is_above, activeone=False)
    return column


def _bound(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _most(dividend: Interval, distance: float) -> float | None:
    """How large a quotient can be; None where there is no end to it."""
    largest = max(abs(dividend.low), abs(dividend.high))
    return _ROOM * largest / distance if math.isfinite(largest) and math.isfinite(distance) else None
