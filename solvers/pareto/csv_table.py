"""A front as a table in CSV: a row a point, the objectives first and then every decision."""

import csv
from io import StringIO
from itertools import chain

from steepest.solvers.display import named
from steepest.solvers.pareto.front import ParetoFront


def front_csv(front: ParetoFront) -> str:
    """The table; its head names objectives and decisions, `best_in` counts the objectives from 1."""
    decisions = dict.fromkeys(
        (each.name, each.index) for each in chain.from_iterable(point.solution.variables for point in front.points)
    )
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    objectives = [f"{each.sense} {each.name}{f' [{each.unit}]' if each.unit else ''}" for each in front.objectives]
    writer.writerow([*objectives, "best_in", *(named(*key) for key in decisions)])
    for point in front.points:
        values = {(each.name, each.index): each.value for each in point.solution.variables}
        best = " ".join(str(place + 1) for place in point.best_in)
        writer.writerow([*point.values, best, *(values[key] for key in decisions)])
    return text.getvalue()
