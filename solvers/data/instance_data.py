"""The data of an instance in columns: what sets contain and what parameters are worth, wherever it came from.

A formulation may hold its data inline or have them bound from tables; `binding.bind` brings both into this form, and
the evaluators (vectorized and scalar) read nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.language.expressions import Label

Tables: TypeAlias = Mapping[str, object]
"""What a user binds by name: a path, a data frame, a mapping, an array, a list, a number."""


@dataclass(frozen=True, slots=True)
class Members:
    """The elements of a set in order: one sequence of labels per position of its tuples, all of one length."""

    columns: tuple[Sequence[Label], ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """A parameter's given cells: key columns as in `Members`, and a value each; NaN marks an absent value."""

    keys: tuple[Sequence[Label], ...]
    values: npt.NDArray[np.float64] | Sequence[Label]
    """Numbers, or labels for a parameter whose values are labels."""


@dataclass(frozen=True, slots=True)
class Dense:
    """A parameter's values for every element of the product of its index sets, in set order."""

    values: npt.NDArray[np.float64]
    """One axis per index set."""


@dataclass(frozen=True, slots=True)
class Data:
    """Everything extensional of one instance; what is defined by an expression is not in here."""

    members: Mapping[str, Members] = field(default_factory=dict)
    """Contents of sets that were bound; literal sets stay in the formulation."""
    cells: Mapping[str, Cells | Dense] = field(default_factory=dict)
    """Contents of indexed parameters, inline or bound."""
    scalars: Mapping[str, Label] = field(default_factory=dict)
    """Values of scalar parameters, and the one value of indexed ones that have the same everywhere."""
