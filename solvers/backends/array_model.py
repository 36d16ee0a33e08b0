"""A linear or quadratic problem as the arrays that a solver takes, wherever it comes from."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from steepest.solvers.formulation import Sense
from steepest.solvers.vectorized.scatter import Numbers

ProblemClass = Literal["LP", "MIP", "QP", "MIQP", "NLP", "MINLP"]


@dataclass(frozen=True, eq=False)
class Hessian:
    """The lower triangle of Q in `1/2 x'Qx`, in compressed sparse column form."""

    starts: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]
    values: Numbers
    term: str
    """The text that it comes from."""

    def widened(self, columns: int) -> "Hessian":
        """The same with more columns behind, which are in no product."""
        more = np.full(columns + 1 - len(self.starts), self.starts[-1], np.int32)
        return replace(self, starts=np.concatenate([self.starts, more]))


@dataclass(frozen=True, eq=False)
class ArrayModel:
    """`minimize or maximize offset + cost x + 1/2 x'Qx` with `row_lower <= A x <= row_upper` and bounds on x."""

    sense: Sense
    offset: float
    cost: Numbers
    lower: Numbers
    upper: Numbers
    types: npt.NDArray[np.int32]
    """0 continuous, 1 integer, 2 semicontinuous."""
    row_starts: npt.NDArray[np.int32]
    row_columns: npt.NDArray[np.int32]
    row_coefficients: Numbers
    row_lower: Numbers
    row_upper: Numbers
    hessian: Hessian | None

    @property
    def columns(self) -> int:
        """How many decision variables there are."""
        return len(self.cost)

    @property
    def rows(self) -> int:
        """How many constraints there are."""
        return len(self.row_lower)

    @property
    def nonzeros(self) -> int:
        """How many coefficients the constraints have."""
        return len(self.row_columns)

    @property
    def size(self) -> tuple[int, int, int]:
        """Rows, columns and nonzeros."""
        return self.rows, self.columns, self.nonzeros

    @property
    def problem_class(self) -> ProblemClass:
        """LP, MIP, QP or MIQP."""
        discrete = bool(self.types.any())
        if self.hessian is not None:
            return "MIQP" if discrete else "QP"
        return "MIP" if discrete else "LP"

    def row_name(self, row: int) -> str:
        """What a message calls a constraint, such as `stock[flour]`; its number where it has no name."""
        return f"number {row + 1}"

    def column_name(self, column: int) -> str:
        """What a message calls a variable, such as `bake[bread]`; its number where it has no name."""
        return f"number {column + 1}"


@dataclass(frozen=True, eq=False)
class NamedModel(ArrayModel):
    """Arrays whose rows and columns have a name each."""

    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    added_columns: tuple[int, ...] = ()
    """Columns that stand for no variable of whoever wrote the model, rising: they belong to no answer."""

    def row_name(self, row: int) -> str:
        """The constraint's name."""
        return self.row_names[row]

    def column_name(self, column: int) -> str:
        """The variable's name."""
        return self.column_names[column]
