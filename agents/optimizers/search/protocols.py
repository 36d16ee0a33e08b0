"""The seams of a search: what runs, who proposes, which parent, which examples, what counts as better, when to stop.

Every strategy is a combination of these (the shape is GEPA's, arXiv 2507.19457, taken apart). None of them keeps state
that a checkpoint would miss: what they know, they know from the pool and from the records of past steps (`observe`).
"""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from steepest.agents.llm.chat import ChatModel
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.values import Component, Rejection, Values

if TYPE_CHECKING:
    from steepest.agents.optimizers.search.records import StepRecord
    from steepest.agents.optimizers.search.search import Search

__all__ = [
    "Acceptance",
    "BatchSampler",
    "Decision",
    "ParentSelector",
    "Past",
    "Program",
    "Proposal",
    "Proposer",
    "Situation",
    "Stopper",
    "Strategy",
]


@runtime_checkable
class Program(Protocol):
    """What is being optimized."""

    @property
    def components(self) -> Sequence[Component]:
        """What candidates differ in; each name once."""

    def seed(self) -> Values:
        """The values to begin with."""

    def run(self, values: Values, example: Example, *, traced: bool) -> Rollout:
        """Run on one example and judge the output; called from several threads at once.

        What the workflow raises is the rollout's `error`, and the search says what that counts as; only what makes the
        search itself pointless (no sandbox, a guide that is broken) is raised.

        Args:
            values: Of a candidate.
            example: What to run it on.
            traced: Whether the rollout shall have an account for whoever proposes.
        """


@dataclass(frozen=True, slots=True)
class Past:
    """A candidate that was tried, or a proposal that was refused, as proposers are told of it."""

    changes: Values
    score: float | None
    """On what it was evaluated on; None if it was not."""
    outcome: str
    """"accepted", "not better", "rejected", ..."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a proposer is told."""

    components: Sequence[Component]
    """Those that it may change."""
    parent: Candidate
    rollouts: Sequence[Rollout]
    """Of the parent, on the examples to learn from."""
    pool: Pool
    past: Sequence[Past] = ()
    """Of this search, the oldest first."""
    rng: random.Random = field(default_factory=random.Random)
    """Seeded by search and step."""
    step: int = 0
    count: int = 1
    """How many proposals are wanted."""
    goal: str = ""
    """What the user wants, in words."""
    model: ChatModel | None = None
    """Whom to ask; its calls are counted, limited and kept. None in a search without a language model."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What a strategy adds for its own proposer."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """New values for some components, or the word that none should change."""

    changes: Values = field(default_factory=dict)
    reasoning: str = ""
    no_change: bool = False
    """Said by the proposer itself, in a field of its own; never read out of a text."""
    origin: str = "reflection"
    others: tuple[int, ...] = ()
    """Numbers of further parents."""
    rejections: tuple[Rejection, ...] = ()
    """Replies on the way to it that could not be used."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it but rejections: no reply could be used."""
        return bool(self.rejections) and not self.changes and not self.no_change


class Proposer(Protocol):
    """Proposes new values."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many proposals as are wanted, or fewer.

        A proposer that asks a model sets `ChatRequest.sample` from the step and the number of the proposal, so that a
        later step with the same words asks anew, while a step that is made again after a kill gets the same replies.

        Raises:
            LLMError: The model can't be asked, for good.
        """


class ParentSelector(Protocol):
    """Chooses whom to improve on."""

    def select(self, pool: Pool, rng: random.Random) -> Candidate:
        """A member of the pool."""


class BatchSampler(Protocol):
    """Chooses the examples to learn from."""

    def batch(self, keys: Sequence[str], step: int, seed: int) -> Sequence[str]:
        """Keys of the step's examples, out of those of the training split.

        Args:
            keys: All of them, in the order of the data.
            step: Counted from 1.
            seed: Of the search; the same step of the same search gives the same batch.
        """


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a child takes its place beside its parent, and by what right."""

    accepted: bool
    reason: str
    """In words, with the figures."""
    gain: float
    """Mean difference of the paired scores."""
    pairs: int
    """Examples that both were evaluated on."""
    p_value: float | None = None


Draw = Callable[[int], Awaitable[tuple[Sequence[float], Sequence[float]]]]
"""Evaluates parent and child on so many further examples of the training split and gives both scores; fewer, or none,
when examples or budget are at an end."""


class Acceptance(Protocol):
    """Decides whether a child is better than its parent."""

    async def decide(self, parent: Sequence[float], child: Sequence[float], draw: Draw) -> Decision:
        """Compare scores on the same examples; draw more where these do not tell."""


class Stopper(Protocol):
    """Ends a search before its budget does."""

    def reason(self, search: "Search") -> str | None:
        """Why to stop, in words; None to go on."""


class Strategy(Protocol):
    """One way of searching, a step at a time."""

    @property
    def name(self) -> str:
        """As users name it: "pareto"."""

    async def step(self, search: "Search") -> None:
        """Propose, evaluate, keep, with what `search` offers.

        The step has to follow from the pool, what `observe` was told, and `search.rng` alone, so that a step which was
        interrupted is made again in the same way.
        """

    def observe(self, record: "StepRecord") -> None:
        """Learn of a step that is over; called in order for every step, those before a resume included."""
