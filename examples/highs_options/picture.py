"""The picture: how the search went, and the work on every test instance with the defaults and with what was found."""

from pathlib import Path
from typing import Any

import steepest
from steepest.errors import InputError


def draw(found: "steepest.Optimized", before: list[float], after: list[float], path: Path) -> None:
    """Write an SVG.

    Args:
        found: The search.
        before: Work on each test instance with HiGHS's defaults.
        after: Work with the options that were found.
        path: Of the picture.

    Raises:
        InputError: Matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise InputError("the picture needs Matplotlib: pip install 'steepest[plots]'") from error
    matplotlib.use("svg")
    from matplotlib import pyplot

    with pyplot.rc_context({"svg.hashsalt": "steepest", "svg.fonttype": "none", "font.size": 9}):
        figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6))
        _draw_search(left, found)
        _draw_test(right, before, after)
        figure.tight_layout()
        figure.savefig(path, format="svg", metadata={"Date": None})
        pyplot.close(figure)


def _draw_search(axes: Any, found: "steepest.Optimized") -> None:
    calls = [record.metric_calls for record in found.records]
    best, scores = found.seed_score, []
    for record in found.records:
        best = max([best, *(found.pool.scores(each.number, "validation").mean for each in record.births)])
        scores.append(best)
    axes.step(calls, scores, where="post", color="#2b6cb0")
    axes.axhline(found.seed_score, color="#9aa5b1", linestyle="--", label="HiGHS's defaults")
    axes.set(xlabel="solves", ylabel="best score on validation", title="The search")
    axes.legend(frameon=False)


def _draw_test(axes: Any, before: list[float], after: list[float]) -> None:
    ends = [0.7 * min(*before, *after), 1.4 * max(*before, *after)]
    axes.loglog(ends, ends, color="#9aa5b1", linestyle="--")
    axes.loglog(before, after, "o", color="#2b6cb0")
    axes.set(xlabel="work with HiGHS's defaults", ylabel="work with the options found", xlim=ends, ylim=ends)
    axes.set_title("Test instances: below the line is less work")
