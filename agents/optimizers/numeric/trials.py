"""What was tried in a space, and how it scored: what every numeric strategy knows.

It is a fold over the records of steps (`observe`), so a search that was killed knows the same again. A trial is scored
by its mean over examples of the training split; what is better there than everything before enters the pool, and is
ranked with the others on the validation split where there is one.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from steepest.agents.optimizers.numeric.space import Space, space_of
from steepest.agents.optimizers.numeric.tpe import Parzen
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import Proposer, Situation
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import mean_score
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Values
from steepest.errors import InputError

__all__ = ["Trial", "Trials", "told_trials"]


@dataclass(frozen=True, slots=True)
class Trial:
    """A point and what it scored."""

    values: Values
    """Of the space's components."""
    score: float


@dataclass
class Trials:
    """Trials of one search, in the order in which they were made.

    Args:
        components: The names of those that are searched; all if there are none.
        examples: How many training examples score a trial, the same ones for all; None for every one.

    Raises:
        InputError: There would be no example to score a trial on.
    """

    components: tuple[str, ...] = ()
    examples: int | None = None
    made: list[Trial] = field(default_factory=list, init=False)
    """Those that lie in the space."""
    incumbent: int = field(default=0, init=False)
    """The number of the candidate with the highest score on those examples."""
    highest: float = field(default=0.0, init=False)
    """Its score."""
    space: Space = field(init=False)
    parzen: Parzen = field(init=False)
    _fresh: list[StepRecord] = field(default_factory=list, init=False)
    _keys: Sequence[str] = field(default=(), init=False)

    def __post_init__(self) -> None:
        if self.examples is not None and self.examples < 1:
            raise InputError(f"a trial has to be scored on at least one example, not on {self.examples}")

    def observe(self, record: StepRecord) -> None:
        """Learn of a step that is over."""
        self._fresh.append(record)

    async def step(self, search: Search, proposer: Proposer, count: int) -> None:
        """Have points proposed, and try them.

        Raises:
            BudgetSpent: Not all of them can be tried.
            InputError: A component has no bounds to search between.
        """
        await self._catch_up(search)
        parent = search.pool[self.incumbent]
        (rollouts,) = await search.evaluate([parent], self._keys)
        children = await search.propose(
            proposer,
            parent,
            rollouts,
            count=count,
            components=[each.name for each in self.space.components],
            notes={"trials": self},
        )
        while children:
            fitting = children[: _affordable(search, len(self._keys))]
            await self._try(search, fitting)
            children = children[len(fitting) :]

    async def _try(self, search: Search, children: Sequence[Candidate]) -> None:
        """Evaluate children at once; each that is better than all before it is admitted."""
        before = best = self.highest
        for child, rollouts in zip(children, await search.evaluate(children, self._keys), strict=True):
            score = mean_score(rollouts)
            words = f"scores {score:.6g} on {len(rollouts)} training examples; the best before, {best:.6g}"
            if score > best:
                best = score
                await search.admit(child, words, gain=score - before)
            else:
                search.reject(child, words, gain=score - before)

    async def _catch_up(self, search: Search) -> None:
        """Take in what is new; at first, the seed."""
        if not self._keys:
            self.space = space_of([search.components[name] for name in self.components or search.components])
            self.parzen = Parzen(self.space)
            self._keys = _drawn_keys(search, self.examples)
            seed = search.pool[0]
            (rollouts,) = await search.evaluate([seed], self._keys)
            self.highest = mean_score(rollouts)
            self._add(0, seed.values, self.highest)
        for record in self._fresh:
            for birth in record.births:
                scores = search.pool.scores(birth.number, "train").by_example
                score = math.fsum(scores[key] for key in self._keys) / len(self._keys)
                self._add(birth.number, search.pool[birth.number].values, score)
            for tried in record.tried:
                if tried.score is not None:
                    parent = search.pool[tried.parents[0]].values
                    self._add(tried.number, {**parent, **tried.changes}, tried.score)
        self._fresh.clear()

    def _add(self, number: int, values: Values, score: float) -> None:
        if score > self.highest:
            self.incumbent, self.highest = number, score
        if values in self.space:
            point = {each.name: values[each.name] for each in self.space.components}
            self.made.append(Trial(point, score))
            self.parzen.tell(point, score)


def told_trials(situation: Situation) -> Trials:
    """The trials that a strategy told its proposer of.

    Raises:
        InputError: It told of none.
    """
    trials = situation.notes.get("trials")
    if not isinstance(trials, Trials):
        raise InputError("this proposer knows points and their scores alone: use it with Tpe, Llambo or RandomSearch")
    return trials


def _affordable(search: Search, calls: int) -> int:
    """How many candidates can be evaluated at once; at least one, for which the search is told that it can't."""
    left = search.spending.metric_calls_left
    return 10**6 if left is None else max(1, left // calls)


def _drawn_keys(search: Search, count: int | None) -> list[str]:
    keys = search.keys()
    if count is None or count >= len(keys):
        return keys
    chosen = set(random.Random(f"{search.seed}/examples of trials").sample(keys, count))
    return [key for key in keys if key in chosen]
