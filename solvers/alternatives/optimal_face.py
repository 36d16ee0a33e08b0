"""All optimal answers of an LP: one answer and its duals say exactly which they are.

Any optimal answer meets the complementary slackness with any optimal dual: what has a dual stays at its bound. So the
optimal answers are what is left when those bounds are held, and moving the rest off its bounds shows in one solve
whether there is a second one (Appa, "On the uniqueness of solutions to linear programs", JORS 53, 2002).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from steepest.errors import SteepestError
from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions
from steepest.solvers.sensitivity.ranging import Ranged
from steepest.solvers.vectorized.scatter import Numbers, totals
from steepest.solvers.verification import row_activity

_FAR = 1e3
"""How far answers are searched for, relative to the largest value of the first one: the set of them is convex."""
_MOVED = 1e-6
"""A total move below this, relative to the values, is a solver's inexactness."""


class UndecidedError(SteepestError):
    """A solve ended without an answer, so that it proves nothing."""


@dataclass(frozen=True, eq=False)
class OptimalFace:
    """The optimal answers of an LP, as the feasible answers of another."""

    model: ArrayModel
    first: Ranged

    def moved(self, options: SolveOptions, control: SolveControl | None = None) -> Numbers | None:
        """Another answer than the first one; None is the proof that there is none.

        Raises:
            SolverError: The solver broke down.
            UndecidedError: The solve ended early.
        """
        model, first = self.model, self.first
        loose = ~first.column_is_basic & (model.lower < model.upper)
        cost = np.where(loose, _away(first.values, model.lower, model.upper), 0.0)
        activity = row_activity(model, first.values)
        loose_rows = ~first.row_is_basic & (model.row_lower < model.row_upper)
        weights = np.where(loose_rows, _away(activity, model.row_lower, model.row_upper), 0.0)
        rows = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
        cost = cost + totals(model.row_columns, model.row_coefficients * weights[rows], model.columns)
        return self.furthest(cost, options, control)

    def furthest(
        self, direction: Numbers, options: SolveOptions, control: SolveControl | None = None
    ) -> Numbers | None:
        """The answer that lies furthest in a direction; None where none is further than the first."""
        answer = solve_arrays(replace(self.model, sense="maximize", cost=direction, offset=0.0), options, control)
        if answer.status != "optimal" or answer.values is None:
            raise UndecidedError(f"a solve ended with {answer.status.replace('_', ' ')}")
        gain = float(direction @ (answer.values - self.first.values))
        size = 1 + float(np.abs(self.first.values).max(initial=0.0))
        return answer.values if gain > _MOVED * size else None

    def corners(
        self, columns: npt.NDArray[np.integer], options: SolveOptions, control: SolveControl | None = None
    ) -> Iterator[Numbers]:
        """Answers that have the largest and the least value of each of the columns, where these are not the first's."""
        for column in columns.tolist():
            for sign in (1.0, -1.0):
                direction = np.zeros(self.model.columns)
                direction[column] = sign
                found = self.furthest(direction, options, control)
                if found is not None:
                    yield found


def optimal_face(model: ArrayModel, first: Ranged) -> OptimalFace:
    """The optimal answers of an LP.

    Args:
        model: The LP.
        first: An optimal basis of it.
    """
    far = _FAR * (1 + float(np.abs(first.values).max(initial=0.0)))
    held = first.reduced_costs != 0
    tight = first.row_duals != 0
    activity = row_activity(model, first.values)
    at_upper = model.row_upper - activity <= activity - model.row_lower
    bound = np.where(at_upper, model.row_upper, model.row_lower)
    face = replace(
        _plain(model),
        lower=np.where(held, first.values, np.maximum(model.lower, first.values - far)),
        upper=np.where(held, first.values, np.minimum(model.upper, first.values + far)),
        row_lower=np.where(tight, bound, model.row_lower),
        row_upper=np.where(tight, bound, model.row_upper),
    )
    return OptimalFace(face, first)


def has_free_directions(model: ArrayModel, first: Ranged) -> bool:
    """Whether a column without bounds is outside of the basis: it can move both ways, and one solve looks one way."""
    return bool((~first.column_is_basic & ~np.isfinite(model.lower) & ~np.isfinite(model.upper)).any())


def _away(values: Numbers, lower: Numbers, upper: Numbers) -> Numbers:
    """The direction away from the nearer bound."""
    return np.where(upper - values < values - lower, -1.0, 1.0)


def _plain(model: ArrayModel) -> ArrayModel:
    """The arrays alone."""
    names = ArrayModel.__dataclass_fields__
    return ArrayModel(**{name: getattr(model, name) for name in names})
