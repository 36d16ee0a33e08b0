"""SCIP as a back end for what HiGHS does not take: nonconvex, nonlinear, and with whole numbers (extra `nonlinear`).

Bestuzheva et al., "Global optimization of mixed-integer nonlinear programs with SCIP 8", 2023. The problem is built
through the API from the checked postfix form; no text is parsed and no file written.
"""

import math
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.solvers.backends.expression_model import FUNCTIONS, ExpressionModel, Operator, height
from steepest.solvers.backends.intervals import Interval, Intervals, boxed
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Status
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.algebra import UnsupportedProblemError

if TYPE_CHECKING:
    import pyscipopt

_NEXT_TO_INFINITE = 0.1
"""Of SCIP's infinity: an infinite bound has been shifted and scaled by the time that it is handed out."""
_TOLERANCE = FEASIBILITY / 10
"""SCIP's own, so that what it calls feasible is within ours."""
_SMALLEST_GAP = 1e-6
"""Of a nonconvex problem, whose bound meets the objective in the limit only."""

_MOST_NESTED = 500
"""SCIP goes through an expression by recursion."""

_STATUS: dict[str, Status] = {
    "optimal": "optimal",
    "gaplimit": "optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "inforunbd": "infeasible_or_unbounded",
    "timelimit": "time_limit",
    "userinterrupt": "interrupted",
}


def is_installed() -> bool:
    """Whether SCIP can be used here."""
    return find_spec("pyscipopt") is not None


def solve_with_scip(model: ExpressionModel, options: SolveOptions) -> RawAnswer:
    """Solve a nonlinear problem to global optimality, on one thread.

    Raises:
        SolverError: SCIP does not take the problem, or ends in an error of its own.
        UnsupportedProblemError: A term is one that SCIP has no exact form of.
    """
    begin = perf_counter()
    linear = model.linear
    if (linear.lower > linear.upper).any() or (linear.row_lower > linear.row_upper).any():
        return RawAnswer("infeasible", None, None, None, None, 0.0, "none needed")
    _require_shallow(model)
    problem = _Problem(model, options)
    solver = problem.solver
    status = problem.run()
    if status == "infeasible_or_unbounded":
        return RawAnswer(problem.told_apart(), None, None, None, None, perf_counter() - begin, problem.version)
    has_answer = status in ("optimal", "time_limit", "interrupted") and solver.getNSols() > 0
    best = solver.getBestSol() if has_answer else None
    bound, gap = float(solver.getDualbound()), float(solver.getGap())
    infinite = _NEXT_TO_INFINITE * float(solver.infinity())
    return RawAnswer(
        status=status,
        values=np.array([solver.getSolVal(best, each) for each in problem.variables]) if has_answer else None,
        row_duals=None,
        bound=bound if abs(bound) < infinite and status != "infeasible" else None,
        gap=gap if has_answer and gap < infinite else None,
        seconds=perf_counter() - begin,
        solver=problem.version,
    )


def _require_shallow(model: ExpressionModel) -> None:
    """No expression may be nested so deeply that the recursion in SCIP runs out of stack."""
    for number in range(len(model.expressions)):
        if height(model.expressions, number) > _MOST_NESTED:
            owner = f"the constraint {model.linear.row_name(number - 1)}" if number else "the objective"
            reason = f"it is nested more than {_MOST_NESTED} levels deep: name parts of it by variables of their own"
            raise UnsupportedProblemError(owner, reason)


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
            self.solver.addVar(f"x{column}", "I" if whole else "C", _bound(low), _bound(high))
            for column, (low, high, whole) in enumerate(zip(linear.lower, linear.upper, linear.types, strict=True))
        ]
        self._terms = _Terms(self.solver, self.variables, model)
        self._add_objective()
        for row in range(linear.rows):
            self._add_row(row)

    @property
    def version(self) -> str:
        """SCIP with its version."""
        return f"SCIP {self.solver.getMajorVersion()}.{self.solver.getMinorVersion()}.{self.solver.getTechVersion()}"

    def run(self) -> Status:
        """Solve to the end or the limit."""
        try:
            self.solver.optimize()
        except Exception as error:  # SCIP's return codes arrive as bare exceptions
            raise SolverError(f"SCIP broke down: {error}") from error
        ended = self.solver.getStatus()
        if ended not in _STATUS:
            raise SolverError(f"SCIP ended with: {ended}")
        return _STATUS[ended]

    def told_apart(self) -> Status:
        """Infeasible or unbounded: without an objective only the first can be the case."""
        self.solver.freeTransform()
        self.solver.setObjective(0)
        again = self.run()
        return "unbounded" if again == "optimal" else again

    def _add_objective(self) -> None:
        linear = self.model.linear
        total = _summed([float(c) * x for c, x in zip(linear.cost, self.variables, strict=True) if c]) + linear.offset
        nonlinear = self._terms.expression(0)
        if nonlinear is not None:
            reached = self.solver.addVar("objective", "C", None, None)  # SCIP's own objective is linear
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
        "numerics/feastol": _TOLERANCE,
        "constraints/nonlinear/tightenlpfeastol": False,  # below what its LP solver takes, which it says in every round
        "randomization/randomseedshift": options.seed,
        "parallel/maxnthreads": 1,
    }
    for name, value in values.items():
        if value is not None:
            solver.setParam(name, value)


