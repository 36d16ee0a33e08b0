"""Schedules of a job shop before and after learning, and how the score rose, as SVG."""

from collections.abc import Sequence

from examples.job_shop.shop import Jobs, makespan
from examples.score_curve import score_curve

COLORS = ("#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2", "#9d755d", "#eeca3b")
WIDTH, ROW, LEFT = 640, 20, 80

Starts = Sequence[Sequence[float]]


def draw(jobs: Jobs, before: Starts, after: Starts, shortest: int, points: list[tuple[int, float]]) -> str:
    """Both schedules on one time axis, a dashed line at the shortest makespan, and the score by metric calls."""
    machines = 1 + max(machine for job in jobs for machine, _ in job)
    scale = (WIDTH - LEFT - 20) / max(makespan(before, jobs), makespan(after, jobs))
    block = 30 + machines * ROW
    parts = [
        _schedule(jobs, before, 10, scale, shortest, f"shortest processing time first: {makespan(before, jobs):g}"),
        _schedule(jobs, after, 20 + block, scale, shortest, f"the rule that was found: {makespan(after, jobs):g}"),
        score_curve(points, LEFT, 2 * block + 55, WIDTH - LEFT - 20, 110),
    ]
    height = 2 * block + 195
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _schedule(jobs: Jobs, starts: Starts, top: int, scale: float, shortest: int, title: str) -> str:
    machines = 1 + max(machine for job in jobs for machine, _ in job)
    bars = [
        _bar(LEFT + start * scale, top + 22 + machine * ROW, duration * scale, number)
        for number, (job, row) in enumerate(zip(jobs, starts, strict=True))
        for (machine, duration), start in zip(job, row, strict=True)
    ]
    names = [
        f'<text x="{LEFT - 8}" y="{top + 36 + machine * ROW}" text-anchor="end">machine {machine}</text>'
        for machine in range(machines)
    ]
    x = LEFT + shortest * scale
    line = (
        f'<path d="M{x:.1f},{top + 16} v{machines * ROW + 8}" stroke="#1f2933" stroke-dasharray="4 3"/>'
        f'<text x="{x + 4:.1f}" y="{top + 14}" font-size="11">shortest: {shortest}</text>'
    )
    return (
        f'<text x="{LEFT}" y="{top + 12}" font-size="13" fill="#1f2933">{title}</text>'
        f'<g font-size="11" fill="#52606d">{"".join(names)}</g>{"".join(bars)}{line}'
    )


def _bar(x: float, y: float, width: float, job: int) -> str:
    color = COLORS[job % len(COLORS)]
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 3}" fill="{color}" stroke="#fff"/>'
        f'<text x="{x + width / 2:.1f}" y="{y + 13}" font-size="10" fill="#fff" text-anchor="middle">{job}</text>'
    )
