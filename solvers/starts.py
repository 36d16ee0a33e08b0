"""An earlier answer as the point where a solve begins: values are matched by the name and index of their variable."""

import numpy as np

from steepest.solvers.solution import Solution
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers


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
