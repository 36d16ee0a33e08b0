"""The data of an instance as what JSON can hold, and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.solvers.data.instance_data import Cells, Data, Dense, Members
from steepest.solvers.language.expressions import Label

Document = dict[str, Any]


def data_document(data: Data) -> Document:
    """Everything in the data; absent numbers are NaN."""
    return {
        "members": {name: _columns(members.columns) for name, members in data.members.items()},
        "cells": {name: _cells_document(cells) for name, cells in data.cells.items()},
        "scalars": {name: _plain(value) for name, value in data.scalars.items()},
    }


def data_of(document: Document) -> Data:
    """The data that a document holds."""
    return Data(
        members={name: Members(tuple(columns)) for name, columns in document["members"].items()},
        cells={name: _cells_of(cells) for name, cells in document["cells"].items()},
        scalars=document["scalars"],
    )


def _cells_document(cells: Cells | Dense) -> Document:
    if isinstance(cells, Dense):
        return {"shape": list(cells.values.shape), "numbers": cells.values.ravel().tolist()}
    if isinstance(cells.values, np.ndarray):
        return {"keys": _columns(cells.keys), "numbers": cells.values.tolist()}
    return {"keys": _columns(cells.keys), "labels": [_plain(value) for value in cells.values]}


def _cells_of(document: Document) -> Cells | Dense:
    if "shape" in document:
        return Dense(np.array(document["numbers"], np.float64).reshape(document["shape"]))
    keys = tuple(document["keys"])
    if "labels" in document:
        return Cells(keys, document["labels"])
    return Cells(keys, np.array(document["numbers"], np.float64))


def _columns(columns: Sequence[Sequence[Label]]) -> list[list[Label]]:
    return [[_plain(label) for label in column] for column in columns]


def _plain(label: Label) -> Label:
    """A label without the array library's own type around it."""
    return label.item() if isinstance(label, np.generic) else label
