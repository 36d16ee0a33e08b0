"""The table of a page: columns of plain values that the page's script filters, searches and sorts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from steepest.evals.problems import Problem
from steepest.evals.reports.details import plain
from steepest.evals.samples import Sample

__all__ = ["Column", "Listing", "sample_listing", "sample_row", "tokens_of"]

Kind = Literal["text", "number", "seconds", "money", "percent", "verdict"]
_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in the data, its words, how a value is written, and how wide it is."""

    key: str
    words: str
    kind: Kind = "text"
    width: str = "1fr"
    """Of a CSS grid."""
    is_wide_only: bool = False
    """Left out on a phone."""


@dataclass(slots=True)
class Listing:
    """Columns with their values."""

    columns: Sequence[Column]
    filters: Sequence[str]
    """Keys of columns by whose values rows can be chosen; the first gets buttons, the others menus."""
    keys: Sequence[str] = ()
    """Of values that are searched but not shown."""
    values: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, row: dict[str, Any]) -> None:
        """Add a row; what it does not name is null."""
        for key in dict.fromkeys((*(column.key for column in self.columns), *self.keys)):
            self.values.setdefault(key, []).append(plain(row.get(key)))

    def document(self) -> dict[str, Any]:
        """For the page's script."""
        columns = [
            {"key": each.key, "words": each.words, "kind": each.kind, "width": each.width, "wide": each.is_wide_only}
            for each in self.columns
        ]
        return {"columns": columns, "filters": list(self.filters), "values": self.values}


SAMPLES = (
    Column("id", "problem", width="minmax(120px, 1.4fr)"),
    Column("verdict", "verdict", "verdict", "154px"),
    Column("excerpt", "text", width="minmax(0, 1.2fr)", is_wide_only=True),
    Column("answer", "label", "number", "96px", is_wide_only=True),
    Column("found", "found", "number", "96px", is_wide_only=True),
    Column("rounds", "rounds", "number", "64px", is_wide_only=True),
    Column("tokens", "tokens", "number", "76px", is_wide_only=True),
    Column("cost", "cost", "money", "82px", is_wide_only=True),
    Column("seconds", "time", "seconds", "70px", is_wide_only=True),
    Column("confidence", "confidence", "percent", "88px", is_wide_only=True),
    Column("why", "why", width="minmax(0, 2fr)", is_wide_only=True),
)
EPOCH = Column("epoch", "epoch", "number", "50px", is_wide_only=True)


def sample_listing(epochs: int) -> Listing:
    """An empty table of samples, of so many at each problem."""
    filters = ("verdict", "dataset", "type", "epoch", "label")
    columns = SAMPLES if epochs == 1 else (SAMPLES[0], EPOCH, *SAMPLES[1:])
    return Listing(columns, filters, filters[1:])


def sample_row(problem: Problem, sample: Sample) -> dict[str, Any]:
    """What the table shows of a sample."""
    attempt = sample.attempt
    return {
        "id": sample.id,
        "epoch": sample.epoch,
        "dataset": sample.dataset or problem.dataset,
        "type": problem.type or "untyped",
        "label": "with notes" if problem.notes else "without notes",
        "verdict": sample.verdict,
        "excerpt": " ".join(problem.question.split())[:_EXCERPT],
        "answer": problem.answer if problem.status == "optimal" else problem.status,
        "found": attempt.objective,
        "rounds": attempt.rounds,
        "tokens": tokens_of(sample),
        "cost": None if attempt.spent.cost is None else float(attempt.spent.cost),
        "seconds": attempt.seconds,
        "confidence": attempt.confidence,
        "why": _why(sample)[:_EXCERPT],
    }


def _why(sample: Sample) -> str:
    """Why it is not right, on one line."""
    if sample.is_correct:
        return ""
    reasons = [sample.attempt.message, *(grade.reason for grade in sample.grades if grade.profile == "strict")]
    return " ".join(next(filter(None, reasons), "").split())


def tokens_of(sample: Sample) -> int | None:
    """Tokens read and written; None where they were not counted."""
    spent = sample.attempt.spent
    if spent.input_tokens is None or spent.output_tokens is None:
        return None
    return spent.input_tokens + spent.output_tokens
