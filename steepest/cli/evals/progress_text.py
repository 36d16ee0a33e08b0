"""The state of a run in words, for the live table and for the lines of a log; what was not measured is not told."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.evals.progress import Progress

MOST_UNDER_WAY = 4


def line(progress: "Progress") -> str:
    """All of it in one line."""
    parts = (f"{progress.done:,} of {progress.total:,}", counts(progress), spent(progress), left(progress))
    return ", ".join(part for part in parts if part)


def counts(progress: "Progress") -> str:
    """Right, wrong, and failures of the infrastructure, which are neither."""
    tally = progress.tally
    graded = tally.correct + tally.wrong
    share = f" ({100 * tally.correct / graded:.1f} % of {graded:,})" if graded else ""
    told = f"{tally.correct:,} right{share}, {tally.wrong:,} wrong"
    failed = tally.infrastructure_errors
    return f"{told}, {failed:,} infrastructure error{'' if failed == 1 else 's'}" if failed else told


def verdicts(progress: "Progress") -> str:
    """The verdicts that are not right, the most frequent first."""
    found = [(name, count) for name, count in progress.tally.verdicts.most_common() if name != "correct" and count]
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in found)


def spent(progress: "Progress") -> str:
    """Money and tokens since this start."""
    from steepest.traces.rendering.figures import money

    tally, pace = progress.tally, progress.tokens_per_minute
    if not tally.measured:
        return ""
    parts = [money(tally.cost, tally.unpriced)]
    if tally.tokens:
        parts.append(f"{tally.tokens:,} tokens")
    if pace:
        parts.append(f"{pace:,.0f} tokens/min")
    return ", ".join(parts)


def left(progress: "Progress") -> str:
    """When it will be done, with the range that should hold in nine of ten cases."""
    guess = progress.time_left()
    if guess is None:
        return ""
    return f"about {_roughly(guess.expected)} left ({_roughly(guess.low)} to {_roughly(guess.high)})"


def _roughly(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def under_way(progress: "Progress") -> str:
    """The attempts under way, the longest first."""
    running = progress.longest_under_way
    told = [_attempt(key.id, key.epoch, seconds) for key, seconds in running[:MOST_UNDER_WAY]]
    hidden = [f"{len(running) - MOST_UNDER_WAY:,} more"] if len(running) > MOST_UNDER_WAY else []
    return ", ".join([*told, *hidden])


def _attempt(id: str, epoch: int, seconds: float) -> str:
    name = id if len(id) <= 40 else f"{id[:37]}..."
    again = f" epoch {epoch}" if epoch > 1 else ""
    return f"{name}{again} {seconds:.0f} s"
