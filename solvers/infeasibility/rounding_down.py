"""Programs whose answers may be rounded down: there fractions reach nothing that whole numbers do not.

If `x - y >= 3` holds then so it does of the two rounded down, for any fractions, and of such comparisons are schedules
made: of tasks of whole lengths that must not overlap, one begins after the other ends, and at most as many of them run
in a unit of time after rounding as ran just before its end without. So what has no answer in whole numbers has none at
all, and CP-SAT, which knows whole numbers only, decides about both.
"""

from collections.abc import Sequence

from steepest.solvers.constraint_programming.model import Constraint, Expression, WholeModel
from steepest.solvers.scalar.interpreter import ScalarInstance


def keeps_rounded_down(model: WholeModel, instance: ScalarInstance) -> bool:
    """Whether every answer in fractions stays one when all of it is rounded down.

    Args:
        model: The program of a formulation.
        instance: That formulation, whose bounds as they are declared may be fractions.
    """
    return all(_is_kept(each) for each in model.constraints) and _has_whole_lower_bounds(instance)


def _has_whole_lower_bounds(instance: ScalarInstance) -> bool:
    return all(
        lower is None or float(lower).is_integer()
        for variable in instance.formulation.variables
        for _, lower, _ in instance.bounds(variable)
    )


def _is_kept(constraint: Constraint) -> bool:
    if constraint.given or constraint.literals:
        return False
    match constraint.kind:
        case "linear":
            return _is_difference(constraint.expressions[0]) and len(constraint.numbers) == 2
        case "no_overlap":
            return _are_tasks(constraint.expressions)
        case "cumulative":
            capacity, *rest = constraint.expressions
            tasks = 3 * (len(rest) // 4)
            needs = rest[tasks:]
            return not any(each.columns for each in (capacity, *needs)) and _are_tasks(rest[:tasks])
    return False


def _is_difference(form: Expression) -> bool:
    """Whether it is one column, or one less another, and a whole number."""
    return form.factors in ([1], [-1], [1, -1], [-1, 1])


def _are_tasks(ends: Sequence[Expression]) -> bool:
    """Whether starts, durations and ends are those of tasks of a known length that begin at a column."""
    begins, lengths = ends[::3], ends[1::3]
    return all(each.factors in ([], [1]) for each in begins) and not any(each.columns for each in lengths)
