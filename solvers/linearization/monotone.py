"""An objective that rises or falls with what is inside it: the best of `log(f)` is at the best of `f`.

The functions around `f` are taken off, `f` is solved for, and the objective as it is written is computed at the answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from steepest.solvers.control import SolveProgress
from steepest.solvers.definitions import decisions
from steepest.solvers.formulation import Formulation, Objective
from steepest.solvers.language.expressions import Arithmetic, Call, Expression, Index, Name, Negation, Sum, walk
from steepest.solvers.language.spelling import spell
from steepest.solvers.linearization.steps import LinearizationStep
from steepest.solvers.solution import Solution
from steepest.solvers.vectorized.frames import ROOT
from steepest.solvers.vectorized.instance import Instance

_EDGE = 1e-9
"""A logarithm's argument below this could as well be zero, and a root's argument no further below zero is zero."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One function around an expression: `shift`, `scale`, `log`, `exp`, `sqrt` or `power`."""

    function: str
    number: float = 0.0

    @property
    def is_falling(self) -> bool:
        return self.function == "scale" and self.number < 0

    def at(self, value: float) -> float | None:
        """The function's value, or None where it has none."""
        try:
            match self.function:
                case "shift":
                    return value + self.number
                case "scale":
                    return value * self.number
                case "log":
                    return math.log(value) if value > _EDGE else None
                case "exp":
                    return math.exp(value)
                case "sqrt":
                    return math.sqrt(max(value, 0.0)) if value >= -_EDGE else None
            if self.number % 1 and value < -_EDGE:
                return None
            return float((max(value, 0.0) if self.number % 1 else value) ** self.number)
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class MonotoneObjective:
    """An objective as functions around an expression, from the outermost to the innermost."""

    formulation: Formulation
    """The same with the expression inside as its objective, in the sense that the functions leave it."""
    objective: Objective
    layers: tuple[_Layer, ...]

    def at(self, value: float | None) -> float | None:
        """The objective where the expression inside has a value; None where there is none."""
        for layer in reversed(self.layers):
            value = None if value is None else layer.at(value)
        return value

    def progress(self, inner: SolveProgress) -> SolveProgress:
        """How far the solve of the whole is, from that of the expression inside."""
        objective, bound = self.at(inner.objective), self.at(inner.bound)
        gap = _gap(objective, bound)
        return replace(inner, objective=objective, bound=bound, gap=gap, current=self.at(inner.current))

    def _has_no_end(self) -> bool:
        """Whether the objective gets better without end where the expression inside does: not `exp`, which nears 0."""
        is_most = self.formulation.objectives[0].sense == "maximize"
        end = self.at(math.inf if is_most else -math.inf)
        return end is not None and math.isinf(end)

    def solution(self, inner: Solution) -> Solution | None:
        """The solution of the whole, from that of the expression inside; None where that doesn't tell it."""
        if inner.status in ("infeasible", "interrupted", "time_limit") and inner.objective is None:
            return inner.model_copy(update={"bound": None, "gap": None})
        if inner.status == "unbounded" and self._has_no_end():
            return inner
        objective = self.at(inner.objective)
        if objective is None or inner.status not in ("optimal", "time_limit", "interrupted"):
            return None
        bound = self.at(inner.bound)
        step = LinearizationStep(
            kind="objective",
            text=spell(self.objective.expression),
            element="objective",
            place=self.objective.expression.place,
        )
        return inner.model_copy(
            update={
                "objective": objective,
                "bound": bound,
                "gap": None if inner.gap is None else _gap(objective, bound),
                "binding": [replace(each, dual=None) for each in inner.binding],  # of another objective
                "steps": [step, *inner.steps],
            }
        )


def _gap(objective: float | None, bound: float | None) -> float | None:
    if objective is None or bound is None:
        return None
    return abs(objective - bound) / max(abs(objective), _EDGE)


def read_monotone(formulation: Formulation, instance: Instance) -> MonotoneObjective | None:
    """The one objective without the functions around it; None if there are none.

    Raises:
        FormulationError: The data do not fit.
    """
    if len(formulation.objectives) != 1:
        return None
    objective = formulation.objectives[0]
    layers, inner = _taken_off(objective.expression, decisions(formulation), instance)
    if not any(layer.function in ("log", "exp", "sqrt", "power") for layer in layers):
        return None
    sense = objective.sense
    if sum(layer.is_falling for layer in layers) % 2:
        sense = "minimize" if sense == "maximize" else "maximize"
    changed = formulation.model_copy(
        update={"objectives": [objective.model_copy(update={"sense": sense, "expression": inner})]}
    )
    return MonotoneObjective(changed, objective, tuple(layers))


def _taken_off(node: Expression, decided: frozenset[str], instance: Instance) -> tuple[list[_Layer], Expression]:
    layers: list[_Layer] = []
    while (found := _outermost(node, decided, instance)) is not None:
        added, node = found
        layers.extend(added)
    return layers, node


def _outermost(
    node: Expression, decided: frozenset[str], instance: Instance
) -> tuple[Sequence[_Layer], Expression] | None:
    """The functions that a node puts around the one part of it that depends on decisions, and that part."""

    def is_data(part: Expression) -> bool:
        return not any(isinstance(each, Name | Index) and each.name in decided for each in walk(part))

    def number(part: Expression) -> float:
        return float(instance.evaluate.number(part, ROOT))

    match node:
        case Negation(operand):
            return [_Layer("scale", -1.0)], operand
        case Sum(terms, signs) if sum(not is_data(term) for term in terms) == 1:
            ((sign, inner),) = [each for each in zip(signs, terms, strict=True) if not is_data(each[1])]
            rest = sum(of * number(term) for of, term in zip(signs, terms, strict=True) if is_data(term))
            return [_Layer("shift", rest), _Layer("scale", float(sign))], inner
        case Arithmetic("*", factor, inner) | Arithmetic("*", inner, factor) if is_data(factor) and number(factor):
            return [_Layer("scale", number(factor))], inner
        case Arithmetic("/", inner, factor) if is_data(factor) and number(factor):
            return [_Layer("scale", 1 / number(factor))], inner
        case Call("log" | "exp" | "sqrt" as function, (inner,)):
            return [_Layer(function)], inner
        case Arithmetic("**", inner, exponent) if is_data(exponent) and _is_rising(number(exponent)):
            return [_Layer("power", number(exponent))], inner
    return None


def _is_rising(exponent: float) -> bool:
    """Whether a power rises wherever it has a value: roots of any kind, and odd whole powers."""
    return exponent > 0 and exponent % 2 != 0 and exponent != 1
