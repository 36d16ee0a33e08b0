"""Moving the limit of a comparison: away from what it limits, towards it, up, or down."""

from steepest.solvers.changes.change import Amount, MoveLimit
from steepest.solvers.checks.symbols import names_in
from steepest.solvers.definitions import decisions
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    ComparisonOperator,
    Conditional,
    Expression,
    Number,
    Sum,
)
from steepest.solvers.language.labels import label_node, normalize_label
from steepest.solvers.language.spelling import spell

_ORDERED = ("<=", ">=", "==", "<", ">")


def moved(body: Expression, change: MoveLimit, rows: Expression | None, formulation: Formulation) -> Expression:
    """The comparison with another limit.

    Args:
        body: What the constraint says.
        change: Which way and how far.
        rows: What holds where the limit is moved; None is everywhere.
        formulation: What the names of the body stand for.

    Raises:
        FormulationError: It is no comparison, or the change has no meaning for it.
    """
    if not isinstance(body, Comparison) or any(operator not in _ORDERED for operator in body.operators):
        message = f"`{spell(body)}` is no comparison, so it has no limit to move"
        raise problem("no-limit", message, repair=f"drop it: `drop {change.target}`")
    decided = decisions(formulation)
    if change.direction in ("raise", "lower"):
        return _shifted(body, change, rows, decided)
    if len(body.operators) == 1 and body.operators[0] == "==":
        return _as_band(body, change, rows, decided)
    if "==" in body.operators:
        raise problem("no-limit", f"an equation in `{spell(body)}` has no side to {change.direction}")
    return _spread(body, change, rows, decided)


def _shifted(body: Comparison, change: MoveLimit, rows: Expression | None, decided: frozenset[str]) -> Comparison:
    """The right-hand side raised or lowered: the side that is data, or the right one."""
    if len(body.operands) != 2:
        repair = "use `relax` or `tighten`, or write the new comparison: `drop ...; add ...`"
        raise problem("no-limit", f"`{spell(body)}` has two limits", repair=repair)
    left, right = body.operands
    sign = 1 if change.direction == "raise" else -1
    if not names_in(left) & decided and names_in(right) & decided:
        return _compared((_plus(left, sign, change.amount, rows, decided), right), body.operators)
    return _compared((left, _plus(right, sign, change.amount, rows, decided)), body.operators)


def _as_band(body: Comparison, change: MoveLimit, rows: Expression | None, decided: frozenset[str]) -> Comparison:
    if change.direction == "tighten":
        raise problem("no-limit", f"`{spell(body)}` is an equation and can't be tightened")
    left, right = body.operands
    if not names_in(left) & decided:
        left, right = right, left
    if names_in(right) & decided:
        left, right = Sum((left, right), (1, -1)), Number(0)
    ends = (_plus(right, -1, change.amount, rows, decided), left, _plus(right, 1, change.amount, rows, decided))
    return _compared(ends, ("<=", "<="))


def _spread(body: Comparison, change: MoveLimit, rows: Expression | None, decided: frozenset[str]) -> Comparison:
    """Each end moved away from its neighbour, or towards it."""
    sign = 1 if change.direction == "relax" else -1
    operands = list(body.operands)
    if len(operands) == 2:
        place = 0 if not names_in(operands[0]) & decided and names_in(operands[1]) & decided else 1
        places: tuple[int, ...] = (place,)
    elif len(operands) == 3:
        places = (0, 2)
    else:
        raise problem("no-limit", f"`{spell(body)}` has more than two limits")
    for place in places:
        operator = body.operators[0 if place == 0 else place - 1]
        grows = (operator in ("<=", "<")) == (place != 0)
        operands[place] = _plus(operands[place], sign if grows else -sign, change.amount, rows, decided)
    return _compared(tuple(operands), body.operators)


def _compared(operands: tuple[Expression, ...], operators: tuple[ComparisonOperator, ...]) -> Comparison:
    return Comparison(operands, operators)


def _plus(limit: Expression, sign: int, amount: Amount, rows: Expression | None, decided: frozenset[str]) -> Expression:
    if isinstance(limit, Number) and rows is None:
        by_number = abs(limit.value) * amount.value / 100 if amount.is_percent else amount.value
        return label_node(normalize_label(limit.value + sign * by_number))
    by: Expression = Number(abs(amount.value)) if not amount.is_percent else _share(limit, amount, decided)
    if amount.value < 0:
        sign = -sign
    if rows is not None:
        by = Conditional(by, rows, Number(0))
    whole = limit if isinstance(limit, Sum) else Sum((limit,), (1,))  # one sum, however often it is moved
    return Sum((*whole.terms, by), (*whole.signs, 1 if sign > 0 else -1))


def _share(limit: Expression, amount: Amount, decided: frozenset[str]) -> Expression:
    if names_in(limit) & decided:
        message = f"`{spell(limit)}` has decisions in it, and no size that a percentage could be of"
        raise problem("no-limit", message, repair="give the amount as a number")
    return Arithmetic("*", Number(abs(amount.value) / 100), Call("abs", (limit,)))
