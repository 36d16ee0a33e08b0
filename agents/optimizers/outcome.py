"""What a search comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from steepest.agents.optimizers.objectives import objective_means, objectives_words, trade_offs
from steepest.agents.optimizers.sealed import SealedTest
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import Split
from steepest.agents.optimizers.search.values import Values
from steepest.traces.rendering.figures import money

if TYPE_CHECKING:
    import pandas

__all__ = ["CHOSEN", "UNSEALED", "Optimized", "Spent"]

CHOSEN = "by which the best was chosen, so that it is too high"
"""What a score on the ranking split is to be read with."""
UNSEALED = "a test split would give a figure that is not"
"""What may be done about it."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a search took, all of its sessions together."""

    metric_calls: int
    tokens: int
    money: float
    """US dollars."""
    seconds: float
    unpriced: int = 0
    """Calls of models whose price nobody knows, so that they are not in `money`."""


@dataclass(frozen=True, slots=True, eq=False)
class Optimized:
    """The best that was found, and how."""

    best: Candidate
    score: float
    """The best candidate's mean score on the ranking split. As the best was chosen by it, it is too high; what the
    values are worth on other examples is for `test` to say."""
    seed_score: float
    """That of the values that the search began with."""
    test: SealedTest | None
    """The figure on examples that no choice has seen, if there are any."""
    reason: str
    """Why the search ended."""
    pool: Pool
    ranking: Split
    """The split whose scores rank: validation, or training where there is none."""
    records: Sequence[StepRecord]
    """Of every step, the first being the seed's evaluation. They lie in the folder, or in a temporary file that is gone
    with this, and each is read when it is asked for."""
    spent: Spent
    folder: Path | None = None

    @property
    def values(self) -> Values:
        """The best values by component."""
        return self.best.values

    @property
    def refused(self) -> int:
        """Proposals that could not be used; the records say why."""
        return sum(len(each.refused) for each in self.records)

    @property
    def tried(self) -> int:
        """Candidates that were evaluated, the seed among them."""
        return sum(len(each.tried) + len(each.births) for each in self.records) + 1

    @property
    def objectives(self) -> dict[str, tuple[float, float]]:
        """Each objective's mean on the ranking split: the seed's and the best candidate's; none where there is one."""
        seed, best = (
            objective_means(self.pool.scores(each, self.ranking)) for each in (self.pool[0].number, self.best.number)
        )
        return {name: (seed[name], best[name]) for name in best if name in seed}

    @property
    def trade_offs(self) -> list[Candidate]:
        """The candidates to choose from where there are several objectives: each is better in one than any other."""
        return trade_offs(self.pool, self.ranking)

    def frame(self) -> "pandas.DataFrame":
        """A row for each candidate: number, step, origin, parents, outcome, score, gain, model, reason.

        Raises:
            InputError: pandas is not installed (the extra `tables`).
        """
        from steepest.agents.optimizers.frames import frame_of

        return frame_of(self.records, self.pool, self.ranking)

    def report(self, path: str | Path) -> Path:
        """Write a page that shows the search: lineage, scores, differences of prompts and code.

        Raises:
            InputError: It can't be written.
        """
        from steepest.agents.optimizers.reports import write_report

        return write_report(self, path)

    def __str__(self) -> str:
        split = "validation" if self.ranking == "validation" else "training"
        gain = f"{self.seed_score:.4g} to {self.score:.4g} on the {split} split{self._caveat}"
        lines = [
            f"score {gain}, after {self.spent.metric_calls:,} metric calls, {self.tried:,} candidates, "
            f"{self.refused:,} refused proposals, {money(self.spent.money, self.spent.unpriced)}",
            *([f"objectives: {objectives_words(self.objectives)}"] if self.objectives else []),
            f"ended: {self.reason}",
        ]
        return "\n".join([*([f"sealed test: {self.test}"] if self.test is not None else []), *lines])

    @property
    def _caveat(self) -> str:
        if self.best.number == 0:
            return ""
        return ", " + (CHOSEN if self.test is not None else f"{CHOSEN}; {UNSEALED}")
