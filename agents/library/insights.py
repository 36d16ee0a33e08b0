"""An insight: when it applies, what is right and wrong there, an example; where it comes from and how it fared."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from steepest.agents.library.labels import Label, LabelText

__all__ = ["Insight", "Provenance", "Status", "Usage", "insight_id"]

Status: TypeAlias = Literal["candidate", "active", "quarantined", "retired"]
"""`candidate`: not verified; `active`: used; `quarantined`: it hurt and waits for a refinement; `retired`: kept for
the record only."""

LONGEST = 4_000
"""Characters of one part of an insight; the shipped library of AlphaOPT has 380, 495 and 182 on average."""


def _not_empty(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text.strip()


Part: TypeAlias = Annotated[str, Field(max_length=LONGEST), AfterValidator(_not_empty)]


class Provenance(BaseModel):
    """Where an insight comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tasks: tuple[str, ...] = ()
    """Ids of the tasks that it was learned from; all of them are solved again before a merge is accepted."""
    model: str | None = None
    prompt: str | None = None
    """Name and version of the prompt that asked for it, such as `extract_text@1`."""
    source: str = ""
    """The data set or person behind it, with its licence where there is one."""
    merged: tuple[str, ...] = ()
    """Ids of the insights that were merged into this one."""


class Insight(BaseModel):
    """One piece of experience."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    title: Annotated[str, Field(max_length=200)] = ""
    labels: Annotated[tuple[LabelText, ...], Field(min_length=1)]
    condition: Part
    """When it applies, told from the problem's side; later sentences widen it or say when it does not apply."""
    explanation: Part
    """Good practice, the usual mistake and its cause."""
    example: Annotated[str, Field(max_length=LONGEST)] = ""
    """A wrong fragment beside a right one."""
    status: Status = "candidate"
    fingerprint: tuple[str, ...] = ()
    """Structural features of the formulations that it is about (`fingerprints`), sorted."""
    provenance: Provenance = Provenance()
    foreign: dict[str, object] = Field(default_factory=dict)
    """Fields of another system's file that have no place here, kept so that an export gives back what was read."""

    @field_validator("labels")
    @classmethod
    def _each_once(cls, labels: tuple[Label, ...]) -> tuple[Label, ...]:
        return tuple({label.key: label for label in labels}.values())

    @field_validator("fingerprint")
    @classmethod
    def _sorted(cls, features: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(features)))

    @property
    def text(self) -> str:
        """What a search for words goes through."""
        return "\n".join((self.title, self.condition, self.explanation, *(" ".join(label) for label in self.labels)))


class Usage(BaseModel):
    """How an insight fared; each counts tasks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retrieved: int = 0
    used: int = 0
    """Times that it was in the prompt."""
    helped: int = 0
    """Times that a task was solved with it that was not solved without it."""
    hurt: int = 0
    tokens: int = 0
    """That it took in prompts, in all."""
    verified: datetime | None = None
    """When its tasks were last solved with it."""

    @property
    def usefulness(self) -> float:
        """The mean of the posterior Beta(1 + helped, 1 + hurt): how likely it is to help when it makes a difference."""
        return (1 + self.helped) / (2 + self.helped + self.hurt)


def insight_id(condition: str, explanation: str) -> str:
    """An id that only the content decides, so that learning the same thing twice is seen."""
    return hashlib.sha256(f"{condition.strip()}\0{explanation.strip()}".encode()).hexdigest()[:12]
