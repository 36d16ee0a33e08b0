"""The sides of constraints that are data: `flour` in `sum(...) <= flour`, its value, its unit, and whose it is."""

from dataclasses import dataclass

import numpy as np

from steepest.errors import SteepestError
from steepest.solvers.definitions import Definition, decisions, expressions_of
from steepest.solvers.display import format_number, named
from steepest.solvers.formulation import Constraint, Formulation, Objective, Variable
from steepest.solvers.language.expressions import Comparison, Expression, Index, Label, LabelRef, Name, walk
from steepest.solvers.units.answer_units import answer_units
from steepest.solvers.vectorized.algebra import Algebra
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.rows import RowBlock
from steepest.solvers.vectorized.scatter import Numbers

_TURNED = {"<=": ">=", ">=": "<=", "==": "=="}
_WORDS = {"<=": "at most", ">=": "at least", "==": "exactly"}


@dataclass(frozen=True)
class Limit:
    """A number that one row's decisions are compared with."""

    operator: str
    """`<=` for a limit that the decisions stay below, whichever side it is written on."""
    value: float
    unit: str | None
    parameter: str | None
    """The parameter cell that it is, such as `hours[May]`."""
    is_used_once: bool
    """Whether the parameter stands in this constraint only, so that moving it moves nothing else."""

    @property
    def words(self) -> str:
        """`at most 40 kg`."""
        return f"{_WORDS[self.operator]} {format_number(self.value)}{f' {self.unit}' if self.unit else ''}"


class Limits:
    """Finds the limits of a compiled model's rows.

    Args:
        model: The model.
        whole: The formulation of which it is a part, if it is one.
    """

    def __init__(self, model: CompiledModel, whole: Formulation | None = None) -> None:
        self._model = model
        self._formulation = whole or model.instance.formulation
        self._constraints = {each.name: each for each in self._formulation.constraints}
        self._decisions = decisions(self._formulation)
        self._units = answer_units(self._formulation).constraints
        self._algebra = Algebra(model.instance, {})
        self._blocks = _numbered_blocks(model)
        self._values: dict[tuple[int, int], Numbers | None] = {}
        """Of a side of a block's constraint, for all of its rows."""
        self._uses: dict[str, int] = {}

    def of_row(self, row: int) -> list[Limit]:
        """The limits of a row; none where every side of it holds decisions, or where a test on data chose the row."""
        first, block = self.block(row)
        constraint = self._constraints.get(block.name)
        if constraint is None or not isinstance(constraint.body, Comparison):
            return []
        body = constraint.body
        sides = [(place, side) for place, side in enumerate(body.operands) if self._is_data(side, block)]
        if len(sides) != len(body.operands) - 1:  # a chain of decisions is several rows, each with its own sides
            return []
        found = []
        for place, side in sides:
            operator = _TURNED.get(body.operators[0], "") if place == 0 else body.operators[place - 1]
            if operator in _WORDS:
                found += self._limit(constraint, side, operator, first, row - first)
        return found

    def block(self, row: int) -> tuple[int, RowBlock]:
        """The block that a row belongs to, and the number of its first row."""
        return next((first, block) for first, block in reversed(self._blocks) if first <= row and len(block))

    def index(self, row: int) -> tuple[Label, ...]:
        """The labels of a row's index tuple."""
        first, block = self.block(row)
        return self._model.row_index(block, row - first)

    def _is_data(self, side: Expression, block: RowBlock) -> bool:
        names = {each.name for each in walk(side) if isinstance(each, Name | Index)}
        return not (names - set(block.frame.columns)) & self._decisions

    def _limit(self, constraint: Constraint, side: Expression, operator: str, first: int, row: int) -> list[Limit]:
        _, block = self.block(first + row)
        values = self._side_values(first, block, side)
        if values is None:
            return []
        name = side.name if isinstance(side, Name | Index) else ""
        unit = next((each.unit for each in self._formulation.parameters if each.name == name), None)
        unit = unit or self._units.get(constraint.name)
        parameter = self._parameter(side, block, row)
        once = parameter is not None and self._is_used_once(name, constraint)
        return [Limit(operator, float(values[row]) + 0.0, unit, parameter, once)]

    def _side_values(self, first: int, block: RowBlock, side: Expression) -> Numbers | None:
        """What a side comes to in each row; None where it has no value in some, which a test on data leaves out."""
        key = (first, id(side))
        if key not in self._values:
            try:
                values = self._algebra.evaluate.number(side, block.frame)
                self._values[key] = np.array(np.broadcast_to(values, block.frame.size))
            except SteepestError:
                self._values[key] = None
        return self._values[key]

    def _parameter(self, side: Expression, block: RowBlock, row: int) -> str | None:
        """The cell that a side is, if it is a plain parameter; it may be the limit of other rows too."""
        if not isinstance(side, Name | Index) or side.name not in {each.name for each in self._formulation.parameters}:
            return None
        if isinstance(side, Name):
            return side.name
        labels = dict(zip(block.frame.columns, self._model.row_index(block, row), strict=True))
        index = [_label(each, labels) for each in side.indices]
        return named(side.name, index) if None not in index else None

    def _is_used_once(self, name: str, constraint: Constraint) -> bool:
        if name not in self._uses:
            formulation = self._formulation
            users: list[Definition | Variable | Constraint | Objective] = [*formulation.constraints]
            users += [*formulation.objectives, *formulation.variables]
            users += [*formulation.sets, *formulation.parameters, *formulation.lets]
            self._uses[name] = sum(_mentions(each, name) for user in users for each in expressions_of(user))
        return self._uses[name] == 1 and any(_mentions(each, name) for each in expressions_of(constraint))


def _mentions(expression: Expression, name: str) -> int:
    return sum(isinstance(each, Name | Index) and each.name == name for each in walk(expression))


def _label(node: Expression, labels: dict[str, Label]) -> Label | None:
    if isinstance(node, LabelRef):
        return node.value
    return labels.get(node.name) if isinstance(node, Name) else None


def _numbered_blocks(model: CompiledModel) -> list[tuple[int, RowBlock]]:
    found, first = [], 0
    for block in model.blocks:
        found.append((first, block))
        first += len(block)
    return found
