"""Candidates, and what is known of them."""

import math
from dataclasses import dataclass, field

from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Values

__all__ = ["Candidate", "Scores"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Values for all components, and where they came from."""

    number: int
    """Of all candidates that were made in a search, in order; 0 is the seed."""
    values: Values
    digest: str
    """`digest_of(values)`."""
    parents: tuple[int, ...] = ()
    step: int = 0
    origin: str = "seed"
    """Who proposed it: "seed", "reflection", "merge", "restart", ..."""
    changed: tuple[str, ...] = ()
    """Components that differ from the first parent's."""
    note: str = ""
    """What its proposer said for it."""
    model: str = ""
    """The chat model that proposed it, if one did."""


@dataclass(slots=True)
class Scores:
    """What is known of a candidate on one split: each example's score once (the first evaluation stands)."""

    by_example: dict[str, float] = field(default_factory=dict)
    objectives: dict[str, dict[str, float]] = field(default_factory=dict)
    """By example, then by name; empty with a single objective."""
    total: float = 0.0

    def add(self, rollout: Rollout) -> None:
        """Take in a rollout."""
        if rollout.example not in self.by_example:
            self.by_example[rollout.example] = rollout.score
            self.total += rollout.score
            if rollout.objectives:
                self.objectives[rollout.example] = dict(rollout.objectives)

    @property
    def count(self) -> int:
        """Examples that it was evaluated on."""
        return len(self.by_example)

    @property
    def mean(self) -> float:
        """The mean score; minus infinity of none."""
        return self.total / self.count if self.count else -math.inf
