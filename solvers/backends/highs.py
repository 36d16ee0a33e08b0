"""HiGHS as a back end: hands over the arrays in one call, runs, can be stopped, and says how it ended.

The array overload of `passModel` is used because filling a `HighsLp` attribute by attribute goes through Python lists
(3 times slower at a million columns). HiGHS: Huangfu and Hall, "Parallelizing the dual revised simplex method", 2018.
"""

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.solvers.backends.apart.solving import is_killable, run_apart
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.highs_running import Watch, its_turn, run
from steepest.solvers.backends.highs_start import NO_QUADRATIC_START, give_basis, give_point, given_up
from steepest.solvers.backends.quadratic import solve_quadratic
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.scaling import SMALLEST_COEFFICIENT, scaled
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Status
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.scatter import Numbers

if TYPE_CHECKING:
    import highspy

_SMALL_LP = 20_000
_SMALL_MIP = 3_000
"""Nonzeros and columns with which HiGHS is sure to heed a cancel soon; 10,000 of a MIP kept it for seconds."""
_SMALL_QP = 300
"""Columns and rows of a QP that takes HiGHS less than a second anyway."""
_ABSOLUTE_GAP = 1e-9
_INTEGRALITY = 1e-9
"""HiGHS's own 1e-6 lets `x <= 1e7 * open` open a tenth of a millionth."""


def solve_with_highs(
    model: ArrayModel, options: SolveOptions, control: SolveControl | None = None, start: Numbers | None = None
) -> RawAnswer:
    """Solve an LP, MIP or convex QP.

    A cancel, or a Ctrl-C while the solver runs, stops it and gives the incumbent with the status `interrupted`. A model
    that HiGHS may not stop for is solved in a process that can be killed. In one process threads solve one after
    another; processes solve side by side.

    Args:
        model: The model.
        options: Limits and tolerances.
        control: Told of progress, and may end the solve.
        start: A point to begin with: a value for each column, NaN where it has none. What is beyond the bounds of a
            MIP is left open, and so is all of it where no answer has those values; an LP begins with its basis; a QP
            has no use for it. The note of the answer says where it was not used.

    Raises:
        FormulationError: A bound or coefficient is infinite or zero to a solver.
        SolverError: HiGHS does not take the model, ends in an error of its own, or finds no answer that is one.
    """
    if not model.columns:
        return _without_columns(model)
    scaling = scaled(model)
    if scaling.bounds_cross:
        return _INFEASIBLE
    control = (control or SolveControl()).through(scaling.unscaled_progress)
    return scaling.unscaled(run_killable(scaling.model, options, control, start))


def run_killable(model: ArrayModel, options: SolveOptions, control: SolveControl, start: Numbers | None) -> RawAnswer:
    """Solve a scaled model: in this process if HiGHS heeds a cancel there, else in one that can be killed.

    Raises:
        SolverError: As `solve_with_highs`.
    """
    run_it = run_highs if stops_soon(model) or is_killable() else partial(run_apart, "highs")
    return run_it(model, options, control, start)


def stops_soon(model: ArrayModel) -> bool:
    """Whether HiGHS heeds a cancel within a second: not in the LP of a large MIP or while it factors, never in a QP."""
    if model.hessian is not None:
        return model.columns + model.rows <= _SMALL_QP
    return model.nonzeros + model.columns <= (_SMALL_MIP if model.types.any() else _SMALL_LP)


def run_highs(model: ArrayModel, options: SolveOptions, control: SolveControl, start: Numbers | None) -> RawAnswer:
    """Solve a scaled model in this process.

    Raises:
        SolverError: As `solve_with_highs`.
    """
    with its_turn(control) as may_run:
        return _run(model, options, control, start) if may_run else _NOT_BEGUN


def _run(model: ArrayModel, options: SolveOptions, control: SolveControl, start: Numbers | None) -> RawAnswer:
    solver = handed_over(model, options)
    begin = perf_counter()
    is_mip = bool(model.types.any())
    watch = Watch(solver, control, is_mip=is_mip)
    note = ""
    if model.hessian is not None:
        end = begin + (options.time_limit or np.inf)
        status = solve_quadratic(solver, model, lambda: _quadratic_status(solver, end, control, watch))
        note = NO_QUADRATIC_START if start is not None else ""
    elif start is not None and not is_mip:
        status, note = _linear_status(solver, model, start, control, watch)
    else:
        if start is not None:
            give_point(solver, model, start)
        status = _run_status(solver, control, watch)
    if status == "infeasible_or_unbounded":
        status = _told_apart(solver, control)
    answer = _solution(solver, status)
    info = solver.getInfo()
    has_duals = answer is not None and status == "optimal" and not is_mip and answer.dual_valid
    return RawAnswer(
        status=status,
        values=np.array(answer.col_value) if answer is not None else None,
        row_duals=np.array(answer.row_dual) if has_duals else None,
        bound=float(info.mip_dual_bound) if is_mip and np.isfinite(info.mip_dual_bound) else None,
        gap=float(info.mip_gap) if is_mip and answer is not None and np.isfinite(info.mip_gap) else None,
        seconds=perf_counter() - begin,
        solver=f"HiGHS {solver.version()}",
        note=note,
    )


def _linear_status(
    solver: "highspy.Highs", model: ArrayModel, start: Numbers, control: SolveControl, watch: Watch
) -> tuple[Status, str]:
    """Run an LP from the basis of a start, and from scratch if that leads nowhere; a note says so then."""
    give_basis(solver, model, start)
    if run(solver, control, watch):
        return "interrupted", ""
    note = given_up(solver)
    return (_run_status(solver, control, watch) if note else _status(solver)), note


