"""Which pictures an answer has: read off the shape of the model, and of names where a shape can mean two things."""

from collections.abc import Iterator

from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution, VariableValue
from steepest.traces.rendering.markup import Markup
from steepest.web.drawing.bars import bars
from steepest.web.drawing.layouts import arranged
from steepest.web.drawing.networks import network
from steepest.web.drawing.schedules import schedule
from steepest.web.drawing.shapes import coordinates_of, flows_of, tasks_of

__all__ = ["pictures"]

_MOST = 4
_NOTHING = 1e-9


def pictures(formulation: Formulation, solution: Solution) -> list[Markup]:
    """Pictures of an answer, the most telling first; none where it has no numbers that can be drawn.

    Args:
        formulation: The formulation, with its data in it.
        solution: Its answer.
    """
    return list(_drawn(formulation, solution))[:_MOST]


def _drawn(formulation: Formulation, solution: Solution) -> Iterator[Markup]:
    by_name: dict[str, list[VariableValue]] = {}
    for each in solution.variables:
        by_name.setdefault(each.name, []).append(each)
    tasks = tasks_of(formulation, by_name)
    if tasks:
        yield schedule(tasks)
    for flows in flows_of(formulation, by_name):
        yield network(flows, arranged(flows, coordinates_of(formulation, flows)))
    drawn_as_tasks = {name for each in tasks for name in each.variables}
    for name, values in by_name.items():
        telling = [each for each in values if abs(each.value) > _NOTHING]
        if len(telling) > 1 and all(len(each.index) == 1 for each in values) and name not in drawn_as_tasks:
            yield bars(name, values)
