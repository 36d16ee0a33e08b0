"""Cutting off answers in whole numbers: at least one of the numbers has to be another one."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.vectorized.scatter import Numbers

INTEGER = 1


def without_answers(model: ArrayModel, columns: npt.NDArray[np.integer], answers: list[Numbers]) -> ArrayModel:
    """The model without every answer that has the same whole numbers as one of those given.

    A binary column differs by itself; any other one has a binary column of its own for "larger" and one for "smaller"
    in each cut.

    Args:
        model: The model; the columns have finite bounds.
        columns: The columns of whole numbers that tell answers apart.
        answers: Answers to cut off, one value a column of the model.
    """
    for answer in answers:
        model = _without(model, columns, np.round(answer[columns]))
    return model


def _without(model: ArrayModel, columns: npt.NDArray[np.integer], numbers: Numbers) -> ArrayModel:
    lower, upper = np.ceil(model.lower[columns] - 1e-9), np.floor(model.upper[columns] + 1e-9)
    is_binary = (lower == 0) & (upper == 1)
    binary, ones = columns[is_binary], numbers[is_binary] > 0.5
    can_grow, can_shrink = ~is_binary & (numbers < upper), ~is_binary & (numbers > lower)
    grown, shrunk = columns[can_grow], columns[can_shrink]
    first = model.columns
    more = np.arange(first, first + len(grown))
    less = np.arange(first + len(grown), first + len(grown) + len(shrunk))
    up, down = (numbers + 1 - lower)[can_grow], (upper - numbers + 1)[can_shrink]
    rows = [([column, new], [1.0, -by]) for column, new, by in zip(grown, more, up, strict=True)]
    rows += [([column, new], [1.0, by]) for column, new, by in zip(shrunk, less, down, strict=True)]
    any_other = [*binary, *more, *less], [*np.where(ones, -1.0, 1.0), *np.ones(len(more) + len(less))]
    rows.append(any_other)
    infinite = np.full(max(len(grown), len(shrunk)), np.inf)
    return with_rows(
        _with_binaries(model, len(more) + len(less)),
        rows,
        np.concatenate([lower[can_grow], -infinite[: len(shrunk)], [1.0 - ones.sum()]]),
        np.concatenate([infinite[: len(grown)], upper[can_shrink], [np.inf]]),
    )


def with_rows(
    model: ArrayModel, rows: list[tuple[list[int], list[float]]], lower: Numbers, upper: Numbers
) -> ArrayModel:
    """The model with more rows, each as its columns and coefficients."""
    counts = np.array([len(columns) for columns, _ in rows], np.int64)
    ends = int(model.row_starts[-1]) + np.cumsum(counts)
    return replace(
        model,
        row_starts=np.concatenate([model.row_starts, ends]).astype(np.int32),
        row_columns=np.concatenate([model.row_columns, *(np.array(columns, np.int32) for columns, _ in rows)]),
        row_coefficients=np.concatenate([model.row_coefficients, *(np.array(each, float) for _, each in rows)]),
        row_lower=np.concatenate([model.row_lower, lower]),
        row_upper=np.concatenate([model.row_upper, upper]),
    )


def _with_binaries(model: ArrayModel, count: int) -> ArrayModel:
    return replace(
        model,
        cost=np.concatenate([model.cost, np.zeros(count)]),
        lower=np.concatenate([model.lower, np.zeros(count)]),
        upper=np.concatenate([model.upper, np.ones(count)]),
        types=np.concatenate([model.types, np.full(count, INTEGER, np.int32)]),
    )
