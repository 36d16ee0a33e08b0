"""Optimization by prompting: the best solutions so far with their scores, and a wish for a better one (OPRO, arXiv
2309.03409).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from steepest.agents.optimizers.asking import ask_changes
from steepest.agents.optimizers.evidence import aim, as_text, described, extremes, inert, records
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
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
    room: int = 40_000
    """Characters that the solutions share; those that do not fit are left out from the worst on, but never the best."""
    runs: int = 3
    """To show with a proposal."""
    longest: int = 6000
    """Characters that the runs share."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many as are wanted."""
        ranked = ascending(situation.pool, 2 * self.solutions)
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
            "parts": [described(each) for each in situation.components],
            "solutions": _solutions(situation, shown, self.room),
            "runs": records(extremes(rollouts[: self.runs], self.runs), self.longest),
        }
        return await ask_changes(situation, "opro", variables, index=index, origin="opro")


def ascending(pool: Pool, most: int) -> list[tuple[Candidate, float]]:
    """The best members and their mean scores on the split that ranks them, the best last; of equal ones the latest."""
    return [(pool[number], mean) for mean, number in pool.ranked(pool.ranking)[-most:] if math.isfinite(mean)]


def thinned(ranked: Sequence[tuple[Candidate, float]], most: int, source: Random) -> list[tuple[Candidate, float]]:
    """The best one and a draw from the others, in their order."""
    *others, best = ranked
    places = sorted(source.sample(range(len(others)), min(len(others), most - 1, max(1, 2 * len(others) // 3))))
    return [*(others[place] for place in places), best]


def buckets(scores: Sequence[float]) -> list[int]:
    """Scores as whole numbers from 0 to 100, as the paper shows them: hundredths if all are between 0 and 1, and places
    between the lowest and the highest otherwise.
    """
    low, high = (0.0, 1.0) if all(0 <= each <= 1 for each in scores) else (min(scores), max(scores))
    return [round(100 * (each - low) / (high - low)) if high > low else 100 for each in scores]


def _solutions(situation: Situation, shown: Sequence[tuple[Candidate, float]], room: int) -> str:
    names = [each.name for each in situation.components]
    scores = buckets([score for _, score in shown])
    parts = [
        f"Solution:\n{_solution(candidate, names)}\nScore: {score}"
        for (candidate, _), score in zip(shown, scores, strict=True)
    ]
    sizes = accumulate(len(each) for each in reversed(parts))
    fitting = max(1, sum(size <= room for size in sizes))
    return inert("\n\n".join(parts[-fitting:]))


def _solution(candidate: Candidate, names: Sequence[str]) -> str:
    if len(names) == 1:
        return as_text(candidate.values[names[0]])
    return json.dumps({name: candidate.values[name] for name in names}, ensure_ascii=False, indent=1)
