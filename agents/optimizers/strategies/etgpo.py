"""Learning from failures by their kinds: a growing taxonomy, and guidance against the most frequent kind (ETGPO,
arXiv 2602.00997).
"""

from collections.abc import Sequence
from typing import Any

from steepest.agents.optimizers.search.candidates import Scores
from steepest.agents.optimizers.search.protocols import Acceptance, BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Best, Shuffled
from steepest.agents.optimizers.strategies.settling import settle
from steepest.agents.optimizers.taxonomy import FailureGuidance, FailureSorting, Taxonomy

__all__ = ["ErrorTaxonomy"]

SOLVED = 1.0
"""The score of a right answer, where nobody says what is good."""


class ErrorTaxonomy:
    """Sorts the failures of the best member by their kind, and asks for guidance against the most frequent one.

    Args:
        sorting: Tells the kinds of failures apart.
        guidance: Proposes what to do about one kind.
        sampler: Of the examples to look for failures on.
        acceptance: Whether guidance has helped.
        good: Runs with less than this score are failures; unless given, those with less than the best that the member
            has on any example, of the batch too. If it does equally well on all of them, all are, unless that is 1,
            which is taken for the best there is. Runs that raise always are.
    """

    name = "etgpo"

    def __init__(
        self,
        *,
        sorting: Proposer | None = None,
        guidance: Proposer | None = None,
        sampler: BatchSampler | None = None,
        acceptance: Acceptance | None = None,
        good: float | None = None,
    ) -> None:
        self._sorting = sorting or FailureSorting()
        self._guidance = guidance or FailureGuidance()
        self._sampler = sampler or Shuffled(8)
        self._acceptance = acceptance
        self._good = good
        self._noted: list[dict[str, Any]] = []

    async def step(self, search: Search) -> None:
        """Look for failures, sort them, propose guidance, decide."""
        parent = Best(search.ranking).select(search.pool, search.random("parent"))
        keys = self._sampler.batch(search.keys(), search.step, search.seed)
        (rollouts,) = await search.evaluate([parent], keys)
        failures = self._failures(search.pool.scores(parent.number, search.ranking), rollouts)
        taxonomy = Taxonomy(self._noted)
        if failures:
            await search.propose(self._sorting, parent, failures, notes={"taxonomy": taxonomy}, purpose="sort")
        mode = taxonomy.most_frequent()
        if mode is not None:
            children = await search.propose(self._guidance, parent, mode.failures, notes={"mode": mode})
            helped = [await settle(search, parent, each, keys, self._acceptance) for each in children]
            mode.count, mode.tries = (0, 0) if any(helped) else (mode.count, mode.tries + 1)
        search.note("taxonomy", taxonomy.as_json())

    def _failures(self, known: Scores, rollouts: Sequence[Rollout]) -> list[Rollout]:
        scores = [*known.by_example.values(), *(each.score for each in rollouts)]
        good = max(scores) if self._good is None else self._good
        if self._good is None and good == min(scores) and good != SOLVED:
            return list(rollouts)
        return [each for each in rollouts if each.error or each.score < good]

    def observe(self, record: StepRecord) -> None:
        """Take over the taxonomy as the step left it."""
        self._noted = record.notes.get("taxonomy", self._noted)
