"""Named changes to a formulation; `str` of each is the text that `reading` reads."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from steepest.solvers.formulation import Constraint, Domain, Sense
from steepest.solvers.language.expressions import Expression, Label
from steepest.solvers.language.spelling import spell, spell_head, spell_label

Direction: TypeAlias = Literal["relax", "tighten", "raise", "lower"]

ANY = "*"
"""In the place of a label: every label."""


@dataclass(frozen=True, slots=True)
class Target:
    """An element, or some of its cells."""

    name: str
    index: tuple[Label, ...] | None = None
    """None is the whole element; `ANY` in the place of a label is every label there."""

    def __str__(self) -> str:
        if self.index is None:
            return self.name
        return f"{self.name}[{', '.join(ANY if each == ANY else spell_label(each, _is_word) for each in self.index)}]"

    def matches(self, index: tuple[Label, ...]) -> bool:
        """Whether a cell's index tuple is meant."""
        if self.index is None:
            return True
        pairs = zip(self.index, index, strict=False)
        return len(self.index) == len(index) and all(wanted in (ANY, label) for wanted, label in pairs)


def _is_word(label: str) -> bool:
    return label.isidentifier()


@dataclass(frozen=True, slots=True)
class Amount:
    """How much: a number, or a percentage of what is there."""

    value: float
    is_percent: bool = False

    def __str__(self) -> str:
        return f"{self.value:.15g}{'%' if self.is_percent else ''}"

    def of(self, current: float) -> float:
        """The amount where this much is there."""
        return current * self.value / 100 if self.is_percent else self.value


@dataclass(frozen=True, slots=True)
class SetParameter:
    """`flour = 50`, `start = north`: a parameter, or cells of it, get a value."""

    target: Target
    value: Label

    def __str__(self) -> str:
        value = spell_label(self.value, _is_word) if isinstance(self.value, str) else f"{self.value:.15g}"
        return f"{self.target} = {value}"


@dataclass(frozen=True, slots=True)
class AdjustParameter:
    """`profit[cake] += 10%`, `flour -= 5`, `demand *= 2`: what is there, changed."""

    target: Target
    operator: Literal["+", "-", "*", "/"]
    amount: Amount

    def __str__(self) -> str:
        return f"{self.target} {self.operator}= {self.amount}"

    def applied(self, value: float) -> float:
        """The new value of a cell."""
        amount = self.amount.of(value) if self.operator in "+-" else self.amount.value
        match self.operator:
            case "+":
                return value + amount
            case "-":
                return value - amount
            case "*":
                return value * amount
        return value / amount


@dataclass(frozen=True, slots=True)
class DropConstraint:
    """`drop flour_stock`: a constraint, or some of its rows, no longer hold."""

    target: Target

    def __str__(self) -> str:
        return f"drop {self.target}"


@dataclass(frozen=True, slots=True)
class AddConstraint:
    """`add cap: bake[cake] <= 20`: one more constraint."""

    constraint: Constraint

    def __str__(self) -> str:
        head = f"[{spell_head(self.constraint.index)}]" if self.constraint.index is not None else ""
        return f"add {self.constraint.name}{head}: {spell(self.constraint.body)}"


@dataclass(frozen=True, slots=True)
class MoveLimit:
    """`relax flour_stock by 5`, `raise flour_stock by 5`: the limit of a constraint is another one.

    `relax` and `tighten` move every limit away from and towards what it limits (an equation relaxed becomes a band);
    `raise` and `lower` move the right-hand side up and down, whichever way the comparison goes.
    """

    target: Target
    direction: Direction
    amount: Amount

    def __str__(self) -> str:
        return f"{self.direction} {self.target} by {self.amount}"


@dataclass(frozen=True, slots=True)
class FixVariable:
    """`fix bake[bread] = 3`: a decision is taken."""

    target: Target
    value: float

    def __str__(self) -> str:
        return f"fix {self.target} = {self.value:.15g}"


@dataclass(frozen=True, slots=True)
class BoundVariable:
    """`bake[cake] <= 20`, `bake in 0..20`: other bounds; a bound that is None stays as it is."""

    target: Target
    lower: float | None = None
    upper: float | None = None

    def __str__(self) -> str:
        if self.lower is not None and self.upper is not None:
            return f"{self.target} in {self.lower:.15g}..{self.upper:.15g}"
        return (
            f"{self.target} <= {self.upper:.15g}" if self.upper is not None else f"{self.target} >= {self.lower:.15g}"
        )


@dataclass(frozen=True, slots=True)
class ChangeDomain:
    """`bake: real`: a decision of another kind; what was binary keeps its bounds 0 and 1."""

    target: Target
    domain: Domain

    def __str__(self) -> str:
        return f"{self.target}: {self.domain}"


@dataclass(frozen=True, slots=True)
class ChangeObjective:
    """`maximize`: the other direction; `minimize: cost`: another objective."""

    sense: Sense
    expression: Expression | None = None

    def __str__(self) -> str:
        return self.sense if self.expression is None else f"{self.sense}: {spell(self.expression)}"


Change: TypeAlias = (
    SetParameter
    | AdjustParameter
    | DropConstraint
    | AddConstraint
    | MoveLimit
    | FixVariable
    | BoundVariable
    | ChangeDomain
    | ChangeObjective
)
