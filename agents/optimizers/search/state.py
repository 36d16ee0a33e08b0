"""The state of a search: its pool, what was tried, the record of the step that is made."""

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, Self

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.draft import Draft
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.evaluator import Evaluator
from steepest.agents.optimizers.search.executors import Executor, Threads
from steepest.agents.optimizers.search.limits import Spending
from steepest.agents.optimizers.search.models import Models
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.protocols import Past, Program
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.register import Register
from steepest.agents.optimizers.search.rollouts import Example, Split
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError

__all__ = ["State"]

MOST_PAST = 500
"""Tries that proposers can be told of; the oldest go first."""


class State:
    """A search as the loop sees it: what there is, and what was recorded.

    Attributes:
        program: What is being optimized.
        components: What candidates differ in, by name.
        pool: The candidates that were admitted.
        step: The number of the step that is being made; 0 evaluates the seed.
        past: What was tried, the oldest first, for proposers.
        goal: What the user wants, in words.
    """

    TEST_STEP = -1
    """The step in which the sealed split is opened."""

    def __init__(
        self,
        program: Program,
        examples: Mapping[Split, Sequence[Example]],
        spending: Spending,
        *,
        models: Models | None = None,
        evaluations: Evaluations | None = None,
        executor: Executor | None = None,
        seed: int = 0,
        goal: str = "",
        failure_score: float | None = None,
        watch: Callable[[Any], None] | None = None,
    ) -> None:
        self.program = program
        self.components: dict[str, Component] = {each.name: each for each in program.components}
        self.spending = spending
        self.models = models or Models([])
        self.seed = seed
        self.goal = goal
        self.pool = Pool()
        self.past: deque[Past] = deque(maxlen=MOST_PAST)
        self.step = 0
        self.refusals = 0
        self._examples = {split: {each.key: each for each in given} for split, given in examples.items()}
        self._register = Register(self.components)
        self._evaluator = Evaluator(
            program,
            self._examples,
            spending,
            evaluations or Evaluations(),
            executor or Threads(),
            self._report,
            failure_score,
        )
        self._watch = watch
        self._standing: Mapping[str, Any] = {}
        self._draft = Draft()
        if not self.components:
            raise InputError("there is nothing to optimize: the program has no component")
        if not self.keys("train"):
            raise InputError("there are no examples to learn from")

    def keys(self, split: Split = "train") -> list[str]:
        """The keys of a split's examples, in the order of the data."""
        return list(self._examples.get(split, ()))

    def examples(self, split: Split) -> list[Example]:
        """A split's examples, in the order of the data."""
        return list(self._examples.get(split, {}).values())

    @property
    def ranking(self) -> Split:
        """The split whose scores rank candidates: validation, or training where there is none."""
        return "validation" if self._examples.get("validation") else "train"

    @property
    def made(self) -> int:
        """Candidates that were made, the seed among them."""
        return self._register.made

    @property
    def failure_score(self) -> float | None:
        """What a run that raises counts as; None before the seed is evaluated, unless it was given."""
        return self._evaluator.failure_score

    @property
    def best(self) -> Candidate:
        """The member of the pool with the highest mean score on the ranking split; of equal ones the first."""
        return self.pool[self.pool.ranked(self.ranking).best]

    def score(self, candidate: Candidate) -> float:
        """A member's mean score on the ranking split."""
        return self.pool.mean(candidate.number, self.ranking)

    def random(self, purpose: str = "") -> random.Random:
        """Random numbers of this step for one purpose, the same when the step is made again."""
        return random.Random(f"{self.seed}/{self.step}/{purpose}")

    def begin(self, step: int) -> None:
        """Begin a step."""
        self.step = step
        self._draft = Draft()

    def sow(self) -> Candidate:
        """The seed, in the pool and not yet evaluated.

        Raises:
            SteepestError: The seed's own values are none that the components can have.
        """
        seed = self._register.seed(self.program.seed())
        self.pool.add(seed)
        return seed

    def record(self, stopped: str = "") -> StepRecord:
        """What the step did."""
        return self._draft.record(
            self.step, self.spending, next_number=self.made, failure_score=self.failure_score, stopped=stopped
        )

    def restore(self, record: StepRecord) -> None:
        """Do what a recorded step did, without any of its work."""
        self.step = record.step
        self._register.restore(record, self.pool)
        self._evaluator.failure_score = record.failure_score
        self.learn(record)

    def learn(self, record: StepRecord) -> None:
        """Learn of a step that is over, made or restored."""
        self.refusals += len(record.refused)
        for refused in record.refused:
            changes = {refused.component: refused.value} if refused.component else {}
            self.past.append(Past(changes, None, "rejected", refused.reason))
        for tried in record.tried:
            self.past.append(Past(tried.changes, tried.score, "not better", tried.reason))
        for birth in record.births:
            self.past.append(Past(birth.values, self.score(self.pool[birth.number]), "accepted", birth.reason))
        self.models.observe(record)

    def close(self) -> None:
        """Let go of what the search holds."""
        self._evaluator.close()

    @contextmanager
    def within(self, pool: Pool, notes: Mapping[str, Any] | None = None) -> Iterator[Self]:
        """This search as a strategy sees it that is to know of a part of the pool alone.

        Args:
            pool: The part.
            notes: What every proposer is told beside what the strategy tells it.
        """
        part = copy(self)
        part.pool = pool
        part._standing = {**self._standing, **(notes or {})}
        yield part

    def _report(self) -> None:
        if self._watch is not None:
            self._watch(self)
