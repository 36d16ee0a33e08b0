"""What a sensitivity analysis says, in the names of the formulation and in its sense."""

from dataclasses import dataclass, field
from typing import Literal

from steepest.solvers.changes.change import Change
from steepest.solvers.formulation import Sense
from steepest.solvers.language.expressions import Label
from steepest.solvers.solution import Status

Relation = Literal["<=", ">=", "=="]


@dataclass(frozen=True, slots=True)
class Range:
    """From where to where something holds; None is without end."""

    low: float | None
    high: float | None

    def __contains__(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class ConstraintSensitivity:
    """A constraint at one index tuple, and what its limit is worth."""

    name: str
    index: tuple[Label, ...]
    relation: Relation
    limit: float
    """The right-hand side: the side that is data, or what is left there with all decisions on the other side."""
    activity: float
    """What the other side comes to."""
    dual: float
    """By how much the objective changes per unit of the limit, whichever way it is optimized."""
    valid: Range
    """Limits for which `dual` holds, the others staying as they are."""
    is_binding: bool
    parameter: str | None = None
    """The cell that is the limit, such as `demand[Basel]`, where it stands nowhere else in the formulation."""
    unit: str | None = None
    """Of the limit."""
    quotes: tuple[str, ...] = ()
    """Passages of the user's text that the limit comes from."""

    @property
    def slack(self) -> float:
        """How far the limit is away."""
        return abs(self.limit - self.activity)


@dataclass(frozen=True, slots=True)
class VariableSensitivity:
    """A variable at one index tuple, and what its objective coefficient and its bound are worth."""

    name: str
    index: tuple[Label, ...]
    value: float
    unit: str | None
    cost: float | None
    """Its coefficient in the objective; None where the objective was written linearly and has other terms."""
    reduced_cost: float
    """By how much the objective changes per unit that the variable is moved up; 0 between its bounds."""
    costs: Range | None
    """Coefficients for which the answer stays the best; None where `cost` is."""
    moves: Range | None
    """Values for which `reduced_cost` holds where the variable is moved; None between its bounds."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What the objective comes to where one number is changed and the whole problem solved again."""

    change: Change
    step: float
    """By how much the number was changed."""
    status: Status
    objective: float | None
    objective_change: float | None
    target: str
    """What was changed, such as `flour` or the limit of `capacity[Basel]`."""
    unit: str | None = None
    quotes: tuple[str, ...] = ()
    """Passages of the user's text that the number comes from."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How an answer changes with its data."""

    status: Status
    method: Literal["exact", "re-solved", "none"]
    """`exact` has duals and ranges (LPs), `re-solved` only deltas; `none` where there is no optimum to begin with."""
    objective: float | None = None
    sense: Sense | None = None
    unit: str | None = None
    """Of the objective."""
    constraints: list[ConstraintSensitivity] = field(default_factory=list)
    variables: list[VariableSensitivity] = field(default_factory=list)
    deltas: list[Delta] = field(default_factory=list)
    duals_are_unique: bool | None = None
    """None where there are no duals. Otherwise False means that they may not be: the answer is degenerate."""
    answer_is_unique: bool | None = None
    """None where nothing is known. Otherwise False means that there may be other answers that are as good."""
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        from steepest.solvers.sensitivity.words import told  # which reads reports

        notes = [f"note: {note}" for note in self.notes]
        return "\n".join([*told(self), *notes]) or "nothing that limits the answer is worth anything"

    __repr__ = __str__

    def constraint(self, name: str, *index: Label) -> ConstraintSensitivity:
        """A constraint by its name and index.

        Raises:
            KeyError: There is none.
        """
        for each in self.constraints:
            if each.name == name and each.index == index:
                return each
        raise KeyError((name, *index))

    def variable(self, name: str, *index: Label) -> VariableSensitivity:
        """A variable by its name and index.

        Raises:
            KeyError: There is none.
        """
        for each in self.variables:
            if each.name == name and each.index == index:
                return each
        raise KeyError((name, *index))
