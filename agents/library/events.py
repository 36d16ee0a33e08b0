"""What happens to a library: changes of its content, and outcomes of tasks that used it. The events are the library.

A change says what each insight and each label that it touches is afterwards. So the state is a fold that only
overwrites, any past version can be computed, and a change is undone by one that puts back what was there before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Definition
from steepest.agents.library.skills.skill import Skill

__all__ = ["Change", "ChangeKind", "Event", "Outcome", "State"]

Thing = TypeVar("Thing")

ChangeKind: TypeAlias = Literal[
    "add", "merge", "refine", "activate", "quarantine", "retire", "edit", "label", "skill", "import", "undo", "restore"
]


class Change(BaseModel):
    """A change of content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["change"] = "change"
    kind: ChangeKind
    insights: dict[str, Insight | None] = Field(default_factory=dict)
    """What each is afterwards; None where it is gone."""
    definitions: dict[str, Definition | None] = Field(default_factory=dict)
    """What each label is afterwards, by its key."""
    usage: dict[str, Usage] = Field(default_factory=dict)
    """Counts that an import or a merge brings along; what is counted stays when it is undone."""
    skills: dict[str, Skill | None] = Field(default_factory=dict)
    """What each skill is afterwards, by its name."""
    reason: str = ""
    author: str = ""
    """`learn`, a person's name, or the model that proposed it."""
    run: str = ""
    """The run of `steepest learn` that it belongs to."""
    undoes: tuple[int, ...] = ()
    """Numbers of the events that it undoes."""


class Outcome(BaseModel):
    """What came of a task that asked the library."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["outcome"] = "outcome"
    task: str
    iteration: int | None = None
    """Of the run of learning, which counts a task once in each."""
    retrieved: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    helped: tuple[str, ...] = ()
    hurt: tuple[str, ...] = ()
    verified: tuple[str, ...] = ()
    """Whose own tasks were solved again with them."""
    tokens: dict[str, int] = Field(default_factory=dict)
    """In the prompt, by insight."""
    reason: str = ""
    author: str = ""
    run: str = ""


Body: TypeAlias = Annotated[Change | Outcome, Field(discriminator="type")]


class Event(BaseModel):
    """One event with its place in the history."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    """From 1, without a gap."""
    time: datetime
    body: Body


@dataclass
class State:
    """A library at one moment: what its events come to."""

    number: int = 0
    """Of the last event."""
    insights: dict[str, Insight] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    """The number of the event that last changed the content of each insight."""
    definitions: dict[str, Definition] = field(default_factory=dict)
    usage: dict[str, Usage] = field(default_factory=dict)
    skills: dict[str, Skill] = field(default_factory=dict)

    @classmethod
    def replayed(cls, events: Iterable[Event]) -> "State":
        """The state after these events, which begin with the first one."""
        state = cls()
        for event in events:
            state.apply(event)
        return state

    def apply(self, event: Event) -> None:
        """Go on by one event."""
        if isinstance(event.body, Change):
            _put(self.insights, event.body.insights)
            _put(self.definitions, event.body.definitions)
            _put(self.skills, event.body.skills)
            self.usage.update(event.body.usage)
            self.versions.update(dict.fromkeys(event.body.insights, event.number))
        else:
            self.usage.update(counted(self.usage, event.body, event.time))
        self.number = event.number


def _put(known: dict[str, Thing], after: Mapping[str, Thing | None]) -> None:
    for name, value in after.items():
        if value is None:
            known.pop(name, None)
        else:
            known[name] = value


def counted(known: Mapping[str, Usage], outcome: Outcome, time: datetime) -> dict[str, Usage]:
    """The usage of the insights that an outcome is about, with the outcome in it."""
    touched = {*outcome.retrieved, *outcome.used, *outcome.helped, *outcome.hurt, *outcome.verified, *outcome.tokens}
    return {name: _with(known.get(name, Usage()), name, outcome, time) for name in touched}


def _with(usage: Usage, name: str, outcome: Outcome, time: datetime) -> Usage:
    return Usage(
        retrieved=usage.retrieved + (name in outcome.retrieved),
        used=usage.used + (name in outcome.used),
        helped=usage.helped + (name in outcome.helped),
        hurt=usage.hurt + (name in outcome.hurt),
        tokens=usage.tokens + outcome.tokens.get(name, 0),
        verified=time if name in outcome.verified else usage.verified,
    )
