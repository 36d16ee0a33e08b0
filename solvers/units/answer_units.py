"""The units that an answer is told in: of its objective, of what its constraints limit, and of their duals."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from steepest.solvers.checks.symbols import Symbols
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Objective, Parameter, Variable
from steepest.solvers.language.expressions import Comparison, Expression, Index, Name
from steepest.solvers.units.inference import NO_INDEX, Hidden, UnitInference, written
from steepest.solvers.units.unit import Unit, UnitOverflowError


@dataclass(frozen=True, slots=True)
class AnswerUnits:
    """Units by what they are of, in the words of the formulation where it has some; what is not known is left out."""

    objective: str | None = None
    """Of several that are ranked, of the first."""
    constraints: dict[str, str] = field(default_factory=dict)
    """By the constraint's name, of its activity and its limits."""
    duals: dict[str, str] = field(default_factory=dict)
    """By the constraint's name: the objective's unit per unit of the limit."""


def has_units(formulation: Formulation) -> bool:
    """Whether any element says what it is measured in."""
    kinds: tuple[Sequence[Parameter | Variable | NamedExpression | Objective], ...] = (
        formulation.parameters,
        formulation.variables,
        formulation.lets,
        formulation.objectives,
    )
    return any(element.unit is not None for elements in kinds for element in elements)


def answer_units(formulation: Formulation) -> AnswerUnits:
    """The units of a formulation's answers, as far as those that are written determine them."""
    if not has_units(formulation):
        return AnswerUnits()
    found = _Units(formulation)
    first = formulation.objectives[0] if formulation.objectives else None
    worth = found.of_objective(first) if first is not None else None
    limits = {each.name: known for each in formulation.constraints if (known := found.of_constraint(each)) is not None}
    duals = {name: _ratio(worth[0], unit) for name, (unit, _) in limits.items()} if worth is not None else {}
    return AnswerUnits(
        objective=worth[1] if worth is not None else (first.unit if first is not None else None),
        constraints={name: text for name, (_, text) in limits.items() if text},
        duals={name: text for name, text in duals.items() if text},
    )


class _Units:
    """Units with the text that tells them, which is empty for a pure number."""

    def __init__(self, formulation: Formulation) -> None:
        self._symbols = Symbols(formulation)
        self._inference = UnitInference(self._symbols)

    def of_objective(self, objective: Objective) -> tuple[Unit, str] | None:
        if objective.unit is not None:
            return self._written(objective)
        return self._of(objective.expression, NO_INDEX)

    def of_constraint(self, constraint: Constraint) -> tuple[Unit, str] | None:
        """The unit of a comparison: the one that is written at a side of it, else the one that a side comes to."""
        body = constraint.body
        if not isinstance(body, Comparison) or not set(body.operators) <= {"<=", ">=", "=="}:
            return None
        hidden = frozenset(constraint.index.names) if constraint.index is not None else NO_INDEX
        sides = [self._plain(side, hidden) for side in reversed(body.operands)]
        sides += [self._of(side, hidden) for side in reversed(body.operands)]
        found = next((side for side in sides if side is not None), None)
        return None if self._has_clash() else found

    def _plain(self, side: Expression, hidden: Hidden) -> tuple[Unit, str] | None:
        if not isinstance(side, Name | Index) or side.name in hidden:
            return None
        element = self._symbols.elements.get(side.name)
        return self._written(element) if isinstance(element, Parameter | Variable | NamedExpression) else None

    def _written(self, element: Parameter | Variable | NamedExpression | Objective) -> tuple[Unit, str] | None:
        unit = written(element)
        return (unit.unit, _told(unit.unit, element.unit)) if unit is not None else None

    def _of(self, node: Expression, hidden: Hidden) -> tuple[Unit, str] | None:
        found = self._inference.of(node, hidden)
        return (found.unit, _told(found.unit)) if found is not None and found.is_sure else None

    def _has_clash(self) -> bool:
        met = bool(self._inference.clashes)
        self._inference.clashes.clear()
        return met


def _told(unit: Unit, text: str | None = None) -> str:
    return "" if unit == Unit() else text or str(unit)


def _ratio(unit: Unit, other: Unit) -> str:
    try:
        return _told(unit / other)
    except UnitOverflowError:
        return ""