_INFEASIBLE = RawAnswer("infeasible", None, None, None, None, 0.0, "none needed")
_NOT_BEGUN = RawAnswer("interrupted", None, None, None, None, 0.0, "HiGHS")


def _without_columns(model: ArrayModel) -> RawAnswer:
    """What the bounds of the rows alone decide: HiGHS calls a model without columns optimal whatever its rows say."""
    holds = bool((model.row_lower <= FEASIBILITY).all() and (model.row_upper >= -FEASIBILITY).all())
    return RawAnswer("optimal", np.empty(0), None, None, None, 0.0, "none needed") if holds else _INFEASIBLE


def _solution(solver: "highspy.Highs", status: Status) -> Any:
    """HiGHS's answer or incumbent, if there is one."""
    import highspy

    if status not in ("optimal", "time_limit", "interrupted"):
        return None
    if solver.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible:
        return solver.getSolution()
    if status == "optimal":
        raise SolverError("HiGHS calls the problem solved but has no feasible answer: its numbers differ too much")
    return None


def handed_over(model: ArrayModel, options: SolveOptions) -> "highspy.Highs":
    """A HiGHS instance that holds the model and the options.

    Raises:
        SolverError: HiGHS does not take the model.
    """
    import highspy

    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    _set_options(solver, options)
    hessian = model.hessian
    none = np.empty(0, np.int32)
    status = solver.passModel(
        model.columns,
        model.rows,
        model.nonzeros,
        len(hessian.values) if hessian else 0,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.HessianFormat.kTriangular),
        int(highspy.ObjSense.kMaximize if model.sense == "maximize" else highspy.ObjSense.kMinimize),
        model.offset,
        model.cost,
        model.lower,
        model.upper,
        model.row_lower,
        model.row_upper,
        model.row_starts,
        model.row_columns,
        model.row_coefficients,
        hessian.starts if hessian else none,
        hessian.rows if hessian else none,
        hessian.values if hessian else np.empty(0),
        model.types,
    )
    if status != highspy.HighsStatus.kOk:  # a warning: HiGHS left something out, and would solve another problem
        raise SolverError(
            "HiGHS does not take the model as it is: a bound, a coefficient or a quadratic term is out of its range. "
            "Bring the quantities to units in which their numbers are of similar size"
        )
    return solver


def _set_options(solver: "highspy.Highs", options: SolveOptions) -> None:
    values: dict[str, Any] = {
        "time_limit": options.time_limit,
        "mip_rel_gap": options.gap,
        "mip_abs_gap": _ABSOLUTE_GAP,
        "mip_feasibility_tolerance": _INTEGRALITY,
        "small_matrix_value": SMALLEST_COEFFICIENT,
        "threads": options.threads,
        "random_seed": options.seed,
    }
    if options.threads is not None:
        solver.resetGlobalScheduler(True)  # the thread pool keeps its first size otherwise
    for name, value in values.items():
        if value is not None:
            solver.setOptionValue(name, value)


def run_again(solver: "highspy.Highs", control: SolveControl | None = None) -> Status:
    """Run a solver that was handed a model before and changed since, from where it stands; the control may end it.

    Raises:
        SolverError: HiGHS ends in an error of its own.
    """
    control = control or SolveControl()
    with its_turn(control) as may_run:
        return _run_status(solver, control) if may_run else "interrupted"


def _run_status(solver: "highspy.Highs", control: SolveControl, watch: Watch | None = None) -> Status:
    """Run to the end, and how that ended."""
    return "interrupted" if run(solver, control, watch) else _status(solver)


def _status(solver: "highspy.Highs") -> Status:
    from highspy import HighsModelStatus as Ended

    ended = solver.getModelStatus()
    known: dict[Any, Status] = {
        Ended.kOptimal: "optimal",
        Ended.kInfeasible: "infeasible",
        Ended.kUnbounded: "unbounded",
        Ended.kUnboundedOrInfeasible: "infeasible_or_unbounded",
        Ended.kTimeLimit: "time_limit",
        Ended.kInterrupt: "interrupted",
    }
    if ended not in known:
        raise SolverError(f"HiGHS ended with: {solver.modelStatusToString(ended)}")
    return known[ended]


def _quadratic_status(solver: "highspy.Highs", end: float, control: SolveControl, watch: Watch) -> Status:
    """Run a QP, whose solver may break down or go round in a circle, and which is solved several times at need."""
    from highspy import HighsModelStatus as Ended

    if perf_counter() > end:
        return "time_limit"
    if run(solver, control, watch):
        return "interrupted"
    ended = solver.getModelStatus()
    if ended in (Ended.kIterationLimit, Ended.kNotset, Ended.kUnknown, Ended.kSolveError):
        return "failed"
    return _status(solver)


def _told_apart(solver: "highspy.Highs", control: SolveControl) -> Status:
    """Infeasible or unbounded: without an objective only the first can be the case."""
    import highspy

    columns = solver.getNumCol()
    solver.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
    if run(solver, control):
        return "interrupted"
    ended = solver.getModelStatus()
    if ended == highspy.HighsModelStatus.kInfeasible:
        return "infeasible"
    return "unbounded" if ended == highspy.HighsModelStatus.kOptimal else "infeasible_or_unbounded"
