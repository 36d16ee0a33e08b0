"""What the names of an instance stand for: sets, families of sets, and parameters, as arrays."""

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.language.expressions import Index, Name
from steepest.solvers.vectorized.frames import Labels
from steepest.solvers.vectorized.relations import Domain, Relation
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.vectorized.universe import Ids, Universe

Truths: TypeAlias = npt.NDArray[np.bool_]
Value: TypeAlias = Numbers | Labels


@dataclass(frozen=True, eq=False)
class ParameterArray:
    """A parameter's values over its domain: numbers with NaN for absent cells, or label ids with -1."""

    domain: Domain
    numbers: Numbers = field(default_factory=lambda: np.empty(0))
    ids: Ids | None = None
    """Given for a parameter whose values are labels."""


@dataclass(frozen=True, eq=False)
class Family:
    """A family of sets: one set for each key, empty ones among them."""

    keys: Relation
    """The index tuples that have a set."""
    members: Relation
    """Key labels followed by member labels."""


class Symbols(Protocol):
    """What the names of an instance stand for; resolved on demand."""

    universe: Universe

    def is_set(self, name: str) -> bool:
        """Whether the name is a set or a family of sets."""
        ...

    def relation(self, name: str) -> Relation:
        """A set's elements."""
        ...

    def family(self, name: str) -> Family:
        """A family of sets."""
        ...

    def scalar(self, name: str, node: Name) -> Value:
        """A scalar parameter's value."""
        ...

    def parameter(self, name: str, node: Index) -> ParameterArray:
        """An indexed parameter's values."""
        ...
