"""SCIP in this process: the problem built through its API, run, told of, and stopped when asked.

Bestuzheva et al., "Global optimization of mixed-integer nonlinear programs with SCIP 8", 2023. The problem is built
from the checked postfix form; no text is parsed and no file written.
"""

import math
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.solvers.backends.expression_model import ExpressionModel, evaluated
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.scip_events import Watch, finite
from steepest.solvers.backends.scip_terms import TOLERANCE, Terms
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Status
from steepest.solvers.vectorized.columns import INTEGER, SEMICONTINUOUS
from steepest.solvers.vectorized.scatter import Numbers

if TYPE_CHECKING:
    import pyscipopt

_SMALLEST_GAP = 1e-6
"""Of a nonconvex problem, whose bound meets the objective in the limit only."""

_STATUS: dict[str, Status] = {
    "optimal": "optimal",
    "gaplimit": "optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "inforunbd": "infeasible_or_unbounded",
    "timelimit": "time_limit",
    "userinterrupt": "interrupted",
}


def run_scip(model: ExpressionModel, options: SolveOptions, control: SolveControl, start: Numbers | None) -> RawAnswer:
    """Solve a nonlinear problem in this process.

    Raises:
        SolverError: SCIP does not take the problem, or ends in an error of its own.
        UnsupportedProblemError: A term is one that SCIP has no exact form of.
    """
    problem = _Problem(model, options)
    solver = problem.solver
    if start is not None:
        problem.begin_with(start)
    watch = Watch(problem.variables, control, problem.version)
    solver.includeEventhdlr(watch, "watch", "tells of progress and better answers")
    begin = perf_counter()
    status = problem.run(control)
    if status == "infeasible_or_unbounded":
        status = problem.told_apart(control)
        return RawAnswer(status, None, None, None, None, perf_counter() - begin, problem.version)
    has_answer = status in ("optimal", "time_limit", "interrupted") and solver.getNSols() > 0
    best = solver.getBestSol() if has_answer else None
    return RawAnswer(
        status=status,
        values=np.array([solver.getSolVal(best, each) for each in problem.variables]) if has_answer else None,
        row_duals=None,
        bound=finite(solver, solver.getDualbound()) if status != "infeasible" else None,
        gap=finite(solver, solver.getGap()) if has_answer else None,
        seconds=perf_counter() - begin,
        solver=problem.version,
    )


