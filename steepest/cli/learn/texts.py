"""What a run of learning came to, for a person and for a program."""

from typing import TYPE_CHECKING, Any

from steepest.cli.tables import aligned
from steepest.traces.rendering.figures import count_of, duration, money, percent

if TYPE_CHECKING:
    from steepest.cli.learn.session import Learned

__all__ = ["document", "summary_text"]

HEADS = ("iteration", "solved", "of", "share", "helped", "hurt", "learned", "refused", "library", "time")
CHANGES = ("merged", "refined", "set aside", "retired")


def summary_text(learned: "Learned") -> str:
    """A line for each iteration, and what it took."""
    rows = [
        (
            f"{each.iteration + 1}",
            f"{each.solved:,}",
            f"{each.tasks:,}",
            percent(each.share),
            f"{each.helped:,}",
            f"{each.hurt:,}",
            f"{each.learned:,}",
            f"{each.refused:,}",
            f"{each.size:,}",
            duration(each.seconds),
        )
        for each in learned.iterations
    ]
    table = "\n".join(aligned([HEADS, *rows], right=range(len(HEADS))))
    total = sum(each.learned for each in learned.iterations)
    return (
        f"{count_of(total, 'insight')} learned with {learned.entry.model}\n\n{table}\n\n{_changed(learned)}"
        f"{money(learned.paid.money)}, {count_of(learned.paid.tokens, 'token')}"
    )


def _changed(learned: "Learned") -> str:
    """What became of insights that were there, in a line for each iteration that changed any."""
    lines: list[str] = []
    for each in learned.iterations:
        counts = (each.merged, each.refined, each.quarantined, each.retired)
        words = ", ".join(f"{count:,} {word}" for count, word in zip(counts, CHANGES, strict=True) if count)
        if words:
            lines.append(f"iteration {each.iteration + 1}: {words}")
    return "\n".join((*lines, "", "")) if lines else ""


def document(learned: "Learned") -> dict[str, Any]:
    """All figures."""
    entry = learned.entry
    return {
        "run": entry.run,
        "library": entry.library,
        "model": entry.model,
        "teacher": entry.teacher,
        "settings": entry.settings,
        "iterations": [{**each.model_dump(mode="json"), "share": each.share} for each in learned.iterations],
        "spent": {"money": float(learned.paid.money), "tokens": learned.paid.tokens},
        "report": str(learned.report),
    }
