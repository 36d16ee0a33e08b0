"""Figures and names as the page, the Markdown and the terminal write them."""

from steepest.agents.optimizers.sealed import SealedTest
from steepest.traces.rendering.figures import count_of, duration, money

__all__ = ["figure", "sealed_words", "signed", "spent_words"]


def figure(score: float | None) -> str:
    """A score, to four significant digits."""
    return "not known" if score is None else f"{score:.4g}"


def signed(difference: float | None) -> str:
    """A difference of scores."""
    return "" if difference is None else f"{difference:+.4g}"


def sealed_words(test: SealedTest) -> str:
    """The figure that no choice has seen, with its interval."""
    interval = f"95 % interval {signed(test.low)} to {signed(test.high)}"
    return f"{figure(test.best)}, the seed {figure(test.seed)}: {signed(test.gain)}, {interval}, n = {test.n:,}"


def spent_words(metric_calls: int, tokens: int, dollars: float, seconds: float) -> str:
    """What a search has spent, in a line; tokens and money only where there are any."""
    parts = [count_of(metric_calls, "metric call")]
    if tokens:
        parts += [count_of(tokens, "token"), money(dollars)]
    return ", ".join([*parts, duration(seconds)])
