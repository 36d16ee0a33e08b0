"""How much work a comparison may take, and what of it is spent."""

from dataclasses import dataclass
from time import perf_counter

from pydantic import BaseModel, ConfigDict, Field


class ComparisonBudget(BaseModel):
    """Limits of a comparison; what is not decided when one is reached is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    solves: int = Field(default=5000, ge=1)
    seconds: float = Field(default=60.0, gt=0)
    """Wall clock of all of it."""


class BudgetSpentError(Exception):
    """A limit of the budget is reached. Never leaves this package."""


@dataclass
class Spending:
    """The budget of one comparison."""

    budget: ComparisonBudget
    begin: float
    solves: int = 0

    @classmethod
    def of(cls, budget: ComparisonBudget) -> "Spending":
        """A budget of which nothing is spent yet."""
        return cls(budget, perf_counter())

    @property
    def seconds(self) -> float:
        """Seconds since the begin."""
        return perf_counter() - self.begin

    @property
    def left(self) -> float:
        """Seconds that are left.

        Raises:
            BudgetSpentError: There are none.
        """
        left = self.budget.seconds - self.seconds
        if left <= 0:
            raise BudgetSpentError
        return left

    def next_limit(self) -> float:
        """Count one more solve, and say how many seconds it may take.

        Raises:
            BudgetSpentError: There is nothing left for it.
        """
        if self.solves >= self.budget.solves:
            raise BudgetSpentError
        left = self.left
        self.solves += 1
        return left
