"""What a search by many solves may take, and what of it is spent: explanations, comparisons and batteries."""

from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

from steepest.solvers.control import SolveControl


class Budget(Protocol):
    """Limits of all solves of a search together."""

    @property
    def solves(self) -> int:
        """How many there may be."""

    @property
    def seconds(self) -> float:
        """Wall clock of all of it."""


class BudgetSpentError(Exception):
    """A limit is reached or the search was cancelled, as the text says: it ends with what it has, and tells that."""


@dataclass
class Spending:
    """The budget of one search, shared by its parts."""

    budget: Budget
    control: SolveControl = field(default_factory=SolveControl)
    """May end the search from another thread."""
    part: float = 1.0
    """The share of the seconds that a single solve may take: one hard solve leaves time for others."""
    begin: float = field(default_factory=perf_counter)
    solves: int = 0

    @property
    def seconds(self) -> float:
        """Seconds since the begin."""
        return perf_counter() - self.begin

    def require_time(self) -> float:
        """The seconds that are left.

        Raises:
            BudgetSpentError: There are none, or the search was cancelled.
        """
        if self.control.cancelled:
            raise BudgetSpentError("it was interrupted")
        left = self.budget.seconds - self.seconds
        if left <= 0:
            raise BudgetSpentError("the seconds of the budget were spent")
        return left

    def next_limit(self) -> float:
        """Count one more solve, and say how many seconds it may take.

        Raises:
            BudgetSpentError: There is nothing left for it, or the search was cancelled.
        """
        left = self.require_time()
        if self.solves >= self.budget.solves:
            raise BudgetSpentError("the solves of the budget were spent")
        self.solves += 1
        return min(left, max(1.0, self.budget.seconds * self.part))

    def interrupt(self) -> BudgetSpentError:
        """Cancel what is left of the search, since the user interrupted one of its solves; to be raised."""
        self.control.cancel()
        return BudgetSpentError("it was interrupted")

    def again(self, budget: Budget) -> "Spending":
        """Another budget for a further part of the work, which the same cancel ends."""
        return replace(self, budget=budget, begin=perf_counter(), solves=0)
