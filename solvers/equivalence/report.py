"""What a comparison of two formulations came to."""

from dataclasses import dataclass, field
from typing import Literal

Level = Literal["value", "data", "structure", "feasible", "optima"]
"""In which sense two formulations may be the same.

`value`: the same status and optimal value. `data`: that, with other numbers in their common parameters too.
`structure`: the same compiled arrays up to names, order and the scale of constraints. `feasible`: the same feasible
values of their common decisions. `optima`: the same optimal values of their common decisions.
"""

Verdict = Literal["equivalent", "different", "unknown"]
Side = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A decision or constraint of the first formulation, and the one of the second that it is."""

    first: str
    second: str
    factor: float = 1.0
    """What the constraint of the first is multiplied by to be that of the second."""


@dataclass(frozen=True, slots=True)
class Implication:
    """A limit of one formulation that the other never goes beyond, found by looking for where it goes furthest.

    The constraint is taken with a largest coefficient of 1, as an upper limit, and without decisions that only one
    formulation has.
    """

    of: Side
    constraint: str
    limit: float
    furthest: float | None
    """How far it goes in the other formulation; None where the other has the limit itself."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What shows that two formulations differ."""

    first: str
    """What the first formulation says of it."""
    second: str
    """What the second says of it."""
    values: dict[str, float] = field(default_factory=dict)
    """A point by the names of its decisions."""
    data: dict[str, float] = field(default_factory=dict)
    """The changed cells of parameters."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known at one level, with what proves it."""

    level: Level
    verdict: Verdict
    message: str
    witness: Witness | None = None
    columns: tuple[Pair, ...] = ()
    """The map between two models whose arrays are the same: their columns, auxiliary ones too."""
    rows: tuple[Pair, ...] = ()
    """And their constraints."""
    implications: tuple[Implication, ...] = ()
    """Every limit of the one, with how far the other goes."""


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Whether two formulations are the same at the level that was asked for."""

    finding: Finding
    shared: tuple[str, ...] = ()
    """The names of the decisions that are compared, as the first formulation calls them."""
    solves: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.verdict} ({self.finding.level}): {self.message}"

    __repr__ = __str__

    @property
    def verdict(self) -> Verdict:
        """`equivalent` has a certificate, `different` a witness, `unknown` the reason in `message`."""
        return self.finding.verdict

    @property
    def message(self) -> str:
        """What the verdict rests on, in words."""
        return self.finding.message

    @property
    def witness(self) -> Witness | None:
        """What shows that they differ."""
        return self.finding.witness

    @property
    def is_equivalent(self) -> bool:
        """Whether the formulations were shown to be the same."""
        return self.verdict == "equivalent"
