"""What was found out about a failure."""

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Diagnosis", "Issue", "Judged", "Verdict"]

Verdict: TypeAlias = Literal["positive", "invalid", "negative", "irrelevant"]
"""`positive`: right here; `invalid`: it fits and was not followed; `negative`: it misled; `irrelevant`: it does not
fit."""


class Issue(BaseModel):
    """A root cause of a failure, independent of the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issue: str
    evidence: str = ""
    """Words of the problem, or a line of the formulation."""


class Judged(BaseModel):
    """What a model says of an insight that was in the prompt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Verdict
    reason: str = ""


class Diagnosis(BaseModel):
    """A failure, what it comes from, and what solved the task after all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issues: tuple[Issue, ...] = ()
    judged: dict[str, Judged] = Field(default_factory=dict)
    """By insight."""
    is_borne_out: bool = False
    """Whether the task is solved with the positive insights alone; without that no judgement counts."""
    unretrieved: tuple[str, ...] = ()
    """Insights that the task was not solved without and is solved with, though it had not found them."""
    tried: int = 0
    """Sets of such insights that were tried."""

    @property
    def positive(self) -> tuple[str, ...]:
        """Insights that stayed in the prompt when the task was solved."""
        if not self.is_borne_out:
            return ()
        return tuple(name for name, each in self.judged.items() if each.verdict == "positive")

    @property
    def negative(self) -> tuple[str, ...]:
        """Insights that misled: the task is solved without them.

        Where none is judged so, all that were left out: one of them did it.
        """
        if not self.is_borne_out:
            return ()
        said = tuple(name for name, each in self.judged.items() if each.verdict == "negative")
        return said or tuple(name for name, each in self.judged.items() if each.verdict != "positive")
