"""Figures and names as the page, the Markdown and the terminal write them."""

from steepest.agents.optimizers.outcome import CHOSEN, UNSEALED
from steepest.agents.optimizers.sealed import SealedTest
from steepest.agents.optimizers.search.rollouts import Split
from steepest.traces.rendering.figures import count_of, duration, money

__all__ = ["choice_words", "figure", "sealed_words", "signed", "spent_words", "split_words"]


def figure(score: float | None) -> str:
    """A score, to four significant digits."""
    return "not known" if score is None else f"{score:.4g}"


def signed(difference: float | None) -> str:
    """A difference of scores."""
    return "" if difference is None else f"{difference:+.4g}"


def sealed_words(test: SealedTest) -> str:
    """The figure that no choice has seen, with its interval."""
    interval = test.why_no_interval or f"95 % interval {signed(test.low)} to {signed(test.high)}"
    words = f"{figure(test.best)}, the seed {figure(test.seed)}: {signed(test.gain)}, {interval}, n = {test.n:,}"
    return "; ".join(filter(None, (words, test.warning)))


def split_words(ranking: Split) -> str:
    """The split by which the best was chosen."""
    return "validation split" if ranking == "validation" else "training split"


def choice_words(best: int, test: SealedTest | None) -> str:
    """What the best score is to be read with; nothing where the seed is still the best."""
    if not best:
        return ""
    return CHOSEN if test is not None else f"{CHOSEN}; {UNSEALED}"


def spent_words(metric_calls: int, tokens: int, dollars: float, seconds: float, unpriced: int = 0) -> str:
    """What a search has spent, in a line; tokens and money only where there are any."""
    parts = [count_of(metric_calls, "metric call")]
    if tokens:
        parts += [count_of(tokens, "token"), money(dollars, unpriced)]
    return ", ".join([*parts, duration(seconds)])
