"""What several formulations of one problem came to: a part of the answer that they elected."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Agreement", "Group"]


class Group(BaseModel):
    """Answers that are the same: one outcome and, where there is one, one value."""

    model_config = ConfigDict(frozen=True)

    outcome: str
    objective: float | None = None
    samples: tuple[int, ...]
    """Which of the formulations came to it, counted from 1."""
    weight: float
    """Of its best answer: 1 for each other one of the same value, half for each of the same structure."""
    structures: int = 1
    """How many different structures its formulations have."""


class Agreement(BaseModel):
    """How far several formulations of a problem agree, and what the agreement is worth."""

    asked: int
    """How many were asked for at most."""
    drawn: int
    """How many were drawn until it was clear."""
    chosen: int
    """Which of them the answer is, counted from 1."""
    groups: list[Group] = Field(default_factory=list)
    """The one of the answer first, the others by weight."""
    without_verdict: int = 0
    """How many came to nothing: no usable formulation, or a solve that did not end."""
    confidence: float = Field(ge=0, le=1)
    """Chance that the answer is right, calibrated on synthetic problems whose answers are known."""
    sure_at: float = Field(ge=0, le=1)
    """The confidence below which the answer is not sure."""
    doubts: list[str] = Field(default_factory=list)
    """What speaks against the answer, a line each."""

    @property
    def is_sure(self) -> bool:
        """Whether the confidence reaches the threshold."""
        return self.confidence >= self.sure_at

    @property
    def agreeing(self) -> int:
        """How many came to the answer."""
        return len(self.groups[0].samples) if self.groups else 0
