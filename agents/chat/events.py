"""What happens in a conversation. Kept events are the conversation: it is what they come to when they are replayed.

Signals tell of work in progress; they are shown while it lasts and not kept.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from steepest.agents.chat.intents import Intent
from steepest.agents.modeling.answer import Outcome, UsedInsight
from steepest.agents.modeling.reading.coverage import Reading
from steepest.agents.modeling.sampling.agreement import Agreement
from steepest.agents.modeling.steps import Step
from steepest.solvers.control import SolveProgress
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = [
    "Answered",
    "Asked",
    "Attached",
    "Compared",
    "Event",
    "Exported",
    "Moved",
    "Named",
    "Recorded",
    "Said",
    "Signal",
    "Solving",
    "StepTaken",
    "Told",
    "Topic",
    "TurnEnded",
    "Understood",
    "Version",
    "Working",
]

Topic: TypeAlias = Literal["answer", "limits", "conflict", "others", "tests", "formulation", "help", "words", "trouble"]
"""What words are about; `words` are the model's own, `trouble` is what could not be done."""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Version(_Kept):
    """A formulation with its answer; a conversation goes from one to the next and back."""

    number: int
    """From 1, in the order in which they came."""
    parent: int | None = None
    """The version that was changed; None where the problem was stated."""
    problem: str
    """The problem in the person's words."""
    changes: tuple[str, ...] = ()
    """What makes it differ from its parent, as `steepest.solvers.changes` writes changes."""
    outcome: Outcome
    formulation: Formulation | None = None
    """With its data in it once it was changed; None where no formulation could be read."""
    solution: Solution | None = None
    explanation: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    assumptions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Parameters that have no data yet."""
    reading: Reading = Field(default_factory=Reading, repr=False)
    """Where in `problem` the formulation's numbers come from; empty in versions that were kept before there was one."""
    insights: tuple[UsedInsight, ...] = ()
    agreement: Agreement | None = Field(default=None, repr=False)
    """How far several formulations agree on the answer and how sure it is, where several were asked for."""
    steps: tuple[Step, ...] = ()
    model: str = ""
    """Who formulated it."""


class Said(_Kept):
    """What the person said."""

    type: Literal["said"] = "said"
    text: str
    formulation: str = ""
    """The formulation as a text, where that is what was given, in conversations that were kept before `Understood`."""


class Understood(_Kept):
    """What the words want, where they do not say it themselves: a model found it, or a face knows it.

    A turn that was cut short goes on from here, and nobody is asked again what was meant.
    """

    type: Literal["understood"] = "understood"
    intent: Annotated[Intent, Field(discriminator="kind")]


class Attached(_Kept):
    """Data that the person gave."""

    type: Literal["attached"] = "attached"
    name: str
    """Of the set or parameter that it fills."""
    path: str
    """Where the session finds it again."""
    description: str
    """Columns and rows, as the model is told."""


class Asked(_Kept):
    """What the agent wants to know before it goes on."""

    type: Literal["asked"] = "asked"
    question: str
    options: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    """For each option what it changes in the current formulation; empty text for what was assumed."""
    problem: str = ""
    """The problem that the answer will be added to."""


class Answered(_Kept):
    """A version, which is the current one from now on."""

    type: Literal["answered"] = "answered"
    version: Version


class Compared(_Kept):
    """Versions side by side."""

    type: Literal["compared"] = "compared"
    numbers: tuple[int, ...]


class Told(_Kept):
    """Words for the person."""

    type: Literal["told"] = "told"
    text: str
    topic: Topic


class Moved(_Kept):
    """Another version is the current one; None is the state before any."""

    type: Literal["moved"] = "moved"
    number: int | None
    is_undo: bool = False
    """Whether it takes the last step back, rather than being a step that can be undone."""
    is_redo: bool = False
    """Whether it takes back the last undo."""


class Named(_Kept):
    """A version got a name, a scenario's."""

    type: Literal["named"] = "named"
    number: int
    name: str


class Exported(_Kept):
    """A file was written."""

    type: Literal["exported"] = "exported"
    format: str
    path: str
    replaced: bool = False
    """Whether a file was there before, which is there no more."""


class TurnEnded(_Kept):
    """The end of a turn, however it came."""

    type: Literal["ended"] = "ended"
    outcome: Literal["done", "cancelled", "failed"]
    seconds: float
    input_tokens: int | None = 0
    output_tokens: int | None = 0
    """None where a model does not tell."""
    cost: Decimal | None = Decimal(0)
    """US dollars; None where a price is not known."""
    charged_tokens: int | None = None
    """What a budget was charged: for a call that nobody has counted, such as one that was cancelled, the most that it
    can have taken. None in turns that an earlier version kept."""
    charged_cost: Decimal | None = None
    """US dollars, likewise."""


Event: TypeAlias = Annotated[
    Said | Understood | Attached | Asked | Answered | Compared | Told | Moved | Named | Exported | TurnEnded,
    Field(discriminator="type"),
]


class Recorded(_Kept):
    """A kept event with its place."""

    number: int
    """From 1, without a gap."""
    time: datetime
    event: Event


class Working(_Kept):
    """A line about what is being done."""

    line: str


class StepTaken(_Kept):
    """A step of the agent ended."""

    step: Step


class Solving(_Kept):
    """How far the solver is."""

    progress: SolveProgress


Signal: TypeAlias = Working | StepTaken | Solving
