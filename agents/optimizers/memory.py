"""What an optimizer remembers between its steps: what was tried, what became of it, and which values scored how."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.protocols import Past
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Values, digest_of
from steepest.errors import InputError
from steepest.traces.modules.files import write_text

__all__ = ["Memory", "Outcome", "Solution", "Try", "read_saved", "write_saved"]

FORMAT = "steepest-optimizer/1"

Outcome: TypeAlias = Literal["committed", "rolled back", "rejected", "no change", "not used"]
"""What became of a proposal: it stands; the trial failed; it could not be used; nothing should change, said the
proposer; another one of the same step was taken."""

MOST_TRIES = 1000
"""The oldest go first; likewise below."""
MOST_SOLUTIONS = 200


class Try(BaseModel):
    """A proposal, or a part of a reply that was no proposal, and what became of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    """The number of the question to the proposer, from 1 on."""
    outcome: Outcome
    changes: dict[str, Any] = Field(default_factory=dict)
    """Values as JSON by parameter; of a rejection as a short text."""
    reason: str = ""
    reasoning: str = ""
    """What its proposer said for it."""
    digest: str = ""
    """Of all values with these changes, if they were in place."""


class Solution(BaseModel):
    """Values of all parameters, and the scores that feedback gave them."""

    model_config = ConfigDict(extra="forbid")

    values: dict[str, Any]
    total: float = 0.0
    count: int = 0

    @property
    def mean(self) -> float | None:
        """The mean score; None of none."""
        return self.total / self.count if self.count else None


class Memory(BaseModel):
    """Goes to JSON and back."""

    model_config = ConfigDict(extra="forbid")

    asked: int = 0
    """Questions to the proposer so far."""
    tries: list[Try] = Field(default_factory=list)
    """The oldest first."""
    solutions: dict[str, Solution] = Field(default_factory=dict)
    """By the digest of their values, the oldest first."""

    def add(self, made: Try) -> None:
        """Remember a try."""
        self.tries.append(made)
        del self.tries[:-MOST_TRIES]

    def score(self, values: Values, scores: Sequence[float]) -> None:
        """Remember scores of values."""
        if not scores:
            return
        known = self.solutions.setdefault(digest_of(values), Solution(values=dict(values)))
        known.total += math.fsum(scores)
        known.count += len(scores)
        if len(self.solutions) > MOST_SOLUTIONS:
            oldest = list(self.solutions)[: -MOST_SOLUTIONS // 2]
            del self.solutions[min(oldest, key=lambda digest: self.solutions[digest].mean or 0.0)]

    def past(self) -> list[Past]:
        """The tries as proposers are told of them, with what is known of their scores by now."""
        return [Past(each.changes, self._score_of(each), each.outcome, each.reason) for each in self.tries]

    def _score_of(self, made: Try) -> float | None:
        known = self.solutions.get(made.digest)
        return known.mean if known is not None else None

    def pool(self, present: Values) -> tuple[Pool, Candidate]:
        """The values that have scores as a pool, and the present ones as one of its members."""
        pool = Pool()
        digest = digest_of(present)
        known: Mapping[str, Values] = {key: each.values for key, each in self.solutions.items()}
        for number, (key, values) in enumerate({**known, digest: present}.items()):
            member = Candidate(number, dict(values), key, origin="step" if number else "seed")
            pool.add(member)
            mean = self.solutions[key].mean if key in self.solutions else None
            if mean is not None:
                pool.record(number, "train", [Rollout("feedback", mean)])
            if key == digest:
                parent = member
        return pool, parent


def write_saved(path: Path, values: Values, memory: Memory) -> None:
    """Write values and a memory as JSON.

    Raises:
        InputError: The file can't be written.
    """
    content = {"format": FORMAT, "values": values, "memory": memory.model_dump(mode="json")}
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_saved(path: Path) -> tuple[dict[str, Any], Memory]:
    """What `write_saved` wrote.

    Raises:
        InputError: It is no such file.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} can't be read as what an optimizer saved: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("values"), dict):
        raise InputError(f"{path} is nothing that an optimizer saved in the format {FORMAT}")
    try:
        return content["values"], Memory.model_validate(content.get("memory"))
    except ValidationError as error:
        raise InputError(f"{path} can't be read as what an optimizer saved: {error.errors()[0]['msg']}") from error
