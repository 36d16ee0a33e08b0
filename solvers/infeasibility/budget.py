"""How much work an explanation may take, and what of it is spent."""

from dataclasses import dataclass
from time import perf_counter

from pydantic import BaseModel, ConfigDict, Field


class ExplanationBudget(BaseModel):
    """Limits of an explanation; what is known when one is reached is told, as not proven smallest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    solves: int = Field(default=2000, ge=1)
    """Tests of feasibility."""
    seconds: float = Field(default=20.0, gt=0)
    """Wall clock of all of it."""

    @classmethod
    def within(cls, time_limit: float | None) -> "ExplanationBudget":
        """No more seconds than the solve itself may take."""
        usual = cls()
        return usual if time_limit is None else cls(seconds=min(usual.seconds, time_limit))


class BudgetSpentError(Exception):
    """A limit of the budget is reached: the search ends with what it has. Never leaves this package."""


@dataclass
class Spending:
    """The budget of one explanation, shared by its parts."""

    budget: ExplanationBudget
    begin: float
    solves: int = 0

    @classmethod
    def of(cls, budget: ExplanationBudget) -> "Spending":
        """A budget of which nothing is spent yet."""
        return cls(budget, perf_counter())

    @property
    def seconds(self) -> float:
        """Seconds since the begin."""
        return perf_counter() - self.begin

    def next_limit(self) -> float:
        """Count one more solve, and say how many seconds it may take: one hard test leaves time for others.

        Raises:
            BudgetSpentError: There is nothing left for it.
        """
        left = self.budget.seconds - self.seconds
        if left <= 0 or self.solves >= self.budget.solves:
            raise BudgetSpentError
        self.solves += 1
        return min(left, max(1.0, self.budget.seconds / 5))

    def share(self, part: float) -> "Spending":
        """A budget of its own for another part of the work, a share of the seconds and all of the solves."""
        return Spending.of(self.budget.model_copy(update={"seconds": self.budget.seconds * part}))
