"""Routes before and after learning, and how the score rose, as SVG."""

from collections.abc import Sequence
from typing import Any

from examples.score_curve import score_curve
from examples.vehicle_routing.fleet import Routes, legs

COLORS = ("#4c78a8", "#f58518", "#54a24b", "#e45756", "#b279a2", "#9d755d")
SIDE, GAP = 310, 20


def draw(
    instance: dict[str, Any], before: Routes, after: Routes, shortest: float, points: list[tuple[int, float]]
) -> str:
    """Both plans side by side, the depot as a square, and the score by metric calls."""
    width = 2 * SIDE + 3 * GAP
    words = f"the shortest is {shortest:g}"
    parts = [
        _plan(instance, before, GAP, f"nearest customer first: {_driven(instance, before):.1f}; {words}"),
        _plan(instance, after, 2 * GAP + SIDE, f"the rule that was found: {_driven(instance, after):.1f}"),
        score_curve(points, GAP + 20, SIDE + 75, width - 2 * GAP - 40, 110),
    ]
    height = SIDE + 210
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _driven(instance: dict[str, Any], routes: Routes) -> float:
    return sum(leg for route in routes for leg in legs(route, instance["distances"]))


def _plan(instance: dict[str, Any], routes: Routes, left: int, title: str) -> str:
    spots = _spots(instance["places"], left)
    lines = []
    for number, route in enumerate(routes):
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (spots[place] for place in [0, *route, 0]))
        color = COLORS[number % len(COLORS)]
        lines.append(f'<polyline points="{corners}" fill="none" stroke="{color}" stroke-width="2"/>')
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="#fff" stroke="#52606d"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="11" text-anchor="middle">{demand}</text>'
        for (x, y), demand in zip(spots[1:], instance["demands"][1:], strict=True)
    ]
    x, y = spots[0]
    depot = f'<rect x="{x - 7:.1f}" y="{y - 7:.1f}" width="14" height="14" fill="#1f2933"/>'
    words = f'<text x="{left}" y="22" font-size="13" fill="#1f2933">{title}</text>'
    return f"{words}{''.join(lines)}{''.join(dots)}{depot}"


def _spots(places: Sequence[Sequence[float]], left: int) -> list[tuple[float, float]]:
    """Places on the picture, all within its square."""
    xs, ys = [x for x, _ in places], [y for _, y in places]
    scale = (SIDE - 30) / max(max(xs) - min(xs), max(ys) - min(ys))
    return [(left + 15 + (x - min(xs)) * scale, 50 + (y - min(ys)) * scale) for x, y in places]
