"""The record of one attempt at one problem: what a run appends, and all that reports and comparisons read."""

from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from steepest.evals.attempts import Attempt

__all__ = ["Grade", "QueryGrade", "Sample", "SampleKey", "Verdict"]

Verdict = Literal[
    "correct",
    "wrong_value",
    "infeasible",
    "unbounded",
    "unsupported",
    "not_formulated",
    "compile_error",
    "solver_timeout",
    "llm_error",
    "infrastructure_error",
]
"""`infeasible` and `unbounded`: a wrong claim that there is no optimum; where the label says so too it is `correct`."""


class SampleKey(NamedTuple):
    """Which attempt a sample records."""

    id: str
    epoch: int


class QueryGrade(BaseModel):
    """How one named value of a label was matched."""

    model_config = ConfigDict(frozen=True)

    query: str
    expected: float
    found: float | None = None
    matched: str | None = None
    """Name of the value it was mapped to; `objective` for the objective."""
    correct: bool = False


class Grade(BaseModel):
    """What one profile says of an attempt."""

    model_config = ConfigDict(frozen=True)

    profile: str
    correct: bool
    reason: str = ""
    """Why, in a line."""
    queries: tuple[QueryGrade, ...] = ()


class Sample(BaseModel):
    """An attempt with its grades."""

    model_config = ConfigDict(frozen=True)

    id: str
    epoch: int = Field(default=1, ge=1)
    dataset: str = ""
    verdict: Verdict
    """By the strict profile."""
    grades: tuple[Grade, ...] = ()
    """The strict profile first, then the others that the run asked for."""
    attempt: Attempt
    finished: datetime
    worker: str = ""
    """Which process or machine made it."""

    @property
    def key(self) -> SampleKey:
        """Problem and epoch."""
        return SampleKey(self.id, self.epoch)

    @property
    def is_graded(self) -> bool:
        """Whether it says something about the method: all but failures of the infrastructure."""
        return self.verdict != "infrastructure_error"

    @property
    def is_correct(self) -> bool:
        """By the strict profile."""
        return self.verdict == "correct"

    def correct_by(self, profile: str) -> bool:
        """Whether this profile calls it right.

        Raises:
            KeyError: The sample was not graded by this profile.
        """
        for grade in self.grades:
            if grade.profile == profile:
                return grade.correct
        raise KeyError(profile)
