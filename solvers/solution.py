"""The answer to a formulation: a status word that is the same for every back end, values, and how tight they are."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, Field, PrivateAttr

from steepest.solvers import display
from steepest.solvers.infeasibility.records import Explanation
from steepest.solvers.language.expressions import Label
from steepest.solvers.linearization.steps import LinearizationStep
from steepest.solvers.units.answer_units import AnswerUnits

_MOST_TOLD = 8
"""Of names or indices, in a message."""

Status = Literal[
    "optimal",
    "locally_optimal",
    "infeasible",
    "unbounded",
    "infeasible_or_unbounded",
    "time_limit",
    "interrupted",
    "unsupported",
    "failed",
]
"""`locally_optimal` is no proof: no answer nearby is better, one elsewhere may be. `time_limit` and `interrupted` keep
the incumbent, if there was one by then; `unsupported` names the term."""


@dataclass(frozen=True, slots=True)
class VariableValue:
    """One decision variable at one index tuple; a plain dataclass, since an answer may hold a million of them."""

    name: str
    index: tuple[Label, ...]
    value: float
    unit: str | None = None

    def __str__(self) -> str:
        index = f"[{', '.join(str(label) for label in self.index)}]" if self.index else ""
        return f"{self.name}{index} = {self.value:g}{' ' + self.unit if self.unit else ''}"


@dataclass(frozen=True, slots=True)
class BindingConstraint:
    """A constraint that holds with equality at the answer, so that it shapes it."""

    name: str
    index: tuple[Label, ...]
    activity: float
    """The value of the expression that the bound limits, constants on the other side."""
    lower: float | None = None
    upper: float | None = None
    dual: float | None = None
    """How the objective changes per unit of the bound; LPs only."""


@dataclass(frozen=True, slots=True)
class RankedObjective:
    """What an objective comes to at the answer, where several are ranked."""

    sense: Literal["minimize", "maximize"]
    value: float
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Lookup:
    """The values of a list of variables by name and index; takes no part in comparisons of solutions."""

    of: list[VariableValue] = field(default_factory=list, compare=False)
    values: dict[tuple[str, tuple[Label, ...]], float] = field(default_factory=dict, compare=False)


class Solution(BaseModel):
    """What a solve came to."""

    status: Status
    message: str = ""
    """For an outcome other than optimal: why, and what to do."""
    objective: float | None = None
    """Of several that are ranked, the first."""
    objectives: list[RankedObjective] = Field(default_factory=list)
    """Of several that are ranked, all, from the first to the last."""
    bound: float | None = None
    """The best bound proven on the objective; equals `objective` at an optimum within the gap."""
    gap: float | None = None
    """Relative gap between objective and bound; None for LPs and where there is no incumbent."""
    variables: list[VariableValue] = Field(default_factory=list)
    binding: list[BindingConstraint] = Field(default_factory=list)
    steps: list[LinearizationStep] = Field(default_factory=list)
    """Terms that were written linearly for the solver; values and objective are those of the formulation as written."""
    note: str = ""
    """What else is to be known of the solve, such as what became of a start."""
    explanation: Explanation | None = None
    """Why there is no answer, where it was asked for: what conflicts and what repairs it, or what has no end."""
    units: AnswerUnits = Field(default_factory=AnswerUnits)
    """Of the objective, the constraints and their duals, as far as they are known."""
    problem_class: str = ""
    """LP, MIP, QP, or what made it unsupported (MIQP, QCP, NLP, MINLP)."""
    solver: str = ""
    """Back end with its version."""
    seconds: float = 0.0
    """Wall clock of the solver alone."""
    size: tuple[int, int, int] = (0, 0, 0)
    """Rows, columns and nonzeros handed to the solver."""
    _lookup: _Lookup = PrivateAttr(default_factory=_Lookup)

    def __repr__(self) -> str:
        return display.solution_repr(self)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return display.solution_html(self)

    @property
    def is_solved(self) -> bool:
        """Whether the problem was solved to its end with an optimal answer."""
        return self.status == "optimal"

    def value(self, name: str, *index: Label) -> float:
        """The value of a variable.

        Raises:
            KeyError: There is no such variable at this index, or the solve has no answer; the text names close ones.
        """
        if self._lookup.of is not self.variables or len(self._lookup.values) != len(self.variables):
            self._lookup = _Lookup(self.variables, {(each.name, each.index): each.value for each in self.variables})
        try:
            return self._lookup.values[name, index]
        except KeyError:
            raise KeyError(self._lacking(name, index)) from None

    def _lacking(self, name: str, index: tuple[Label, ...]) -> str:
        """Why there is no value of this name and index."""
        from steepest.solvers.checks.findings import nearest  # which reads formulations, and those solutions

        if not self.variables:
            return f"there are no values: the solve ended with {self.status.replace('_', ' ')}"
        indices = [at for known, at in self._lookup.values if known == name]
        if not indices:
            names = list(dict.fromkeys(each.name for each in self.variables))
            close = nearest(name, names)
            others = f"did you mean {close}?" if close else f"there are {', '.join(names[:_MOST_TOLD])}"
            return f"there is no variable {name!r}; {others}"
        told = ", ".join(display.named(name, at) for at in indices[:_MOST_TOLD])
        more = f" and {len(indices) - _MOST_TOLD:,} more" if len(indices) > _MOST_TOLD else ""
        return f"there is no {display.named(name, tuple(map(repr, index)))}; there are {told}{more}"
