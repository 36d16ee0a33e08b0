"""The search as a picture: every candidate's score by the step that made it, and the best so far."""

from steepest.agents.optimizers.outcome import Optimized

WIDTH, HEIGHT, LEFT, TOP = 640, 300, 50, 20


def draw(found: Optimized) -> str:
    """An SVG: open circles are candidates that were tried, full ones those that were kept."""
    steps = max(found.records[-1].step, 1)
    scores = [found.seed_score, *(each.score or 0.0 for record in found.records for each in record.tried)]
    top = max([found.score, *scores, 1e-9])

    def x(step: int) -> float:
        return LEFT + (WIDTH - LEFT - 20) * step / steps

    def y(score: float) -> float:
        return TOP + (HEIGHT - TOP - 40) * (1 - score / top)

    marks, best, line = [], found.seed_score, [f"{x(0)},{y(found.seed_score)}"]
    for record in found.records:
        for tried in record.tried:
            if tried.score is not None:
                marks.append(
                    f'<circle cx="{x(record.step)}" cy="{y(tried.score)}" r="4" fill="none" stroke="#9aa5b1"/>'
                )
        for birth in record.births:
            score = found.pool.scores(birth.number, "validation").mean
            marks.append(f'<circle cx="{x(record.step)}" cy="{y(score)}" r="5" fill="#2c6fbb"/>')
            best = max(best, score)
        line.append(f"{x(record.step)},{y(best)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<polyline points="{" ".join(line)}" fill="none" stroke="#2c6fbb" stroke-width="2"/>{"".join(marks)}'
        f'<text x="{LEFT}" y="{HEIGHT - 8}">step 0 to {steps}</text>'
        f'<text x="4" y="{y(top) + 4}">{top:.2g}</text><text x="4" y="{y(0) + 4}">0</text></svg>\n'
    )
