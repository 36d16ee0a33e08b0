"""The best score by metric calls, as a part of an SVG picture."""

from itertools import pairwise

import steepest


def best_by_calls(found: "steepest.Optimized") -> list[tuple[int, float]]:
    """The best mean score on the training examples after each step, with the metric calls until then."""
    best, points = found.seed_score, []
    for record in found.records:
        scores = [found.pool.scores(birth.number, "train").mean for birth in record.births]
        best = max([best, *scores])
        points.append((record.metric_calls, best))
    return points


def score_curve(points: list[tuple[int, float]], left: float, top: float, width: float, height: float) -> str:
    """Axes, a curve, and figures at its ends; the scores' axis ends at 1, the best that there is."""
    low = min(score for _, score in points)
    last = points[-1][0] or 1

    def place(calls: int, score: float) -> tuple[float, float]:
        return left + width * calls / last, top + height * (1 - (score - low) / ((1 - low) or 1))

    corners = [(points[0][0], points[0][1])]
    for (_, before), (calls, score) in pairwise(points):
        if score != before:
            corners += [(calls, before), (calls, score)]
    corners.append(points[-1])
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*each) for each in corners))
    end_x, end_y = place(*points[-1])
    return (
        f'<path d="M{left},{top} V{top + height} H{left + width}" fill="none" stroke="#9aa5b1"/>'
        f'<path d="M{left},{top} H{left + width}" stroke="#9aa5b1" stroke-dasharray="3 3"/>'
        f'<polyline points="{line}" fill="none" stroke="#2b6cb0" stroke-width="2"/>'
        f'<g font-size="11" fill="#52606d"><text x="{left}" y="{top - 6}">score: the solver\'s optimum by ours, mean; '
        "dashed: 1</text>"
        f'<text x="{left}" y="{top + height + 14}">{points[0][1]:.3f} to begin with</text>'
        f'<text x="{end_x}" y="{end_y + 15:.1f}" text-anchor="end">{points[-1][1]:.3f}</text>'
        f'<text x="{left + width}" y="{top + height + 14}" text-anchor="end">{last} metric calls</text></g>'
    )
