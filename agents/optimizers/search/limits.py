"""What a search may spend, and what it has spent: metric calls, tokens, money, seconds."""

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from steepest.agents.llm.budget import Budget
from steepest.errors import InputError, SteepestError

__all__ = ["BudgetSpent", "SearchLimits", "Spending"]


class BudgetSpent(SteepestError):
    """What is wanted next would pass a limit; nothing of it was begun."""


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """Limits of a search; None for no limit.

    Raises:
        InputError: One of them is no number that a limit can be.
    """

    metric_calls: int | None = None
    """Runs of the workflow that are judged; what is found in the cache is none."""
    tokens: int | None = None
    """Read and written by language models, those in the workflow included as far as it reports them (`charge`)."""
    money: Decimal | float | None = None
    """US dollars, likewise."""
    seconds: float | None = None
    """Of wall-clock time. What runs when they are over is given up; in a thread it goes on to its end, unheard."""

    def __post_init__(self) -> None:
        for name in ("metric_calls", "tokens", "money", "seconds"):
            value: Any = getattr(self, name)
            is_whole = name in ("metric_calls", "tokens")
            kinds = (int,) if is_whole else (int, float, Decimal)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, kinds) or not 0 <= value < float("inf"):
                wanted = "a whole number" if is_whole else "a number"
                raise InputError(f"the limit {name} is {value!r}: it has to be {wanted} of 0 or more, or None for none")


class Spending:
    """What a search has spent; shared by its evaluations and its models.

    Args:
        limits: What it may spend.
        metric_calls, tokens, money, seconds: What it has spent before, if it is continued.
    """

    def __init__(
        self,
        limits: SearchLimits,
        *,
        metric_calls: int = 0,
        tokens: int = 0,
        money: float = 0.0,
        seconds: float = 0.0,
    ) -> None:
        self.limits = limits
        self.metric_calls = metric_calls
        self.set_aside = 0
        """Metric calls that are kept for the test at the end."""
        money_limit = None if limits.money is None else Decimal(str(limits.money))
        self.budget = Budget(money_limit, limits.tokens)
        """Of the models that propose."""
        self.budget.spent_tokens = tokens
        self.budget.spent_money = Decimal(str(money))
        self._before = seconds
        self._begin = time.monotonic()

    @property
    def seconds(self) -> float:
        """Wall-clock time of all sessions of the search together."""
        return self._before + time.monotonic() - self._begin

    @property
    def tokens(self) -> int:
        """Read and written so far."""
        return self.budget.spent_tokens

    @property
    def money(self) -> float:
        """US dollars so far."""
        return float(self.budget.spent_money)

    @property
    def seconds_left(self) -> float | None:
        """Until the limit; None without one."""
        return None if self.limits.seconds is None else max(0.0, self.limits.seconds - self.seconds)

    @property
    def metric_calls_left(self) -> int | None:
        """Until the limit, without what is set aside; None without one."""
        most = self.limits.metric_calls
        return None if most is None else max(0, most - self.metric_calls - self.set_aside)

    def require(self, metric_calls: int) -> None:
        """Make sure that so many metric calls may be begun now.

        Raises:
            BudgetSpent: A limit is reached, or would be passed.
        """
        left = self.metric_calls_left
        if left is not None and metric_calls > left:
            raise BudgetSpent(
                f"the budget of {self.limits.metric_calls:,} metric calls: {self.metric_calls:,} are spent"
                + (f", {self.set_aside:,} set aside for the test" if self.set_aside else "")
                + f", and the next {metric_calls:,} would pass it"
            )
        self.require_time()
        self.require_more_than(self.tokens, self.money)

    def require_more_than(self, tokens: int, money: float) -> None:
        """Make sure that the limits are higher than what was spent by some time.

        Args:
            tokens: Read and written until then.
            money: US dollars until then.

        Raises:
            BudgetSpent: A limit was reached.
        """
        if self.limits.tokens is not None and tokens >= self.limits.tokens:
            raise BudgetSpent(f"the budget of {self.limits.tokens:,} tokens is spent")
        if self.limits.money is not None and money >= float(self.limits.money):
            raise BudgetSpent(f"the budget of {self.limits.money} $ is spent")

    def go_on_after(self, seconds: float) -> None:
        """Count the seconds of the sessions before this one."""
        self._before = max(self._before, seconds)

    def require_time(self) -> None:
        """Make sure that there is time left.

        Raises:
            BudgetSpent: There is none.
        """
        if self.seconds_left == 0.0:
            raise BudgetSpent(f"the {self.limits.seconds:g} seconds that the search may take are over")

    def count(self, tokens: int, money: float) -> None:
        """Count one metric call and what was spent inside of it."""
        self.metric_calls += 1
        if tokens or money:
            self.budget.charge(Decimal(str(money)), tokens)
