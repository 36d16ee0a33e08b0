"""The front of several objectives as another program reads it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steepest.solvers.pareto.front import ParetoFront


def document(front: "ParetoFront | None") -> dict[str, Any] | None:
    """The points with their decisions; null if nobody asked for a front."""
    if front is None:
        return None
    return {
        "status": front.status,
        "message": front.message,
        "objectives": [{"name": each.name, "sense": each.sense, "unit": each.unit} for each in front.objectives],
        "points": [
            {
                "values": list(point.values),
                "best_in": list(point.best_in),
                "variables": [
                    {"name": each.name, "index": each.index, "value": each.value, "unit": each.unit}
                    for each in point.solution.variables
                ],
            }
            for point in front.points
        ],
        "ideal": front.ideal,
        "nadir": front.nadir,
        "solves": front.solves,
        "seconds": round(front.seconds, 3),
        "left_out": [{"limits": each.limits, "reason": each.reason} for each in front.left_out],
    }
