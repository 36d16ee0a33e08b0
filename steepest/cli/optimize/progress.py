"""How a search stands, as the loop tells it and as people read it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.agents.optimizers.search.limits import Spending
    from steepest.agents.optimizers.search.search import Search

MOST_WORDS = 160


@dataclass(frozen=True, slots=True)
class Standing:
    """A search at one moment."""

    step: int
    best: float | None
    """None until the seed is evaluated."""
    seed: float | None
    admitted: int
    tried: int
    """Made and not admitted, or not yet."""
    refused: int
    metric_calls: int
    tokens: int
    money: float
    unpriced: int
    """Calls whose price nobody knows."""
    seconds: float
    share: float | None
    """Of the budget that is nearest to its end, or of the steps; None without a limit."""
    decision: str
    """The last one's words."""


class Progress:
    """Takes in a search again and again; another thread reads it.

    Args:
        steps: The most steps, if they are limited.
        clock: Seconds.
    """

    def __init__(self, steps: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.standing: Standing | None = None
        self._steps = steps
        self._clock = clock
        self._begin: tuple[float, float] | None = None

    def receive(self, search: "Search") -> None:
        """Take in how the search stands."""
        spending, past = search.spending, search.past
        best, seed = search.best, search.pool[0]
        is_known = search.pool.scores(0, search.ranking).count > 0
        last = past[-1] if past else None
        self.standing = Standing(
            step=search.step,
            best=search.score(best) if is_known else None,
            seed=search.score(seed) if is_known else None,
            admitted=len(search.pool) - 1,
            tried=search.made - len(search.pool),
            refused=search.refusals,
            metric_calls=spending.metric_calls,
            tokens=spending.tokens,
            money=spending.money,
            unpriced=spending.unpriced,
            seconds=spending.seconds,
            share=_share(spending, search.step, self._steps),
            decision="" if last is None else " ".join(f"{last.outcome}: {last.reason}".split())[:MOST_WORDS],
        )
        if self._begin is None and self.standing.share is not None:
            self._begin = self._clock(), self.standing.share

    @property
    def seconds_left(self) -> float | None:
        """Until the budget is spent, at the pace so far; None where there is no limit or no pace yet."""
        if self.standing is None or self.standing.share is None or self._begin is None:
            return None
        begin, share = self._begin
        gained = self.standing.share - share
        return (self._clock() - begin) * (1 - self.standing.share) / gained if gained > 0.01 else None


def _share(spending: "Spending", step: int, steps: int | None) -> float | None:
    limits = spending.limits
    pairs = (
        (spending.metric_calls + spending.set_aside, limits.metric_calls),
        (spending.tokens, limits.tokens),
        (spending.money, None if limits.money is None else float(limits.money)),
        (spending.seconds, limits.seconds),
        (step, steps),
    )
    shares = [spent / limit for spent, limit in pairs if limit]
    return min(max(shares), 1.0) if shares else None


def line(progress: Progress) -> str:
    """All of it in one line."""
    standing = progress.standing
    if standing is None:
        return "no run of the workflow has ended yet"
    parts = (scores(standing), candidates(standing), spent(standing), left(progress))
    return ", ".join(filter(None, parts))


def scores(standing: Standing) -> str:
    """The best score and the seed's."""
    if standing.best is None or standing.seed is None:
        return "evaluating the seed"
    return f"best {standing.best:.4g} (seed {standing.seed:.4g})"


def candidates(standing: Standing) -> str:
    """What became of the candidates."""
    from steepest.traces.rendering.figures import count_of

    step = "the sealed test" if standing.step < 0 else f"step {standing.step:,}"
    told = f"{step}: {standing.admitted:,} admitted, {max(standing.tried, 0):,} not"
    return f"{told}, {count_of(standing.refused, 'proposal')} refused" if standing.refused else told


def spent(standing: Standing) -> str:
    """Metric calls, and what models took."""
    from steepest.traces.rendering.figures import count_of, money

    parts = [count_of(standing.metric_calls, "metric call")]
    if standing.tokens:
        parts += [count_of(standing.tokens, "token"), money(standing.money, standing.unpriced)]
    return ", ".join(parts)


def left(progress: Progress) -> str:
    """About how long it will take."""
    seconds = progress.seconds_left
    if seconds is None:
        return ""
    if seconds < 100:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} min left" if seconds < 6000 else f"about {seconds / 3600:.1f} h left"
