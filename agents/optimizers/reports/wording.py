"""Figures and names as the page, the Markdown and the terminal write them."""

__all__ = ["figure", "fraction", "signed", "spent_words"]

from steepest.traces.rendering.figures import count_of, duration, money


def figure(score: float | None) -> str:
    """A score, to four significant digits."""
    return "not known" if score is None else f"{score:.4g}"


def signed(difference: float | None) -> str:
    """A difference of scores."""
    return "" if difference is None else f"{difference:+.4g}"


def fraction(part: float, whole: float | None) -> str:
    """So many, of so many if there is a limit."""
    return f"{part:,}" if whole is None else f"{part:,} of {whole:,}"


def spent_words(metric_calls: int, tokens: int, dollars: float, seconds: float) -> str:
    """What a search has spent, in a line; tokens and money only where there are any."""
    parts = [count_of(metric_calls, "metric call")]
    if tokens:
        parts += [count_of(tokens, "token"), money(dollars)]
    return ", ".join([*parts, duration(seconds)])
