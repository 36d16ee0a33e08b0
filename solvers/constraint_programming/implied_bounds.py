"""Bounds that linear constraints imply for variables that were declared without.

What the rows say of every answer is `linearization.propagation`'s to find. Besides, a makespan, which rows hold up and
nothing but the objective holds down, is never needed above the largest value that a row can ask of it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from steepest.solvers.constraint_programming.arithmetic import differences, functions_of
from steepest.solvers.constraint_programming.linear_sums import LinearSum
from steepest.solvers.constraint_programming.refusals import NotWholeError
from steepest.solvers.definitions import names_in
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Objective
from steepest.solvers.language.expressions import Comparison, Expression
from steepest.solvers.linearization.boxes import Box
from steepest.solvers.linearization.propagation import propagated
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Key
from steepest.solvers.scalar.scope import Environment
from steepest.solvers.vectorized.frames import ROOT
from steepest.solvers.vectorized.rows import RowBlock

_PASSES = 10
"""Over all rows: one bound may hang on another."""


class _OnlyLinear:
    """Refuses what is not linear, in place of a program that would make a column of it."""

    def product(self, left: LinearSum, right: LinearSum) -> NoReturn:
        raise NotWholeError("it is not linear")

    def absolute(self, value: LinearSum) -> NoReturn:
        raise NotWholeError("it is not linear")

    def extreme(self, function: str, values: Sequence[Any]) -> NoReturn:
        raise NotWholeError("it is not linear")

    def piecewise(self, value: Any, points: Sequence[tuple[float, float]]) -> NoReturn:
        raise NotWholeError("it is not linear")


class LinearRows:
    """The linear comparisons of an instance, `lower <= form - its constant <= upper`, and who stands in what else.

    Args:
        instance: The formulation with its data.
        places: The variables, in the order of their columns.
    """

    def __init__(self, instance: ScalarInstance, places: Sequence[tuple[str, Key]]) -> None:
        self.instance = instance
        self.places = places
        self._rows: list[tuple[LinearSum, float, float]] = []
        self._elsewhere: set[str] = set()
        linear = _OnlyLinear()
        columns = {at: LinearSum(linear, terms={number: 1}) for number, at in enumerate(places)}
        self._evaluator = ScalarEvaluator(instance, lambda name, key: columns[name, key], functions_of(linear))
        self._evaluator.modeller = linear
        for constraint in instance.formulation.constraints:
            scopes = instance.constraint_domain(constraint).values()
            try:
                self._rows += self._read(constraint.body, scopes)
            except (NotWholeError, FormulationError):  # an error here is one in the program too, which tells of it
                self._elsewhere |= self._mentioned(names_in(constraint))

    def implied(self, box: Box) -> Box:
        """The box, made smaller by what the rows say of every answer."""
        block, whole = self._block(), np.ones(len(self.places), bool)
        for _ in range(_PASSES):
            smaller = propagated([block], box, whole)
            if np.array_equal(smaller.low, box.low) and np.array_equal(smaller.high, box.high):
                break
            box = smaller
        return box

    def capped(self, box: Box) -> Box:
        """The box with an upper bound for each variable that nothing wants large, where what rows ask for is finite."""
        high, unwanted = box.high.copy(), self._unwanted()
        for _ in range(_PASSES):
            before = high.copy()
            for column in np.flatnonzero(np.isinf(high) & unwanted).tolist():
                asked = [_asked(column, row, Box(box.low, high)) for row in self._rows if column in row[0].terms]
                most = max([float(box.low[column]), *asked])
                high[column] = math.ceil(most) if math.isfinite(most) else math.inf
            if np.array_equal(high, before):
                break
        return Box(box.low, high)

    def _read(self, body: Expression, scopes: Iterable[Environment]) -> list[tuple[LinearSum, float, float]]:
        if not isinstance(body, Comparison) or not set(body.operators) <= {"<=", ">=", "=="}:
            raise NotWholeError("it is not linear")
        return [row for env in scopes for row in self._compared(body, env)]

    def _compared(self, body: Comparison, env: Environment) -> Iterator[tuple[LinearSum, float, float]]:
        for form, sign in differences(self._evaluator, body.operands, body.operators, env):
            if isinstance(form, LinearSum):
                limit = -float(form.constant)
                yield form, (-math.inf if sign == "<=" else limit), (math.inf if sign == ">=" else limit)

    def _mentioned(self, names: Iterable[str]) -> set[str]:
        """The names, and those that the named expressions among them mention."""
        lets = {each.name: each for each in self.instance.formulation.lets}
        found, waiting = set(names), list(names)
        while waiting:
            name = waiting.pop()
            new = set(names_in(lets[name])) - found if name in lets else set()
            found |= new
            waiting.extend(new)
        return found

    def _block(self) -> RowBlock:
        forms = [form for form, _, _ in self._rows]
        return RowBlock(
            name="",
            frame=ROOT,
            counts=np.array([len(form.terms) for form in forms], np.int32),
            columns=np.array([column for form in forms for column in form.terms], np.int32),
            coefficients=np.array([float(factor) for form in forms for factor in form.terms.values()]),
            lower=np.array([lower for _, lower, _ in self._rows]),
            upper=np.array([upper for _, _, upper in self._rows]),
        )

    def _unwanted(self) -> npt.NDArray[np.bool_]:
        """Which columns stand in linear rows alone, and in no objective that gains by more of them."""
        found = np.array([name not in self._elsewhere for name, _ in self.places])
        for objective in self.instance.formulation.objectives:
            try:
                value = self._evaluator.number(objective.expression, {})
            except NotWholeError:
                inside = self._mentioned(names_in(objective))
                found &= np.array([name not in inside for name, _ in self.places])
                continue
            for column, factor in value.terms.items() if isinstance(value, LinearSum) else ():
                found[column] &= factor * _wish(objective) <= 0
        return found


def _wish(objective: Objective) -> int:
    """1 where more of the expression is better, and -1 where less is."""
    sense = 1 if objective.sense == "maximize" else -1
    return sense if objective.weight is None or objective.weight >= 0 else -sense


def _asked(column: int, row: tuple[LinearSum, float, float], box: Box) -> float:
    """The largest value that a row can ask of a column; infinite where it has no end.

    Rows that hold the column down don't count: a smaller value suits them too.
    """
    form, lower, upper = row
    factor = float(form.terms[column])
    limit = lower if factor > 0 else upper
    if math.isinf(limit):
        return -math.inf
    others = sum(
        float(each) * float(box.low[other] if (each > 0) == (factor > 0) else box.high[other])
        for other, each in form.terms.items()
        if other != column
    )
    return (limit - others) / factor
