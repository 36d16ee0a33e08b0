"""An earlier answer as the point where a solve begins: values are matched by the name and index of their variable."""

import numpy as np

from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers

NO_VALUE_FITS = "the start was not used: none of its values has the name and index of a variable here"


def with_start_told(solution: Solution, formulation: Formulation, start: Solution | None) -> Solution:
    """The solution with a note, if no value of the start could have been of use.

    Args:
        solution: What solving the formulation came to.
        formulation: The formulation.
        start: What was to begin with.
    """
    if start is None or solution.note or _fits(start, formulation, solution):
        return solution
    return solution.model_copy(update={"note": NO_VALUE_FITS})


def _fits(start: Solution, formulation: Formulation, solution: Solution) -> bool:
    """Whether a value has a place; without an answer the names alone say so."""
    if solution.variables:
        places = {(each.name, each.index) for each in solution.variables}
        return any((each.name, each.index) in places for each in start.variables)
    names = {each.name for each in formulation.variables}
    return any(each.name in names for each in start.variables)


def start_values(model: CompiledModel, start: Solution | None) -> Numbers | None:
    """A value for each column of a model, NaN where the earlier answer has none; None where it has none at all.

    Args:
        model: What is to be solved; its auxiliary columns are left open.
        start: An answer of the same formulation or of a similar one.
    """
    if start is None or not start.variables:
        return None
    given = {(each.name, each.index): each.value for each in start.variables}
    values = np.full(model.columns, np.nan)
    labels = model.instance.universe.labels
    for block in model.variables:
        if block.domain is None:
            values[block.start] = given.get((block.name, ()), np.nan)
            continue
        columns = [[labels[label] for label in column.tolist()] for column in block.domain.columns()]
        found = (given.get((block.name, index), np.nan) for index in zip(*columns, strict=True))
        values[block.start : block.start + block.size] = np.fromiter(found, float, block.size)
    return None if np.isnan(values).all() else values
