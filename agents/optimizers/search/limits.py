"""What a search may spend, and what it has spent: metric calls, tokens, money, seconds."""

import time
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from steepest.agents.llm.budget import Budget
from steepest.errors import InputError, SteepestError

__all__ = ["BudgetSpent", "Costs", "SearchLimits", "Spending"]

_ROUNDING = 1e-9
"""Of sums of money, against a limit of 1."""


class BudgetSpent(SteepestError):
    """What is wanted next would pass a limit; it was not begun."""


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """Limits of a search; None for no limit.

    Before each run of the workflow all of them are looked at, with what the runs under way and the next one take by the
    mean of those before. So a limit in tokens or money is passed at most by what the runs under way take more than the
    mean; at the very beginning, while no mean is known, by what the first runs take, one for each worker. A run that
    is begun is a metric call whether or not it is ever heard of.

    Where there is a sealed test, each limit keeps a share for it: two runs for each test example, in metric calls, and
    in tokens, money and seconds by the means so far.

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


@dataclass(frozen=True, slots=True)
class Costs:
    """What runs took."""

    runs: int = 0
    tokens: int = 0
    money: float = 0.0
    seconds: float = 0.0

    def plus(self, tokens: int, money: float, seconds: float) -> "Costs":
        """With one more run."""
        return Costs(self.runs + 1, self.tokens + tokens, self.money + money, self.seconds + seconds)

    def of(self, runs: float) -> tuple[float, float, float]:
        """Tokens, money and seconds of so many runs, by the mean; nothing while no mean is known."""
        share = runs / self.runs if self.runs else 0.0
        return self.tokens * share, self.money * share, self.seconds * share


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
        money_limit = None if limits.money is None else Decimal(str(limits.money))
        self.budget = Budget(money_limit, limits.tokens)
        """Of the models that propose."""
        self.unpriced = 0
        """Calls of models whose price nobody knows, so that they are not in `money`."""
        self.budget.charge(Decimal(str(money)), tokens)
        self._workers = 1
        self._costs = Costs()
        self._set_aside = 0
        self._under_way = 0
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
    def set_aside(self) -> int:
        """Metric calls that are kept for the test at the end, and with them what they take on average."""
        return self._set_aside

    @set_aside.setter
    def set_aside(self, metric_calls: int) -> None:
        self._set_aside = metric_calls
        self._keep_back()

    @property
    def seconds_left(self) -> float | None:
        """Until the limit, without what is set aside; None without one."""
        if self.limits.seconds is None:
            return None
        return max(0.0, self.limits.seconds - self.seconds - self._seconds_set_aside)

    @property
    def metric_calls_left(self) -> int | None:
        """Until the limit, without what is set aside; None without one."""
        most = self.limits.metric_calls
        return None if most is None else max(0, most - self.metric_calls - self.set_aside)

    def expect(self, costs: Costs, workers: int) -> None:
        """Take the means from runs of earlier sessions.

        Args:
            costs: Of those runs.
            workers: How many runs go on at once.
        """
        self._costs, self._workers = costs, workers
        self._keep_back()

    def require(self, metric_calls: int) -> None:
        """Make sure that so many metric calls may be begun now, as far as can be told before they are.

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

    def require_run(self) -> None:
        """Make sure that one more run, of average cost, may be begun beside those that are under way.

        Raises:
            BudgetSpent: A limit is reached, or would be passed.
        """
        self.require_time()
        self.require_more_than(self.tokens, self.money)
        tokens, money, _ = self._costs.of(self._under_way + 1)
        self._require_room("tokens", self.tokens, tokens, self.limits.tokens, self.budget.kept_tokens)
        self._require_room("$", self.money, money, self.limits.money, self.budget.kept_money)
        left, seconds = self.seconds_left, self._costs.of(1)[2]
        if left is not None and seconds > left:
            raise BudgetSpent(
                f"the {self.limits.seconds:g} seconds that the search may take: {left:.3g} are left"
                f"{self._but_for_the_test}, and a run takes {seconds:.3g} on average"
            )

    def require_more_than(self, tokens: int, money: float) -> None:
        """Make sure that the limits are higher than what was spent by some time and what is set aside.

        Args:
            tokens: Read and written until then.
            money: US dollars until then.

        Raises:
            BudgetSpent: A limit was reached.
        """
        kept = self.budget
        if self.limits.tokens is not None and tokens >= self.limits.tokens - kept.kept_tokens:
            raise BudgetSpent(f"the budget of {self.limits.tokens:,} tokens is spent{self._but_for_the_test}")
        if self.limits.money is not None and money >= float(self.limits.money) - float(kept.kept_money):
            raise BudgetSpent(f"the budget of {self.limits.money} $ is spent{self._but_for_the_test}")

    def require_time(self) -> None:
        """Make sure that there is time left.

        Raises:
            BudgetSpent: There is none.
        """
        if self.seconds_left == 0.0:
            raise BudgetSpent(
                f"the {self.limits.seconds:g} seconds that the search may take are over{self._but_for_the_test}"
            )

    def go_on_after(self, seconds: float, tokens: int = 0, money: float = 0.0, unpriced: int = 0) -> None:
        """Count what the sessions before this one took, as far as it is not counted yet.

        Args:
            seconds: Wall-clock time until their last record.
            tokens: Read and written until then, calls included whose replies nobody heard.
            money: US dollars until then, likewise.
            unpriced: Calls until then whose price nobody knows.
        """
        self.unpriced = max(self.unpriced, unpriced)
        self._before = max(self._before, seconds)
        lost = max(Decimal(0), Decimal(str(money)) - self.budget.spent_money)
        self.budget.charge(lost, max(0, tokens - self.tokens))

    def begin(self, *, is_new: bool = True) -> None:
        """Count a run that is begun.

        Args:
            is_new: Whether it is a metric call of its own, and not one that was begun before and never heard of.
        """
        self.metric_calls += is_new
        self._under_way += 1

    def hear(self, tokens: int, money: float, seconds: float, unpriced: int = 0) -> None:
        """Count what was spent inside of a run that was begun; seconds are what it took."""
        self.unpriced += unpriced
        self._under_way -= 1
        self._costs = self._costs.plus(tokens, money, seconds)
        if tokens or money:
            self.budget.charge(Decimal(str(money)), tokens)
        self._keep_back()

    @property
    def _seconds_set_aside(self) -> float:
        """What the test will take where so many run at once, and what it may wait for the runs before it."""
        return self._costs.of(ceil(self._set_aside / self._workers) + 1)[2] if self._set_aside else 0.0

    @property
    def _but_for_the_test(self) -> str:
        return " but for what is set aside for the test" if self.set_aside else ""

    def _keep_back(self) -> None:
        tokens, money, _ = self._costs.of(self._set_aside)
        self.budget.kept_tokens, self.budget.kept_money = ceil(tokens), Decimal(str(money))

    def _require_room(self, unit: str, spent: float, wanted: float, limit: Any, kept: float | Decimal) -> None:
        if limit is not None and spent + wanted > float(limit) * (1 + _ROUNDING) - float(kept):
            raise BudgetSpent(
                f"the budget of {limit:,} {unit}: {spent:,.6g} are spent{self._but_for_the_test}, and the next run "
                f"with those under way would take {wanted:,.4g} by the mean"
            )
