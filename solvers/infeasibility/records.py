"""What is told of a problem without an answer: a conflict, its repairs, or the direction in which it has no end."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from steepest.solvers.diagnostics import Place
from steepest.solvers.language.expressions import Label

_INTERRUPTED = "The search for the reason was interrupted: this is what was known by then."
_NOTHING_FOUND = "The search for the reason was interrupted before it found one."

RequirementKind = Literal["constraint", "lower bound", "upper bound", "domain"]
"""`domain`: that values are whole numbers, or zero or within bounds (semicontinuous)."""


class ConflictMember(BaseModel):
    """One requirement of a conflict."""

    model_config = ConfigDict(frozen=True)

    kind: RequirementKind
    name: str
    """Of the constraint, or of the variable whose bound or domain it is."""
    index: tuple[Label, ...] | None = None
    """Its index tuple; None for all of the name at once."""
    text: str
    """What it asks for, in numbers: `0.5 bake[bread] + 0.8 bake[cake] <= 40`."""
    limit: str = ""
    """The side that is data, in words and with its unit: `at most 40 kg`; empty where both sides hold decisions."""
    quotes: tuple[str, ...] = ()
    """Passages of the user's text: its own, then those of the parameters in it, its limit's first."""
    place: Place | None = None
    """Where it is written in the formulation's text."""


class Conflict(BaseModel):
    """Requirements that can't all be met; without any one of them the others can, if `is_minimal`."""

    model_config = ConfigDict(frozen=True)

    members: tuple[ConflictMember, ...]
    is_minimal: bool
    """Whether each member was proven to be needed; False where the budget ended first or a solve proved nothing."""
    sentences: tuple[str, ...]
    """The conflict in words, one sentence for each constraint or bound by name."""
    solves: int
    seconds: float

    def __str__(self) -> str:
        return "\n".join(self.sentences)


class Change(BaseModel):
    """A limit moved by as little as makes the problem feasible."""

    model_config = ConfigDict(frozen=True)

    name: str
    """The constraint, or the variable whose bound gives."""
    index: tuple[Label, ...]
    side: Literal["lower", "upper"]
    current: float
    proposed: float
    parameter: str | None = None
    """The parameter cell that is this limit and stands nowhere else, such as `flour` or `hours[May]`."""
    unit: str | None = None
    sentence: str
    """`raise flour from 40 to 80 kg`."""


class Repair(BaseModel):
    """Changes that together make the problem feasible, which a solve of the changed problem has shown."""

    model_config = ConfigDict(frozen=True)

    changes: tuple[Change, ...]
    cost: float
    """How far the limits move in all: each relative to its size, times its weight."""
    is_smallest: bool
    """Whether no other change of limits is smaller by this measure; otherwise it is one among few limits only."""

    def __str__(self) -> str:
        return " and ".join(change.sentence for change in self.changes)


class RayMove(BaseModel):
    """One variable's part in a direction without end."""

    model_config = ConfigDict(frozen=True)

    name: str
    index: tuple[Label, ...]
    rate: float
    """By how much it changes with each step."""
    unit: str | None = None


class Ray(BaseModel):
    """A direction in which the objective gets better without end and no constraint is ever met."""

    model_config = ConfigDict(frozen=True)

    moves: tuple[RayMove, ...]
    gain: float
    """By how much the objective changes with each step."""
    is_proven: bool
    """Whether an answer to start from is known and whole numbers stay whole on the way."""
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.sentences)


class Explanation(BaseModel):
    """Why a problem has no answer; what does not apply or was not found is None or empty."""

    model_config = ConfigDict(frozen=True)

    conflict: Conflict | None = None
    repairs: tuple[Repair, ...] = ()
    ray: Ray | None = None
    note: str = ""
    """What can't be offered for a problem of this kind, and why."""
    is_interrupted: bool = False
    """Whether the search was ended by whoever waited for it: this is what was known by then."""

    def __str__(self) -> str:
        return "\n".join(self.lines) or "no explanation was found"

    __repr__ = __str__

    @property
    def lines(self) -> list[str]:
        """All of it in words, for a person or a model to read; a conflict is one text, of a line for each member."""
        found = [*([str(self.conflict)] if self.conflict else []), *(self.ray.sentences if self.ray else ())]
        if self.repairs:
            found.append("It has an answer if you " + ", or ".join(str(repair) for repair in self.repairs) + ".")
        if self.is_interrupted:
            found.append(_INTERRUPTED if found else _NOTHING_FOUND)
        return [*found, self.note] if self.note else found