class _Problem:
    """A problem that SCIP holds."""

    def __init__(self, model: ExpressionModel, options: SolveOptions) -> None:
        import pyscipopt

        self.model = model
        self.solver = pyscipopt.Model()
        self.solver.hideOutput()
        _set_options(self.solver, options)
        linear = model.linear
        self.variables = [
            self._variable(f"x{column}", low, high, kind)
            for column, (low, high, kind) in enumerate(zip(linear.lower, linear.upper, linear.types, strict=True))
        ]
        self._reached: pyscipopt.Variable | None = None
        self._terms = Terms(self.solver, self.variables, model)
        self._add_objective()
        for row in range(linear.rows):
            self._add_row(row)

    @property
    def version(self) -> str:
        """SCIP with its version."""
        return f"SCIP {self.solver.getMajorVersion()}.{self.solver.getMinorVersion()}.{self.solver.getTechVersion()}"

    def run(self, control: SolveControl) -> Status:
        """Solve to the end or the limit, or until the control is cancelled."""
        if control.cancelled:
            return "interrupted"
        try:
            with control.stopping(self.solver.interruptSolve):
                self.solver.optimizeNogil()  # so that other threads can go on, and one of them stop it
        except Exception as error:  # SCIP's return codes arrive as bare exceptions
            raise SolverError(f"SCIP broke down: {error}") from error
        ended = self.solver.getStatus()
        if ended not in _STATUS:
            raise SolverError(f"SCIP ended with: {ended}")
        return _STATUS[ended]

    def begin_with(self, start: Numbers) -> None:
        """Give SCIP the values that the bounds allow; it looks for the others, and forgets all if there are none."""
        linear = self.model.linear
        fits = (start >= linear.lower) & (start <= linear.upper)  # not so of NaN
        if not fits.any():
            return
        is_whole = bool(fits.all()) and self.solver.getNVars() == len(self.variables) + (self._reached is not None)
        point = self.solver.createSol() if is_whole else self.solver.createPartialSol()
        for column in np.flatnonzero(fits).tolist():
            self.solver.setSolVal(point, self.variables[column], float(start[column]))
        if is_whole and self._reached is not None:
            self.solver.setSolVal(point, self._reached, float(evaluated(self.model.expressions, start)[0]))
        self.solver.addSol(point)

    def told_apart(self, control: SolveControl) -> Status:
        """Infeasible or unbounded: without an objective only the first can be the case."""
        self.solver.freeTransform()
        self.solver.setObjective(0)
        again = self.run(control)
        return "unbounded" if again == "optimal" else again

    def _variable(self, name: str, low: float, high: float, kind: int) -> "pyscipopt.Variable":
        if kind != SEMICONTINUOUS or low <= 0:
            return self.solver.addVar(name, "I" if kind == INTEGER else "C", _bound(low), _bound(high))
        variable = self.solver.addVar(name, "C", 0.0, _bound(high))
        off = self.solver.addVar(f"{name}_off", "B")
        self.solver.addCons(variable + float(low) * off >= float(low))
        self.solver.addCons(variable + float(high) * off <= float(high))
        return variable

    def _add_objective(self) -> None:
        linear = self.model.linear
        total = _summed([float(c) * x for c, x in zip(linear.cost, self.variables, strict=True) if c]) + linear.offset
        nonlinear = self._terms.expression(0)
        if nonlinear is not None:
            reached = self._reached = self.solver.addVar("objective", "C", None, None)  # SCIP's own is linear
            room = (nonlinear <= reached) if linear.sense == "minimize" else (nonlinear >= reached)
            self.solver.addCons(room)
            total = total + reached
        self.solver.setObjective(total, linear.sense)

    def _add_row(self, row: int) -> None:
        import pyscipopt

        linear = self.model.linear
        terms = range(linear.row_starts[row], linear.row_starts[row + 1])
        body = _summed([float(linear.row_coefficients[t]) * self.variables[linear.row_columns[t]] for t in terms])
        nonlinear = self._terms.expression(row + 1)
        if nonlinear is not None:
            body = nonlinear + body
        low, high = _bound(linear.row_lower[row]), _bound(linear.row_upper[row])
        if isinstance(body, float):  # no variable in it: SCIP takes no such row
            body = body + 0 * self._nothing()
        if low is not None or high is not None:
            self.solver.addCons(pyscipopt.ExprCons(body, low, high))

    def _nothing(self) -> "pyscipopt.Variable":
        return self.solver.addVar(lb=0.0, ub=0.0)


def _set_options(solver: "pyscipopt.Model", options: SolveOptions) -> None:
    values: dict[str, Any] = {
        "limits/time": options.time_limit,
        "limits/gap": max(options.gap, _SMALLEST_GAP),
        "limits/absgap": _SMALLEST_GAP,
        "numerics/feastol": TOLERANCE,
        "constraints/nonlinear/tightenlpfeastol": False,  # below what its LP solver takes, which it says in every round
        "randomization/randomseedshift": options.seed,
        "parallel/maxnthreads": 1,
        "nlhdlr/quadratic/enabled": False,  # SCIP 10.0.2 cuts optima of `t*d == n` off by it once `d` is aggregated
        "propagating/probing/maxprerounds": 0,  # and by probing: neither is safe with SCIP 10.0.2's products of sums
        "misc/catchctrlc": False,  # it prints, and stops for nobody else
    }
    for name, value in values.items():
        if value is not None:
            solver.setParam(name, value)


def _bound(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _summed(terms: list[Any]) -> Any:
    import pyscipopt

    return pyscipopt.quicksum(terms) if terms else 0.0
