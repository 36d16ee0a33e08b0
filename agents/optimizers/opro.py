"""Optimization by prompting: the best solutions so far with their scores, and a wish for a better one (OPRO, arXiv
2309.03409).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from steepest.agents.optimizers.asking import ask_changes
from steepest.agents.optimizers.evidence import aim, as_text, extremes, records
from steepest.agents.optimizers.search.candidates import Candidate, Pool
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.together import together

__all__ = ["OproProposer", "buckets"]


@dataclass(frozen=True, slots=True)
class OproProposer:
    """Shows the best members of the pool in ascending order of their scores, and some runs; one call a proposal.

    Proposals of one step differ by the runs that they show, and by leaving out some of the solutions.
    """

    solutions: int = 20
    """The most to show."""
    runs: int = 3
    """To show with a proposal."""
    longest: int = 6000
    """Characters that the runs share."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many as are wanted."""
        ranked = ascending(situation.pool)
        sources = [Random(situation.rng.random()) for _ in range(situation.count)]
        return await together(self._ask(situation, ranked, *each) for each in enumerate(sources))

    async def _ask(
        self, situation: Situation, ranked: Sequence[tuple[Candidate, float]], index: int, source: Random
    ) -> Proposal:
        shown = ranked[-self.solutions :] if index == 0 else thinned(ranked, self.solutions, source)
        rollouts = list(situation.rollouts)
        source.shuffle(rollouts)
        variables = {
            "goal": aim(situation),
            "solutions": _solutions(situation, shown),
            "runs": records(extremes(rollouts[: self.runs], self.runs), self.longest),
        }
        return await ask_changes(situation, "opro", variables, index=index, origin="opro")


def ascending(pool: Pool) -> list[tuple[Candidate, float]]:
    """The members and their mean scores on the split that ranks them, the best last; of equal ones the latest."""
    table = pool.table("validation") or pool.table("train")
    means = [(pool[number], sum(scores.values()) / len(scores)) for number, scores in table.items()]
    return sorted(means, key=lambda each: (each[1], each[0].number))


def thinned(ranked: Sequence[tuple[Candidate, float]], most: int, source: Random) -> list[tuple[Candidate, float]]:
    """The best one and a draw from the better part of the others, in their order."""
    *others, best = ranked[-2 * most :]
    places = sorted(source.sample(range(len(others)), min(len(others), most - 1, max(1, 2 * len(others) // 3))))
    return [*(others[place] for place in places), best]


def buckets(scores: Sequence[float]) -> list[int]:
    """Scores as whole numbers from 0 to 100, as the paper shows them: hundredths if all are between 0 and 1, and places
    between the lowest and the highest otherwise.
    """
    low, high = (0.0, 1.0) if all(0 <= each <= 1 for each in scores) else (min(scores), max(scores))
    return [round(100 * (each - low) / (high - low)) if high > low else 100 for each in scores]


def _solutions(situation: Situation, shown: Sequence[tuple[Candidate, float]]) -> str:
    names = [each.name for each in situation.components]
    parts = []
    for (candidate, _), score in zip(shown, buckets([score for _, score in shown]), strict=True):
        values = {name: candidate.values[name] for name in names}
        text = as_text(values[names[0]]) if len(names) == 1 else json.dumps(values, ensure_ascii=False, indent=1)
        parts.append(f"Solution:\n{text}\nScore: {score}")
    return "\n\n".join(parts)
