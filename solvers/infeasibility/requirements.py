"""What a model asks for, taken apart: constraint families, bounds and domains of variables, and the rows of each."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from steepest.solvers.infeasibility.records import RequirementKind
from steepest.solvers.vectorized.columns import SEMICONTINUOUS
from steepest.solvers.vectorized.compile import CompiledModel

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Requirement:
    """Rows of one constraint, or columns of one variable whose bound or domain it is."""

    kind: RequirementKind
    name: str
    at: Positions
    """Numbers of rows, for bounds and domains of columns."""

    def __len__(self) -> int:
        return len(self.at)

    def pieces(self) -> list["Requirement"]:
        """The requirement row by row."""
        return [replace(self, at=self.at[place : place + 1]) for place in range(len(self.at))]

    def without(self, other: "Requirement") -> "Requirement":
        """The part of it that another requirement does not ask for."""
        is_same = (self.kind, self.name) == (other.kind, other.name)
        return replace(self, at=self.at[~np.isin(self.at, other.at)]) if is_same else self

    def at_columns(self, columns: Positions) -> "Requirement":
        """The part of it that is about these columns."""
        return replace(self, at=self.at[np.isin(self.at, columns)])


def families(model: CompiledModel) -> list[Requirement]:
    """All requirements of a model by family, those first that a reader would rather see in a conflict."""
    return [*_constraints(model), *_bounds(model), *_domains(model)]


def _constraints(model: CompiledModel) -> list[Requirement]:
    rows: dict[str, list[Positions]] = {}
    first = 0
    for block in model.blocks:
        if not block.is_auxiliary:
            rows.setdefault(block.name, []).append(np.arange(first, first + len(block)))
        first += len(block)
    found = [Requirement("constraint", name, np.concatenate(parts)) for name, parts in rows.items()]
    return [each for each in found if len(each)]


def _bounds(model: CompiledModel) -> list[Requirement]:
    """The finite bounds; those of a semicontinuous variable belong to its domain."""
    found = []
    for block in model.variables:
        columns = np.arange(block.start, block.start + block.size)
        columns = columns[model.types[columns] != SEMICONTINUOUS]
        for kind, bounds in (("upper bound", model.upper), ("lower bound", model.lower)):
            limited = columns[np.isfinite(bounds[columns])]
            if len(limited):
                found.append(Requirement(_kind(kind), block.name, limited))
    return found


def _kind(word: str) -> RequirementKind:
    return "upper bound" if word == "upper bound" else "lower bound"


def _domains(model: CompiledModel) -> list[Requirement]:
    blocks = [(block.name, np.arange(block.start, block.start + block.size)) for block in model.variables]
    return [Requirement("domain", name, columns) for name, columns in blocks if model.types[columns].any()]
