"""A skill: when to use it, what to do in which order, what goes wrong, and which insights say so."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from steepest.agents.library.insights import Insight, Part
from steepest.agents.library.labels import LabelText

__all__ = ["Skill", "SkillName", "digest", "sources_of", "staleness"]

LONGEST_NAME = 64
MOST_LINES = 12
"""Of a workflow, of pitfalls."""

SkillName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=LONGEST_NAME)]
"""Small letters, digits and hyphens, as folders of skills are named."""


class Skill(BaseModel):
    """A way to work on one kind of model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: SkillName
    when: Annotated[Part, Field(max_length=1_000)]
    """When to use it; other agents choose by this alone."""
    workflow: Annotated[tuple[Part, ...], Field(min_length=1, max_length=MOST_LINES)]
    pitfalls: Annotated[tuple[Part, ...], Field(max_length=MOST_LINES)] = ()
    labels: tuple[LabelText, ...] = ()
    """Of the insights that it comes from."""
    insights: Annotated[dict[str, str], Field(min_length=1)]
    """Ids of the insights that it comes from, and what they said then (`digest`)."""
    model: str | None = None
    prompt: str | None = None
    """Name and version of the prompt that asked for it."""


def digest(insight: Insight) -> str:
    """Tells whether an insight still says the same."""
    text = "\0".join((insight.condition, insight.explanation, insight.example))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def sources_of(insights: Sequence[Insight]) -> dict[str, str]:
    """Insights as a skill remembers them."""
    return {each.id: digest(each) for each in sorted(insights, key=lambda each: each.id)}


def staleness(skill: Skill, active: Mapping[str, Insight]) -> list[str]:
    """Why a skill no longer says what its insights say; nothing while it does.

    Args:
        skill: The skill.
        active: The active insights by id.
    """
    gone = [f"{name} is no longer active" for name in skill.insights if name not in active]
    there = {name: then for name, then in skill.insights.items() if name in active}
    return gone + [f"{name} was changed" for name, then in there.items() if digest(active[name]) != then]
