"""CP-SAT in this process: the model built through its API, run, told of, and stopped when asked.

Perron, Didier and Gay, "The CP-SAT-LP Solver", CP 2023. Imports ortools: for a process that has not loaded HiGHS.
"""

import os
from importlib.metadata import version
from time import perf_counter
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.constraint_programming.model import Constraint, Expression, WholeModel
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Status

NAME = f"CP-SAT {version('ortools')}"

_REPORT_SECONDS = 0.2
_SEARCHES = 8
"""On fewer cores too: they go about it in different ways, and the one that a problem needs should be among them."""

_STATUS: dict[Any, Status] = {
    cp_model.OPTIMAL: "optimal",
    cp_model.INFEASIBLE: "infeasible",
    cp_model.FEASIBLE: "time_limit",
    cp_model.UNKNOWN: "time_limit",
}


def run_cp_sat(model: WholeModel, options: SolveOptions, control: SolveControl) -> RawAnswer:
    """Search for the best answer, or for any where there is no objective.

    Raises:
        SolverError: CP-SAT does not take the model.
    """
    begin = perf_counter()
    built = _Built(model)
    solver = cp_model.CpSolver()
    _set_options(solver.parameters, options)
    watch = _Watch(model, built.variables, control)
    solver.best_bound_callback = watch.hear_bound
    with control.stopping(solver.stop_search):
        ended = solver.solve(built.model, watch)
    if ended not in _STATUS:
        raise SolverError(f"CP-SAT does not take the model: {built.model.validate()[:500]}")
    status: Status = "interrupted" if control.cancelled and _STATUS[ended] == "time_limit" else _STATUS[ended]
    has_answer = ended in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    has_bound = model.objective is not None and status != "infeasible"
    bound = solver.best_objective_bound / model.scale if has_bound else None
    objective = solver.objective_value / model.scale if has_bound and has_answer else None
    return RawAnswer(
        status=status,
        values=np.array([solver.value(each) for each in built.variables], np.float64) if has_answer else None,
        row_duals=None,
        bound=bound,
        gap=_gap(objective, bound),
        seconds=perf_counter() - begin,
        solver=NAME,
    )


def _set_options(parameters: Any, options: SolveOptions) -> None:
    """The options in CP-SAT's words.

    Without a seed the searches run side by side, and what is found depends on who is first. With one there is a single
    search, or as many as were asked for take turns by work done and not by the clock, so that a run repeats.
    """
    parameters.relative_gap_limit = options.gap
    if options.time_limit is not None:
        parameters.max_time_in_seconds = options.time_limit
    parameters.num_workers = options.threads or max(_SEARCHES, os.cpu_count() or 1)
    if options.seed is not None:
        parameters.random_seed = options.seed
        parameters.num_workers = options.threads or 1
        parameters.interleave_search = parameters.num_workers > 1


def _gap(objective: float | None, bound: float | None) -> float | None:
    """The distance between objective and bound, relative to the objective above 1, as CP-SAT measures it."""
    return None if objective is None or bound is None else abs(objective - bound) / max(1.0, abs(objective))


class _Built:
    """A model in CP-SAT's own objects."""

    def __init__(self, model: WholeModel) -> None:
        self.model = cp_model.CpModel()
        self.variables = [
            self.model.new_int_var(low, high, "") for low, high in zip(model.low, model.high, strict=True)
        ]
        for constraint in model.constraints:
            self._add(constraint)
        if model.objective is not None:
            objective = self._expression(model.objective)
            (self.model.minimize if model.sense == "minimize" else self.model.maximize)(objective)
        for column, value in model.start.items():
            self.model.add_hint(self.variables[column], value)

    def _expression(self, expression: Expression) -> Any:
        if not expression.columns:
            return expression.constant
        columns = [self.variables[column] for column in expression.columns]
        return cp_model.LinearExpr.weighted_sum(columns, expression.factors) + expression.constant

    def _literal(self, literal: int) -> Any:
        return self.variables[literal] if literal >= 0 else ~self.variables[~literal]

    def _add(self, constraint: Constraint) -> None:
        model, numbers = self.model, constraint.numbers
        expressions = [self._expression(each) for each in constraint.expressions]
        literals = [self._literal(each) for each in constraint.literals]
        match constraint.kind:
            case "linear":
                domain = cp_model.Domain.from_flat_intervals(numbers)
                added = model.add_linear_expression_in_domain(expressions[0], domain)
            case "clause":
                added = model.add_bool_or(literals)
            case "all":
                added = model.add_bool_and(literals)
            case "product":
                added = model.add_multiplication_equality(expressions[0], expressions[1:])
            case "absolute":
                added = model.add_abs_equality(expressions[0], expressions[1])
            case "max":
                added = model.add_max_equality(expressions[0], expressions[1:])
            case "min":
                added = model.add_min_equality(expressions[0], expressions[1:])
            case "element":
                added = model.add_element(expressions[1], list(numbers), expressions[0])
            case _:
                added = self._add_global(constraint, expressions, literals)
        if constraint.given:
            added.only_enforce_if([self._literal(each) for each in constraint.given])

    def _add_global(self, constraint: Constraint, expressions: list[Any], literals: list[Any]) -> Any:
        numbers = constraint.numbers
        match constraint.kind:
            case "all_different":
                return self.model.add_all_different(expressions)
            case "no_overlap":
                return self.model.add_no_overlap(self._intervals(expressions))
            case "cumulative":
                capacity, *rest = expressions
                count = len(rest) // 4
                return self.model.add_cumulative(self._intervals(rest[: 3 * count]), rest[3 * count :], capacity)
            case "circuit":
                return self.model.add_circuit(list(zip(numbers[::2], numbers[1::2], literals, strict=True)))
        raise SolverError(f"there is no constraint of the kind {constraint.kind}")

    def _intervals(self, ends: list[Any]) -> list[Any]:
        """Starts, durations and ends, one task behind the other, as intervals."""
        return [self._interval(*task) for task in zip(ends[::3], ends[1::3], ends[2::3], strict=True)]

    def _interval(self, start: Any, duration: Any, end: Any) -> Any:
        if isinstance(duration, int):
            return self.model.new_fixed_size_interval_var(start, duration, "")
        return self.model.new_interval_var(start, duration, end, "")


class _Watch(cp_model.CpSolverSolutionCallback):
    """Hands better answers and progress to the control, as CP-SAT comes by."""

    def __init__(self, model: WholeModel, variables: list[Any], control: SolveControl) -> None:
        super().__init__()
        self._model = model
        self._variables = variables
        self._control = control
        self._begin = perf_counter()
        self._reported = 0.0
        self._objective: float | None = None
        self._bound: float | None = None
        self._report()

    def on_solution_callback(self) -> None:
        """Take in a better answer."""
        if self._model.objective is not None:
            self._objective = self.objective_value / self._model.scale
            self._bound = self.best_objective_bound / self._model.scale
        if self._control.wants_incumbents:
            self._control.keep(np.array([self.value(each) for each in self._variables], np.float64))
        self._report_in_time()

    def hear_bound(self, bound: float) -> None:
        """Take in a better bound."""
        self._bound = bound / self._model.scale
        self._report_in_time()

    def _report_in_time(self) -> None:
        seconds = perf_counter() - self._begin
        if seconds - self._reported >= _REPORT_SECONDS:
            self._reported = seconds
            self._report()

    def _report(self) -> None:
        gap = _gap(self._objective, self._bound)
        seconds = perf_counter() - self._begin
        self._control.report(SolveProgress(seconds, self._objective, self._bound, gap, None, NAME))
