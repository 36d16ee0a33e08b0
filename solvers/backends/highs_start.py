"""An earlier answer as the place where HiGHS begins: a MIP takes a point, an LP a basis, a QP nothing.

From the basis of an answer the simplex method often has a few steps to go, where from scratch it has thousands. From
one that is far off it may have more than from scratch, each of them slower: it is given up then.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import row_activity

if TYPE_CHECKING:
    import highspy

NO_QUADRATIC_START = "the start was not used: HiGHS's method for quadratic objectives takes none"
_FEWEST_STEPS = 1_000
_ROWS_A_STEP = 10
"""A start has a thousand steps, and one more for every ten rows, to lead to the end. An LP of 20,000 rows takes 25,000
from scratch; from a near start it took none to 500, from one that was of no help 5,000 to 12,000, slower ones."""
_UNLIMITED = 2**31 - 1


def give_point(solver: "highspy.Highs", model: ArrayModel, start: Numbers) -> None:
    """Give a MIP the values that its bounds allow; HiGHS finds the others, and forgets all if there are none."""
    fits = (start >= model.lower) & (start <= model.upper)  # not so of NaN
    given = np.flatnonzero(fits).astype(np.int32)
    if len(given):
        solver.setSolution(len(given), given, start[given])


def give_basis(solver: "highspy.Highs", model: ArrayModel, start: Numbers) -> None:
    """Give an LP the basis that belongs to a point, and so many steps to come to the end from there.

    Args:
        solver: HiGHS with the model handed over.
        model: The same model.
        start: A value for each column, NaN where it has none: it is as near to 0 as its bounds allow then.
    """
    import highspy

    nearest = np.clip(0.0, model.lower, model.upper)
    point = np.clip(np.where(np.isnan(start), nearest, start), model.lower, model.upper)
    basis = highspy.HighsBasis()
    basis.valid = basis.alien = True  # alien: HiGHS mends it where it is no basis
    basis.col_status = _places(point, model.lower, model.upper)
    basis.row_status = _places(row_activity(model, point), model.row_lower, model.row_upper)
    solver.setBasis(basis)
    solver.setOptionValue("simplex_iteration_limit", _FEWEST_STEPS + model.rows // _ROWS_A_STEP)


def _places(values: Numbers, lower: Numbers, upper: Numbers) -> list["highspy.HighsBasisStatus"]:
    """Where values lie between their bounds: what is at neither is in the basis."""
    from highspy import HighsBasisStatus as Place

    room = FEASIBILITY * np.maximum(1.0, np.abs(values))
    number: npt.NDArray[np.int64] = np.where(values <= lower + room, 1, np.where(values >= upper - room, 2, 0))
    known = (Place.kBasic, Place.kLower, Place.kUpper)
    return [known[each] for each in number.tolist()]


def given_up(solver: "highspy.Highs") -> str:
    """Whether the start took too many steps, and if so a note of it; HiGHS has forgotten it then."""
    import highspy

    if solver.getModelStatus() != highspy.HighsModelStatus.kIterationLimit:
        return ""
    steps = solver.getInfo().simplex_iteration_count
    solver.clearSolver()
    solver.setOptionValue("simplex_iteration_limit", _UNLIMITED)
    return f"the start was given up: {steps:,} steps of the simplex method led from it to no end"
