"""What a search came to, for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.agents.optimizers.reports.result import KeptRun

MOST_REASONS = 5


def run_text(run: "KeptRun") -> str:
    """Figures, what changed, and why proposals were refused."""
    return "\n".join(_lines(run))


def differences(run: "KeptRun", candidate: int | None = None) -> str:
    """What a candidate, the best unless another is named, changes of the seed: a unified diff for each component."""
    from steepest.agents.optimizers.reports.diffs import shown, unified

    history = run.history
    before, after = history.values(0), history.values(history.best if candidate is None else candidate)
    parts = (unified(_ended(shown(before.get(name))), _ended(shown(value)), name) for name, value in after.items())
    return "".join(parts)


def _lines(run: "KeptRun") -> Iterator[str]:
    from steepest.agents.optimizers.reports.description import description_of
    from steepest.agents.optimizers.reports.wording import (
        choice_words,
        figure,
        sealed_words,
        signed,
        spent_words,
        split_words,
    )
    from steepest.traces.rendering.figures import count_of

    history, description = run.history, description_of(run.run, run.result)
    best, seed = history.entries[history.best], history.seed
    gain = f" ({signed(best.score - seed.score)})" if best.score is not None and seed.score is not None else ""
    over = f"mean of {count_of(best.evaluated, 'example')} of the {split_words(history.ranking)}"
    over = ", ".join(filter(None, (over, choice_words(history.best, description.test))))
    yield f"best score {figure(best.score)}, the seed's {figure(seed.score)}{gain}: {over}"
    if description.test is not None:
        yield f"on the sealed test split {sealed_words(description.test)}"
    refused = f", {count_of(history.refused, 'proposal')} refused" if history.refused else ""
    yield f"{count_of(history.admitted, 'candidate')} admitted, {len(history.tried):,} not better{refused}"
    if history.moments:
        last = history.moments[-1]
        yield f"spent: {spent_words(last.metric_calls, last.tokens, last.money, last.seconds, last.unpriced)}"
    if description.objectives:
        yield f"objectives: {description.objectives}"
    yield f"ended: {description.reason or history.stopped or 'not yet, or it was interrupted'}"
    for refusal in history.refusals[:MOST_REASONS]:
        yield f"refused {refusal.count:,} times: {' '.join(filter(None, (refusal.component, refusal.reason)))}"
    yield from _changes(run)


def _changes(run: "KeptRun") -> Iterator[str]:
    history = run.history
    before, after = history.values(0), history.values(history.best)
    changed = [name for name in after if after[name] != before.get(name)]
    yield f"changed: {', '.join(changed)}" if changed else "nothing better than the seed was found"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