def _bound(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _summed(terms: list[Any]) -> Any:
    import pyscipopt

    return pyscipopt.quicksum(terms) if terms else 0.0


class _Terms:
    """Makes SCIP's expressions out of postfix form; a number stays a number."""

    def __init__(self, solver: "pyscipopt.Model", variables: list[Any], model: ExpressionModel) -> None:
        self._solver = solver
        self._variables = variables
        self._box = boxed(model.linear)
        self._expressions = model.expressions

    def expression(self, number: int) -> Any:
        """One expression; None where it has no nodes."""
        if self._expressions.is_empty(number):
            return None
        stack: list[Any] = []
        intervals = Intervals(self._box, self._expressions.constants)
        for operator, operand in self._expressions.nodes(number):
            match operator:
                case Operator.VARIABLE:
                    stack.append(self._variables[operand])
                case Operator.CONSTANT:
                    stack.append(float(self._expressions.constants[operand]))
                case Operator.SUM:
                    stack[-operand:] = [_total(stack[-operand:])]
                case Operator.PRODUCT | Operator.QUOTIENT | Operator.POWER:
                    right = stack.pop()
                    base = intervals.stack[-2]
                    stack[-1] = _combined(operator, _unexpanded(stack[-1]), _unexpanded(right), base)
                case _:
                    stack[-1] = self._applied(operator, stack[-1])
            intervals.push(operator, operand)
        return stack.pop()

    def _applied(self, operator: Operator, inner: Any) -> Any:
        import pyscipopt as scip

        if isinstance(inner, float):
            return _of_number(operator, inner)
        match operator:
            case Operator.NEGATE:
                return -1.0 * inner
            case Operator.ABS:
                return abs(inner)
            case Operator.LOG10:
                return scip.log(inner) / math.log(10)
            case Operator.TAN:
                return scip.sin(inner) / scip.cos(inner)
            case Operator.SINH:
                return 0.5 * scip.exp(inner) - 0.5 * scip.exp(-1.0 * inner)
            case Operator.COSH:
                return 0.5 * scip.exp(inner) + 0.5 * scip.exp(-1.0 * inner)
            case Operator.TANH:
                return 1.0 - 2.0 / (scip.exp(2.0 * inner) + 1.0)
            case Operator.ASIN | Operator.ACOS | Operator.ATAN:
                return self._inverse(operator, inner)
        return getattr(scip, operator.name.lower())(inner)

    def _inverse(self, operator: Operator, inner: Any) -> Any:
        """A new variable whose sine, cosine or tangent is the argument, within the branch that the function means."""
        import pyscipopt as scip

        low, high = (0.0, math.pi) if operator is Operator.ACOS else (-math.pi / 2, math.pi / 2)
        angle = self._solver.addVar(lb=low, ub=high)
        if operator is Operator.ATAN:
            self._solver.addCons(inner * scip.cos(angle) - scip.sin(angle) == 0)
            self._solver.addCons(scip.cos(angle) >= _TOLERANCE)
        else:
            turned = scip.sin(angle) if operator is Operator.ASIN else scip.cos(angle)
            self._solver.addCons(turned - inner == 0)
        return angle


def _total(terms: list[Any]) -> Any:
    import pyscipopt

    polynomial = [term for term in terms if isinstance(term, pyscipopt.Expr)]
    others = [term for term in terms if not isinstance(term, pyscipopt.Expr)]
    total: Any = pyscipopt.quicksum(polynomial) if polynomial else 0.0
    for term in others:
        total = term + total
    return total


def _unexpanded(term: Any) -> Any:
    """A polynomial of several terms as one whole: SCIP's Python side would multiply products and powers of it out."""
    import pyscipopt
    from pyscipopt.scip import buildGenExprObj

    is_sum = isinstance(term, pyscipopt.Expr) and len(term.terms) > 1
    return buildGenExprObj(term) if is_sum else term


def _power(base: Any, exponent: float) -> Any:
    if isinstance(base, float):
        return _finite(lambda: math.pow(base, exponent))
    return base ** (int(exponent) if exponent.is_integer() else exponent)


def _combined(operator: Operator, left: Any, right: Any, of_left: Interval) -> Any:
    if operator is Operator.PRODUCT:
        return left * right
    if operator is Operator.QUOTIENT:
        return left / _nonzero(right)
    if isinstance(right, float):
        return _power(left, right)
    return _exponential(left, right, of_left)


def _exponential(base: Any, exponent: Any, of_base: Interval) -> Any:
    """`base ** exponent` as `exp(exponent * log(base))`, which is the same where the base is above zero.

    A base that comes down to zero without a step is left out there alone, where the power is the limit of its
    neighbours or has none.
    """
    import pyscipopt

    if isinstance(base, float) and base > 0:
        return pyscipopt.exp(math.log(base) * exponent)
    if of_base.is_positive or of_base.comes_down_to_zero:
        return pyscipopt.exp(exponent * pyscipopt.log(base))
    reason = (
        "a power with a variable exponent needs a base whose bounds keep it from being negative, "
        "and where whole numbers are in it from being 0"
    )
    raise UnsupportedProblemError("**", reason)


def _nonzero(divisor: Any) -> Any:
    if isinstance(divisor, float) and divisor == 0:
        raise UnsupportedProblemError("/", "a division by zero")
    return divisor


def _of_number(operator: Operator, number: float) -> float:
    return _finite(lambda: FUNCTIONS[operator](number))


def _finite(value: Any) -> float:
    try:
        return float(value())
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise UnsupportedProblemError("a constant term", "it has no finite value") from error
