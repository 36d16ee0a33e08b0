"""What a search for other optimal answers came to."""

from dataclasses import dataclass, field
from typing import Literal

from steepest.solvers.solution import Solution

Verdict = Literal["found", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Optimal answers of one formulation."""

    verdict: Verdict
    """`found` has at least one other answer, `none` is the proof that there is none, `unknown` says why neither."""
    message: str
    objective: float | None = None
    tolerance: float = 0.0
    """How far an objective may be off and count as equal."""
    solutions: list[Solution] = field(default_factory=list)
    """The first is the answer itself; each differs from the others in a decision, and meets every constraint."""
    is_complete: bool = False
    """Whether there are no others; where only real-valued decisions differ there are always more in between."""
    solves: int = 0
