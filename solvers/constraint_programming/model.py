"""A problem over whole numbers as plain data: what is built here and solved by CP-SAT in another process.

`ortools` and `highspy` each bring a HiGHS library of their own, and a process that has loaded one can't load the other.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

from steepest.solvers.formulation import Sense

Kind = Literal[
    "linear",
    "clause",
    "all",
    "product",
    "absolute",
    "max",
    "min",
    "element",
    "all_different",
    "no_overlap",
    "cumulative",
    "circuit",
]
"""What a constraint says; `running` has it in CP-SAT's words."""


class Expression(NamedTuple):
    """`constant + sum(factor * column)`."""

    columns: list[int]
    factors: list[int]
    constant: int


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint. A literal is a binary column, or `~column` for its opposite, as CP-SAT numbers them."""

    kind: Kind
    expressions: Sequence[Expression] = ()
    """What it is about; the result first where there is one."""
    literals: Sequence[int] = ()
    numbers: Sequence[int] = ()
    """Of a linear constraint the ends of its intervals, of an element its values, of a circuit the ends of its arcs."""
    given: Sequence[int] = ()
    """Literals under which it has to hold."""


@dataclass(slots=True)
class WholeModel:
    """Columns between whole numbers, constraints, an objective and where to begin."""

    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    sense: Sense | None = None
    """None where any answer will do."""
    objective: Expression | None = None
    scale: int = 1
    """How many times the objective was taken to make it whole."""
    start: dict[int, int] = field(default_factory=dict)
    """Values to try first."""

    @property
    def size(self) -> tuple[int, int, int]:
        """Constraints, columns, and how often a column occurs in a constraint."""
        occurrences = (len(each.literals) + sum(len(e.columns) for e in each.expressions) for each in self.constraints)
        return len(self.constraints), len(self.low), sum(occurrences)

    def document(self) -> dict[str, Any]:
        """The model as JSON can hold it."""
        return asdict(self) | {"start": list(self.start.items())}

    @classmethod
    def of_document(cls, document: dict[str, Any]) -> "WholeModel":
        """The model that a document holds."""
        constraints = [
            Constraint(**each | {"expressions": [Expression(*inner) for inner in each["expressions"]]})
            for each in document["constraints"]
        ]
        objective = document["objective"]
        parts = {"constraints": constraints, "objective": objective and Expression(*objective)}
        return cls(**document | parts | {"start": dict(document["start"])})
