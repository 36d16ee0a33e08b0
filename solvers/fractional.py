"""An objective that is a ratio of linear sums over linear constraints, solved exactly by a few linear problems.

Dinkelbach, "On nonlinear fractional programming", Management Science 13(7), 1967: where the divisor D is positive, N/D
is at its best value r exactly if the best of N - r D is 0; taking for r the ratio at each answer in turn comes there in
superlinear steps, with whole numbers too. SCIP needs bounds on everything for the same and often finds no proof.
"""

from dataclasses import dataclass, replace
from time import perf_counter

from steepest.solvers.answer import STOPPED_EARLY, Answer
from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.data.instance_data import Data
from steepest.solvers.formulation import Formulation, Objective
from steepest.solvers.language.expressions import Arithmetic, Expression, Name
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.starts import start_values
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import objective_value

_CUT_SHORT = ("time_limit", "interrupted")
_MOST_STEPS = 100
"""Far beyond what superlinear steps need: a solve that does not end is a solver's inexactness."""
_CLOSE = 1e-9
"""Of the ratio: how much better, relatively, an answer could be than the one that is called best."""
_NEAR = 1e-6
"""The same where a solver's tolerances allow no better answer to be found."""
_POSITIVE = 1e-7
"""A divisor below this could as well be zero."""


@dataclass(frozen=True, eq=False)
class Ratio:
    """Two linear functions over the same columns and rows; `numerator / denominator` is the objective."""

    numerator: CompiledModel
    denominator: CompiledModel

    def at(self, values: Numbers) -> float:
        """The ratio at a point."""
        return objective_value(self.numerator, values) / objective_value(self.denominator, values)

    def turned(self) -> "Ratio":
        """The same ratio with the signs of both functions turned round."""
        return Ratio(_negated(self.numerator), _negated(self.denominator))

    def parametric(self, ratio: float, sign: float) -> CompiledModel:
        """Maximize `sign * (numerator - ratio * denominator)`."""
        top, bottom = self.numerator, self.denominator
        return replace(
            top,
            sense="maximize",
            cost=sign * (top.cost - ratio * bottom.cost),
            offset=sign * (top.offset - ratio * bottom.offset),
        )


def read_ratio(formulation: Formulation, data: Data) -> Ratio | None:
    """The one objective as a ratio of linear functions; None if it is none, or the constraints are not linear.

    Raises:
        FormulationError: The data do not fit.
    """
    if len(formulation.objectives) != 1:
        return None
    match _spelt_out(formulation.objectives[0].expression, formulation):
        case Arithmetic("/", numerator, denominator):
            pass
        case _:
            return None
    try:
        models = [compile_formulation(_with_objective(formulation, part), data) for part in (numerator, denominator)]
    except UnsupportedProblemError:
        return None
    if any(model.hessian is not None or model.is_rewritten for model in models):
        return None  # auxiliary columns are defined for one objective, and the two parts are two
    return Ratio(*models)


def solve_ratio(
    formulation: Formulation,
    ratio: Ratio,
    options: SolveOptions,
    control: SolveControl | None = None,
    start: Solution | None = None,
) -> Answer | None:
    """Solve for the best ratio; None where the divisor may be zero or the best ratio is not reached.

    Args:
        formulation: Whose objective is the ratio.
        ratio: The two parts of it.
        options: Limits and tolerances; the time limit is that of all linear problems together.
        control: Told of progress, and may end the solve.
        start: An answer to begin with.

    Raises:
        SolverError: The solver broke down, or its answer breaks the model.
    """
    clock = _Clock(options, control or SolveControl(), start_values(ratio.numerator, start))
    sign = 1.0 if formulation.objectives[0].sense == "maximize" else -1.0
    smallest = _solved(replace(ratio.denominator, sense="minimize"), clock)
    if smallest.status == "infeasible":
        return smallest
    if smallest.status in _CUT_SHORT:
        return _stopped(smallest, smallest.values, ratio, clock)
    least = smallest.objective if smallest.bound is None else smallest.bound
    if smallest.values is not None and least is not None and least > _POSITIVE:
        return _improved(ratio, smallest.values, least, sign, clock)
    largest = _solved(replace(ratio.denominator, sense="maximize"), clock)
    if largest.status in _CUT_SHORT:
        return _stopped(largest, None, ratio, clock)  # the divisor may be zero where it stands
    most = largest.objective if largest.bound is None else largest.bound
    if largest.values is None or most is None or most >= -_POSITIVE:
        return None
    return _improved(ratio.turned(), largest.values, -most, sign, clock)


