"""What an evaluation takes and gives: an example, and a rollout of a candidate on it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

__all__ = ["Example", "Judgement", "Rollout", "Split", "mean_score"]

Split: TypeAlias = Literal["train", "validation", "test"]
"""What examples are for: to learn from; to choose among candidates; for a figure at the end that no choice has seen."""


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to run a workflow on."""

    key: str
    """Names it in its split, the same in every run over the same data."""
    data: Any
    """What the workflow and the guide are given."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a guide says about an output."""

    score: float
    """Finite; larger is better."""
    words: str = ""
    """What is right or wrong about it, for whoever proposes."""
    objectives: Mapping[str, float] = field(default_factory=dict)
    """Several figures of merit by name, larger is better, where there are several."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A workflow's run on one example with the values of one candidate. Goes to JSON and back."""

    example: str
    """The example's key."""
    score: float
    """Of no account if there is an error: the search says what a failure counts as."""
    words: str = ""
    objectives: Mapping[str, float] = field(default_factory=dict)
    inputs: str = ""
    """The example's data as a short text."""
    output: str = ""
    """What the workflow gave, as a short text; empty if it raised."""
    error: str = ""
    """What it raised, with the user's failing line marked where that is known."""
    account: Mapping[str, Any] | None = None
    """What led from the parameters to the output (`agents.optimizers.accounts`); None if nothing was traced."""
    tokens: int = 0
    """Of model calls inside of the workflow and the guide."""
    money: float = 0.0
    """US dollars, likewise."""
    unpriced: int = 0
    """Of those calls, how many have a price that nobody knows."""
    seconds: float = 0.0


def mean_score(rollouts: "list[Rollout] | tuple[Rollout, ...]") -> float:
    """The mean score; minus infinity of none."""
    return math.fsum(each.score for each in rollouts) / len(rollouts) if rollouts else -math.inf
