"""The record of a step while the step is made."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.limits import Spending
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.records import (
    Birth,
    Evaluated,
    ModelUse,
    Refused,
    StepRecord,
    Tried,
    changed_values,
)
from steepest.agents.optimizers.search.rollouts import Rollout, Split, mean_score
from steepest.agents.optimizers.search.values import Rejection

__all__ = ["Draft"]


@dataclass(slots=True)
class Draft:
    """What a step has done so far."""

    births: list[Birth] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    scores: dict[tuple[int, Split], dict[str, float]] = field(default_factory=dict)
    """Of members of the pool, by number and split, then by example."""
    objectives: dict[tuple[int, Split], dict[str, dict[str, float]]] = field(default_factory=dict)
    provisional: dict[int, dict[tuple[Split, str], Rollout]] = field(default_factory=dict)
    """Rollouts of those that are not in the pool, or not yet."""
    uses: dict[str, ModelUse] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def take_in(self, pool: Pool, candidate: Candidate, split: Split, rollouts: Sequence[Rollout]) -> None:
        """Put down rollouts; those of a member are made known in the pool."""
        if candidate.number in pool:
            self._score(pool, candidate, [(split, each) for each in rollouts])
            return
        known = self.provisional.setdefault(candidate.number, {})
        known.update({(split, each.example): each for each in rollouts})

    def admit(self, pool: Pool, child: Candidate, reason: str, gain: float | None) -> None:
        """Put down that a child is admitted, and add it to the pool with the scores that it has."""
        if child.number not in pool:
            pool.add(child)
        earlier = self.provisional.pop(child.number, {})
        self._score(pool, child, [(split, each) for (split, _), each in earlier.items()])
        parent = pool[child.parents[0]] if child.parents else None
        self.births.append(
            Birth(
                number=child.number,
                values=dict(child.values) if parent is None else changed_values(child.values, parent.values),
                parents=child.parents,
                origin=child.origin,
                note=child.note,
                model=child.model,
                gain=gain,
                reason=reason,
            )
        )

    def reject(self, pool: Pool, child: Candidate, reason: str, gain: float | None) -> None:
        """Put down that a child is not admitted."""
        known = list(self.provisional.pop(child.number, {}).values())
        self.tried.append(
            Tried(
                number=child.number,
                changes=changed_values(child.values, pool[child.parents[0]].values),
                parents=child.parents,
                origin=child.origin,
                score=mean_score(known) if known else None,
                gain=gain,
                reason=reason,
                note=child.note,
                model=child.model,
            )
        )

    def refuse(self, rejection: Rejection, model: str) -> None:
        """Put down that a proposal can't be used."""
        self.refused.append(
            Refused(reason=rejection.reason, component=rejection.component, value=rejection.value, model=model)
        )

    def use(self, model: str, use: ModelUse) -> None:
        """Put down what a model was asked."""
        self.uses[model] = self.uses.get(model, ModelUse()).plus(use)

    def record(
        self, step: int, spending: Spending, *, next_number: int, failure_score: float | None, stopped: str
    ) -> StepRecord:
        """The record."""
        return StepRecord(
            step=step,
            births=tuple(self.births),
            tried=tuple(self.tried),
            refused=tuple(self.refused),
            evaluated=tuple(
                Evaluated(
                    number=number, split=split, scores=scores, objectives=self.objectives.get((number, split), {})
                )
                for (number, split), scores in self.scores.items()
            ),
            models=self.uses,
            notes=self.notes,
            metric_calls=spending.metric_calls,
            tokens=spending.tokens,
            money=spending.money,
            unpriced=spending.unpriced,
            seconds=spending.seconds,
            next_number=next_number,
            failure_score=failure_score,
            stopped=stopped or False,
        )

    def _score(self, pool: Pool, member: Candidate, rollouts: Sequence[tuple[Split, Rollout]]) -> None:
        for split, each in rollouts:
            if each.example in pool.scores(member.number, split).by_example:
                continue
            pool.record(member.number, split, [each])
            place = member.number, split
            self.scores.setdefault(place, {})[each.example] = each.score
            if each.objectives:
                self.objectives.setdefault(place, {})[each.example] = dict(each.objectives)
