"""How the attempts of a run are spread: the same interface for one process and for many machines."""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias

from steepest.evals.attempts import Attempt
from steepest.evals.problems import Question

__all__ = ["Engine", "Finished", "Job", "Refusal", "WorkOrder"]

Refusal: TypeAlias = Literal["model", "request"]
"""A failure that a person has to mend: the model can't be asked at all (key, quota, name, file), or the provider
refuses a request, which may be due to the settings or to this one text."""


@dataclass(frozen=True)
class Job:
    """One attempt to make."""

    question: Question
    epoch: int = 1


@dataclass(frozen=True)
class Finished:
    """An attempt that was made, or that the infrastructure kept from being made (its outcome says so)."""

    job: Job
    attempt: Attempt
    worker: str = ""
    out_of_budget: bool = False
    """Whether the budget forbade a call that the attempt needed: it is not made, and no other one would be."""
    refusal: Refusal | None = None
    """Why trying again won't help, where an attempt failed by the infrastructure for good."""


@dataclass(frozen=True)
class WorkOrder:
    """All that a worker needs to set up, as plain data that travels to another process."""

    method: str
    model: str
    """Empty for a method that asks none."""
    method_settings: dict[str, Any] = field(default_factory=dict)
    solver_seconds: float = 60.0
    seed: int = 0
    cache: str | None = None
    """Where the run's replies are kept (`RunWriter.replies`); None keeps none."""
    library: str | None = None
    """The run's copy of the experience library that the method asks; workers elsewhere have to reach it there."""
    max_cost: Decimal | None = None
    """US dollars, those that the run spent before included."""
    max_tokens: int | None = None


class Engine(Protocol):
    """Makes attempts."""

    def work(self, jobs: Iterable[Job]) -> AsyncGenerator[Finished, None]:
        """Make all attempts, in any order, each reported as soon as it is done.

        Jobs are drawn as workers get free, so their number may be large. A worker that dies costs its own attempts
        alone, which are made again elsewhere. Closing the generator gives up the attempts under way.

        Raises:
            RepliesError: What the model answered can't be kept any more, so that going on would lose what is paid for.
        """

    async def close(self) -> None:
        """Stop workers and let go of what they hold."""
