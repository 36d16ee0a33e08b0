"""What is kept of the other readings of a problem."""

from pydantic import BaseModel, ConfigDict

from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["Ambiguity", "OtherReading"]


class OtherReading(BaseModel):
    """Another way to take a passage of the problem, solved."""

    model_config = ConfigDict(frozen=True)

    words: str
    """How it is taken, in the model's words."""
    changes: str
    """What makes its formulation differ, as `steepest.solvers.changes` writes changes."""
    formulation: Formulation
    solution: Solution
    is_different: bool
    """Whether it has another best value than the reading that was taken, or none."""


class Ambiguity(BaseModel):
    """A passage that can be taken in several ways."""

    model_config = ConfigDict(frozen=True)

    question: str
    """What to ask the person, in one short sentence."""
    assumed: str
    """How the formulation takes it."""
    others: tuple[OtherReading, ...]

    @property
    def changes_the_answer(self) -> bool:
        """Whether it matters how the passage is taken."""
        return any(each.is_different for each in self.others)