def _improved(ratio: Ratio, values: Numbers, least: float, sign: float, clock: "_Clock") -> Answer | None:
    """Dinkelbach's steps from a feasible point; `least` is what the denominator is at least."""
    best = ratio.at(values)
    for _ in range(_MOST_STEPS):
        answer = _solved(ratio.parametric(best, sign), clock)
        reached = best if answer.values is None else ratio.at(answer.values)
        is_better = sign * (reached - best) > 0
        if is_better and answer.values is not None:
            values, best = answer.values, reached
        clock.start = values
        if answer.status in _CUT_SHORT:
            return _stopped(answer, values, ratio, clock)
        proven = answer.objective if answer.bound is None else answer.bound
        if answer.status != "optimal" or proven is None:
            return None
        room = max(proven, 0.0) / least  # how much better any ratio can be
        if room <= max(_CLOSE if is_better else _NEAR, clock.gap) * max(1.0, abs(best)):
            return replace(_told(answer, values, ratio, clock), message="", bound=best + sign * room)
        if not is_better:
            return None
    return None


def _stopped(answer: Answer, values: Numbers | None, ratio: Ratio, clock: "_Clock") -> Answer:
    """What there is when the time is up or the user has enough; the ratio at the best point so far, if there is one."""
    if values is None:
        return replace(answer, bound=None, gap=None, seconds=clock.spent)
    return replace(_told(answer, values, ratio, clock), message=STOPPED_EARLY)


def _told(answer: Answer, values: Numbers, ratio: Ratio, clock: "_Clock") -> Answer:
    """What is known of the ratio, in place of what is known of the last linear problem."""
    return replace(
        answer,
        values=values,
        objective=ratio.at(values),
        bound=None,
        gap=None,
        row_duals=None,
        seconds=clock.spent,
        note="",
    )


class _Clock:
    """The time limit of a solve, shared by the solves that it is made of, and the point where the next one begins."""

    def __init__(self, options: SolveOptions, control: SolveControl, start: Numbers | None) -> None:
        self._options = options
        self.control = control.through(self._told)
        self.start = start
        self.gap = options.gap
        self._begin = perf_counter()
        self.spent = 0.0
        """Seconds of the solvers alone."""

    def _told(self, progress: SolveProgress) -> SolveProgress:
        """Progress of a linear problem, whose objective is not the ratio: the time alone says something."""
        seconds = self.spent + progress.seconds
        return replace(progress, seconds=seconds, objective=None, bound=None, gap=None, current=None)

    def options(self) -> SolveOptions:
        """The options with what is left of the time."""
        limit = self._options.time_limit
        if limit is None:
            return self._options
        return self._options.model_copy(update={"time_limit": max(0.01, limit - (perf_counter() - self._begin))})


def _solved(model: CompiledModel, clock: _Clock) -> Answer:
    answer = solve_arrays(model, clock.options(), clock.control, clock.start)
    clock.spent += answer.seconds
    return answer


def _spelt_out(expression: Expression, formulation: Formulation) -> Expression:
    """The expression, or that of the let that it names."""
    lets = {let.name: let for let in formulation.lets if let.index is None}
    met: set[str] = set()
    while isinstance(expression, Name) and expression.name in lets and expression.name not in met:
        met.add(expression.name)
        expression = lets[expression.name].expression
    return expression


def _negated(model: CompiledModel) -> CompiledModel:
    return replace(model, cost=-model.cost, offset=-model.offset)


def _with_objective(formulation: Formulation, expression: Expression) -> Formulation:
    return formulation.model_copy(update={"objectives": [Objective(sense="maximize", expression=expression)]})
