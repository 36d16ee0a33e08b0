"""What is written down of a search: one line of JSON a step, from which the search is continued.

The records of all steps are the state of a search: the pool, the scores, what strategies have learned. A search that
was killed reads them, and makes the step that was under way again; the replies and evaluations that it had already
paid for are kept beside them, so that nothing is paid for twice.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from steepest.agents.optimizers.search.rollouts import Split
from steepest.agents.optimizers.search.values import are_same

__all__ = ["Birth", "Evaluated", "ModelUse", "Refused", "StepRecord", "Tried", "changed_values"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Birth(_Record):
    """A candidate that was admitted to the pool."""

    number: int
    values: dict[str, Any]
    """All of the seed's; of others the changed ones, against the first parent."""
    parents: tuple[int, ...] = ()
    origin: str
    note: str = ""
    model: str = ""
    gain: float | None = None
    """Over its parent, on the examples that decided."""
    reason: str = ""
    """By what right: the words of the decision."""


class Tried(_Record):
    """A candidate that was evaluated and not admitted."""

    number: int
    changes: dict[str, Any]
    parents: tuple[int, ...]
    origin: str
    score: float | None
    """Mean over what it was evaluated on."""
    gain: float | None
    """Over its parent on the same examples."""
    reason: str
    note: str = ""
    model: str = ""


class Refused(_Record):
    """A proposal that could not be used."""

    reason: str
    component: str = ""
    value: str = ""
    model: str = ""


class Evaluated(_Record):
    """Scores that were learned of a member of the pool."""

    number: int
    split: Split
    scores: dict[str, float]
    """By example."""
    objectives: dict[str, dict[str, float]] = Field(default_factory=dict)


class ModelUse(_Record):
    """What a model was asked."""

    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    unpriced: int = 0
    """Calls whose price nobody knows; they are not in `money`."""

    def plus(self, other: "ModelUse") -> "ModelUse":
        """Both together."""
        return ModelUse(
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            money=self.money + other.money,
            unpriced=self.unpriced + other.unpriced,
        )


class StepRecord(_Record):
    """What one step did. Step 0 evaluates the seed."""

    step: int
    births: tuple[Birth, ...] = ()
    tried: tuple[Tried, ...] = ()
    refused: tuple[Refused, ...] = ()
    evaluated: tuple[Evaluated, ...] = ()
    models: dict[str, ModelUse] = Field(default_factory=dict)
    """By the model's name."""
    notes: dict[str, Any] = Field(default_factory=dict)
    """Whatever the strategy wants to know again, as JSON."""
    metric_calls: int = 0
    """So far, in the whole search; likewise below."""
    tokens: int = 0
    money: float = 0.0
    unpriced: int = 0
    """Calls of models whose price nobody knows."""
    seconds: float = 0.0
    failure_score: float | None = None
    """What a run that raises counts as."""
    next_number: int = 1
    """The number of the next candidate."""
    stopped: Literal[False] | str = False
    """Why the search ended with this step."""


def changed_values(values: Mapping[str, Any], parent: Mapping[str, Any]) -> dict[str, Any]:
    """The values that differ from a parent's, as JSON says them."""
    return {name: value for name, value in values.items() if name not in parent or not are_same(parent[name], value)}
