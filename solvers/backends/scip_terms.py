"""SCIP's expressions, made out of the postfix form; no text is parsed."""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from steepest.solvers.backends.expression_model import FUNCTIONS, ExpressionModel, Operator
from steepest.solvers.backends.intervals import Interval, Intervals, boxed, power_interval
from steepest.solvers.backends.scip_divisors import may_be_zero, quotient
from steepest.solvers.backends.steps import Stepped, Steps, stepped_columns, stepped_power
from steepest.solvers.tolerances import FEASIBILITY
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.columns import INTEGER

if TYPE_CHECKING:
    import pyscipopt

TOLERANCE = FEASIBILITY / 10
"""SCIP's own, so that what it calls feasible is within ours."""


class _Operand(NamedTuple):
    """What an operation takes: SCIP's expression or a number, and what is known of its values."""

    term: Any
    interval: Interval
    stepped: Stepped | None


class Terms:
    """Makes SCIP's expressions out of postfix form; a number stays a number."""

    def __init__(self, solver: "pyscipopt.Model", variables: list[Any], model: ExpressionModel) -> None:
        self._solver = solver
        self._variables = variables
        self._box = boxed(model.linear)
        self._stepped = stepped_columns((model.linear.types == INTEGER).tolist())
        self._expressions = model.expressions

    def expression(self, number: int) -> Any:
        """One expression; None where it has no nodes."""
        if self._expressions.is_empty(number):
            return None
        stack: list[Any] = []
        intervals = Intervals(self._box, self._expressions.constants)
        steps = Steps(self._stepped, self._expressions.constants)
        for operator, operand in self._expressions.nodes(number):
            match operator:
                case Operator.VARIABLE:
                    stack.append(self._variables[operand])
                case Operator.CONSTANT:
                    stack.append(float(self._expressions.constants[operand]))
                case Operator.SUM:
                    stack[-operand:] = [_total(stack[-operand:])]
                case Operator.PRODUCT | Operator.QUOTIENT | Operator.POWER:
                    right = _Operand(stack.pop(), intervals.stack[-1], steps.stack[-1])
                    left = _Operand(stack[-1], intervals.stack[-2], steps.stack[-2])
                    stack[-1] = self._combined(operator, left, right)
                case _:
                    stack[-1] = self._applied(operator, stack[-1])
            intervals.push(operator, operand)
            steps.push(operator, operand)
        return stack.pop()

    def _combined(self, operator: Operator, left: "_Operand", right: "_Operand") -> Any:
        if operator is Operator.PRODUCT:
            return _unexpanded(left.term) * _unexpanded(right.term)
        if operator is Operator.QUOTIENT:
            return self._quotient(left, right)
        if isinstance(right.term, float):
            return self._power(left, right.term)
        return _exponential(_unexpanded(left.term), _unexpanded(right.term), left.interval)

    def _quotient(self, dividend: "_Operand", divisor: "_Operand") -> Any:
        if isinstance(divisor.term, float):
            if divisor.term == 0:
                raise UnsupportedProblemError("/", "a division by zero")
            return _unexpanded(dividend.term) / divisor.term
        if not may_be_zero(divisor.interval):
            return _unexpanded(dividend.term) / _unexpanded(divisor.term)
        between = (dividend.interval, divisor.interval)
        return quotient(self._solver, dividend.term, divisor.term, between, divisor.stepped)

    def _power(self, base: "_Operand", exponent: float) -> Any:
        if isinstance(base.term, float):
            return _finite(lambda: math.pow(base.term, exponent))
        if exponent >= 0 or not may_be_zero(base.interval):
            return _unexpanded(base.term) ** _whole_if_it_is(exponent)
        inverse = _raised(base, -exponent)
        return self._quotient(_Operand(1.0, Interval(1.0, 1.0), None), inverse)

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
                sine = _Operand(scip.sin(inner), Interval(-1.0, 1.0), None)
                return self._quotient(sine, _Operand(scip.cos(inner), Interval(-1.0, 1.0), None))
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
            self._solver.addCons(scip.cos(angle) >= TOLERANCE)
        else:
            turned = scip.sin(angle) if operator is Operator.ASIN else scip.cos(angle)
            self._solver.addCons(turned - inner == 0)
        return angle


def _raised(base: _Operand, exponent: float) -> _Operand:
    """A power with a positive exponent."""
    interval = power_interval(base.interval, exponent)
    stepped = base.stepped and stepped_power(base.stepped, exponent)
    return _Operand(_unexpanded(base.term) ** _whole_if_it_is(exponent), interval, stepped)


def _whole_if_it_is(exponent: float) -> float | int:
    return int(exponent) if exponent.is_integer() else exponent


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


def _of_number(operator: Operator, number: float) -> float:
    return _finite(lambda: FUNCTIONS[operator](number))


def _finite(value: Any) -> float:
    try:
        return float(value())
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise UnsupportedProblemError("a constant term", "it has no finite value") from error
