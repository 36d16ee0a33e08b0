"""Tests which requirements of compiled arrays can be met at once, in one HiGHS model that is changed and run again.

A row that is not asked for has free bounds, so that an LP goes on from the basis of the test before.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.highs import handed_over, run_again, run_killable, stops_soon
from steepest.solvers.backends.scaling import scaled
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.infeasibility.requirements import Positions, Requirement
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Status
from steepest.solvers.spending import Spending
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.columns import CONTINUOUS, INTEGER, SEMICONTINUOUS
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers, totals

_ROUNDING = 1e-9


class RowProbe:
    """Tests sets of requirements of one model; auxiliary rows and columns are always asked for.

    Args:
        model: The compiled model; its objective plays no part.
        spending: What the tests may take.

    Raises:
        FormulationError: A bound or coefficient is infinite or zero to a solver.
        SolverError: HiGHS does not take the model.
    """

    def __init__(self, model: CompiledModel, spending: Spending) -> None:
        free = replace(model, cost=np.zeros(model.columns), offset=0.0, hessian=None)
        self._model = scaled(free).model
        self._raw = model
        self._spending = spending
        self._own_rows, self._own_columns = _own(model)
        self._tests_mip = False
        self._begin_free()

    def __call__(self, requirements: Sequence[Requirement]) -> bool | None:
        """Whether the requirements can be met at once; None if that was not found out in time.

        Raises:
            BudgetSpentError: The budget is spent, or the user interrupts.
        """
        rows, lower, upper, types = self._asked(requirements)
        if self._is_plainly_infeasible(rows, lower, upper):
            return False
        limit = self._spending.next_limit()
        if not self._model.columns:
            return True
        try:
            status = self._status(rows, lower, upper, types, limit)
        except SolverError:
            return None
        if status == "interrupted":
            raise self._spending.interrupt()
        return {"infeasible": False, "optimal": True, "unbounded": True}.get(status)

    def _status(
        self,
        rows: npt.NDArray[np.bool_],
        lower: Numbers,
        upper: Numbers,
        types: npt.NDArray[np.int32],
        limit: float,
    ) -> Status:
        """How a test ends; that of a large MIP, which has nothing to go on from, where it can be killed."""
        asked = self._restricted(rows, lower, upper, types)
        self._tests_mip = bool(types.any())
        if self._tests_mip and not stops_soon(asked):
            return run_killable(asked, SolveOptions(time_limit=limit), self._spending.control, None).status
        self._change(rows, lower, upper, types)
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + limit)
        return run_again(self._solver, self._spending.control)

    def in_certificate(self, requirements: Sequence[Requirement]) -> list[Requirement] | None:
        """The rows among the requirements that the last test's certificate of infeasibility uses, others as they are.

        None where there is no certificate: after a MIP, or where presolve alone found the conflict.
        """
        if self._tests_mip:
            return None
        _, has_ray = self._solver.getDualRayExist()
        if not has_ray:
            return None
        _, _, ray = self._solver.getDualRay()
        multipliers = np.abs(np.asarray(ray))
        used = multipliers > _ROUNDING * multipliers.max(initial=0.0)
        rows = [each for each in requirements if each.kind != "constraint" or used[each.at].any()]
        return rows if len(rows) < len(requirements) else None

    def _begin_free(self) -> None:
        """Hand the model over with nothing asked for but what is always asked for."""
        model = self._model
        rows, lower, upper, types = self._asked([])
        self._rows, self._lower, self._upper, self._types = rows, lower, upper, types
        if not model.columns:
            return
        self._solver: Any = handed_over(self._restricted(rows, lower, upper, types), SolveOptions())
        self._solver.setOptionValue("presolve", "choose")

    def _restricted(
        self, rows: npt.NDArray[np.bool_], lower: Numbers, upper: Numbers, types: npt.NDArray[np.int32]
    ) -> ArrayModel:
        """The model with these rows, bounds and types only."""
        model = self._model
        return replace(
            model,
            lower=lower,
            upper=upper,
            types=types,
            row_lower=np.where(rows, model.row_lower, -np.inf),
            row_upper=np.where(rows, model.row_upper, np.inf),
        )

    def _asked(
        self, requirements: Sequence[Requirement]
    ) -> tuple[npt.NDArray[np.bool_], Numbers, Numbers, npt.NDArray[np.int32]]:
        """Which rows are asked for, and the bounds and types of the columns."""
        model, raw = self._model, self._raw
        whole = ~self._own_columns & (model.types == INTEGER)
        whole[_positions(requirements, "domain")] = True
        rows = ~self._own_rows
        rows[_positions(requirements, "constraint")] = True
        low, high = ~self._own_columns, ~self._own_columns
        low[_positions(requirements, "lower bound")] = True
        high[_positions(requirements, "upper bound")] = True
        semi = whole & (model.types == SEMICONTINUOUS)
        integer = whole & (model.types == INTEGER)
        low, high = low | semi, high | semi
        lower = np.where(low, np.where(integer, model.lower, raw.lower), -np.inf)
        upper = np.where(high, np.where(integer, model.upper, raw.upper), np.inf)
        types = np.where(whole, model.types, CONTINUOUS).astype(np.int32)
        return rows, lower, upper, types

    def _is_plainly_infeasible(self, rows: npt.NDArray[np.bool_], lower: Numbers, upper: Numbers) -> bool:
        """Whether a row or column asked for has no value between its bounds, which HiGHS refuses."""
        model = self._model
        if (lower > upper).any() or (rows & (model.row_lower > model.row_upper)).any():
            return True
        empty = rows & (np.diff(model.row_starts) == 0)
        return bool((empty & ((model.row_lower > FEASIBILITY) | (model.row_upper < -FEASIBILITY))).any())

    def _change(
        self, rows: npt.NDArray[np.bool_], lower: Numbers, upper: Numbers, types: npt.NDArray[np.int32]
    ) -> None:
        """Bring the solver's model from the last test's requirements to these."""
        model, solver = self._model, self._solver
        changed = np.flatnonzero(rows != self._rows).astype(np.int32)
        if len(changed):
            on = rows[changed]
            low, high = model.row_lower[changed], model.row_upper[changed]
            solver.changeRowsBounds(len(changed), changed, np.where(on, low, -np.inf), np.where(on, high, np.inf))
        moved = np.flatnonzero((lower != self._lower) | (upper != self._upper)).astype(np.int32)
        if len(moved):
            solver.changeColsBounds(len(moved), moved, lower[moved], upper[moved])
        retyped = np.flatnonzero(types != self._types).astype(np.int32)
        if len(retyped):
            solver.changeColsIntegrality(len(retyped), retyped, types[retyped].astype(np.uint8))
        self._rows, self._lower, self._upper, self._types = rows, lower, upper, types


def _own(model: CompiledModel) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which rows and columns are those of the formulation, and not what linearization put in."""
    rows = np.concatenate([np.empty(0, bool), *(np.full(len(each), not each.is_auxiliary) for each in model.blocks)])
    columns = np.zeros(model.columns, bool)
    for block in model.variables:
        columns[block.start : block.start + block.size] = True
    return rows, columns


def _positions(requirements: Sequence[Requirement], kind: str) -> Positions:
    return np.concatenate([np.empty(0, np.int64), *(each.at for each in requirements if each.kind == kind)])


def columns_of(model: CompiledModel, rows: Positions) -> Positions:
    """The columns that stand in any of these rows."""
    asked = np.zeros(model.rows, bool)
    asked[rows] = True
    in_rows = np.repeat(asked, np.diff(model.row_starts))
    return np.flatnonzero(totals(model.row_columns[in_rows], np.ones(int(in_rows.sum())), model.columns))
