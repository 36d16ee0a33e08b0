"""A search: the pool, what may be spent, and all that a strategy does a step with.

`carry_out` (loop.py) drives it. A strategy asks it for parents' rollouts, proposals, decisions, and has it admit or
reject children; what comes of that is in the step's record and nowhere else, so a search is continued from its records
(`records`), and a step that was interrupted is made again from what is kept (`evaluations`, the models' replies).
"""

import asyncio
import random
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from copy import copy
from dataclasses import replace
from typing import Any

from steepest.agents.llm.errors import BudgetExceeded
from steepest.agents.optimizers.fitting import fit
from steepest.agents.optimizers.search.candidates import Candidate, Pool
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.executors import Executor, Job, Threads
from steepest.agents.optimizers.search.limits import BudgetSpent, Spending
from steepest.agents.optimizers.search.models import Models
from steepest.agents.optimizers.search.protocols import Acceptance, Decision, Past, Program, Proposer, Situation
from steepest.agents.optimizers.search.records import (
    Birth,
    Evaluated,
    ModelUse,
    Refused,
    StepRecord,
    Tried,
    changed_values,
)
from steepest.agents.optimizers.search.rollouts import Example, Rollout, Split, mean_score
from steepest.agents.optimizers.search.values import Component, Rejection, Value, Values, digest_of, short
from steepest.errors import InputError, SteepestError
from steepest.traces.failures import CodeNotRunError

__all__ = ["Search"]

MOST_PAST = 500
"""Tries that proposers can be told of; the oldest go first."""


class Search:
    """What a strategy works with.

    Attributes:
        program: What is being optimized.
        components: What candidates differ in, by name.
        pool: The candidates that were admitted.
        step: The number of the step that is being made; 0 evaluates the seed.
        past: What was tried, the oldest first, for proposers.
        goal: What the user wants, in words.
        failure_score: What a run that raises counts as; unless given, found from the seed's scores (`failure_score`).
    """

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
        watch: Callable[["Search"], None] | None = None,
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
        self._evaluations = evaluations or Evaluations()
        self._executor = executor or Threads()
        self._watch = watch
        self.failure_score = failure_score
        self._known: dict[str, int] = {}
        self._next_number = 0
        self._standing: Mapping[str, Any] = {}
        self._begin_record()
        _check(self)

    # What a strategy reads.

    def keys(self, split: Split = "train") -> list[str]:
        """The keys of a split's examples, in the order of the data."""
        return list(self._examples.get(split, ()))

    @property
    def ranking(self) -> Split:
        """The split whose scores rank candidates: validation, or training where there is none."""
        return "validation" if self._examples.get("validation") else "train"

    @property
    def made(self) -> int:
        """Candidates that were made, the seed among them."""
        return self._next_number

    @property
    def best(self) -> Candidate:
        """The member of the pool with the highest mean score on the ranking split; of equal ones the first."""
        ranked = self.pool.ranked(self.ranking)
        return self.pool[ranked[bisect_left(ranked, (ranked[-1][0], 0))][1]]

    def score(self, candidate: Candidate) -> float:
        """A member's mean score on the ranking split."""
        return self.pool.scores(candidate.number, self.ranking).mean

    def random(self, purpose: str = "") -> random.Random:
        """Random numbers of this step for one purpose, the same when the step is made again."""
        return random.Random(f"{self.seed}/{self.step}/{purpose}")

    # What a strategy does.

    async def evaluate(
        self, candidates: Sequence[Candidate], keys: Sequence[str], split: Split = "train"
    ) -> list[list[Rollout]]:
        """Rollouts of candidates on examples, for each candidate in the order of the keys; at once where there are
        workers.

        Rollouts on the training split have accounts for proposers. What was evaluated before is found and costs
        nothing.

        Raises:
            BudgetSpent: The limits do not allow for all that is to be run; nothing was begun, or time ran out.
        """
        if split == "test" and self.step != self.TEST_STEP:
            raise InputError("the test split is sealed: it is for the figure at the end, and no choice may see it")
        found: dict[tuple[str, str], Rollout] = {}
        wanted: dict[tuple[str, str], Candidate] = {}
        for candidate in candidates:
            for key in keys:
                place = candidate.digest, key
                if place not in found and place not in wanted:
                    known = self._evaluations.find(candidate.digest, split, key)
                    if known is not None:
                        found[place] = known
                    else:
                        wanted[place] = candidate
        if wanted:
            self.spending.require(len(wanted))
            await self._run(wanted, split, found)
        if self.failure_score is None:
            self.failure_score = failure_score(list(found.values()))
        found = {place: self._settled(rollout) for place, rollout in found.items()}
        results = [[found[candidate.digest, key] for key in keys] for candidate in candidates]
        for candidate, rollouts in zip(candidates, results, strict=True):
            self._take_in(candidate, split, rollouts)
        return results

    TEST_STEP = -1
    """The step in which the sealed split is opened."""

    async def propose(
        self,
        proposer: Proposer,
        parent: Candidate,
        rollouts: Sequence[Rollout],
        *,
        count: int = 1,
        components: Sequence[str] | None = None,
        notes: Mapping[str, Any] | None = None,
        purpose: str = "propose",
    ) -> list[Candidate]:
        """Children of a parent, made and not yet admitted.

        Proposals that can't be used, change nothing or repeat a known candidate are recorded as refused, and give no
        child.

        Args:
            proposer: Who is asked.
            parent: Whose values are to be improved.
            rollouts: Of the parent, to learn from.
            count: How many children are wanted.
            components: The names of those that may change; all unless given.
            notes: What the strategy tells its own proposer.
            purpose: Distinguishes several calls within one step.

        Raises:
            BudgetSpent: The models' budget does not allow for the call.
        """
        chosen = self.models.choose(self.step, self.random(f"model/{purpose}"))
        situation = Situation(
            components=[self.components[name] for name in components or self.components],
            parent=parent,
            rollouts=rollouts,
            pool=self.pool,
            past=tuple(self.past),
            rng=self.random(purpose),
            step=self.step,
            count=count,
            goal=self.goal,
            model=chosen,
            notes={**self._standing, **(notes or {})},
        )
        name = chosen.name if chosen is not None else ""
        try:
            async with asyncio.timeout(self.spending.seconds_left):
                proposals = await proposer.propose(situation)
        except BudgetExceeded as error:
            raise BudgetSpent(str(error)) from error
        except TimeoutError:
            self.spending.require_time()
            raise
        finally:
            if chosen is not None:
                self._uses[name] = self._uses.get(name, ModelUse()).plus(chosen.use)
        children = []
        for proposal in proposals:
            for each in proposal.rejections:
                self.refuse(each, model=name)
            if proposal.is_empty:
                continue
            child = self.child(
                parent,
                proposal.changes,
                origin=proposal.origin,
                note=proposal.reasoning,
                others=proposal.others,
                model=name,
                no_change=proposal.no_change,
            )
            if child is not None:
                children.append(child)
        return children

    def child(
        self,
        parent: Candidate,
        changes: Values,
        *,
        origin: str,
        note: str = "",
        others: tuple[int, ...] = (),
        model: str = "",
        no_change: bool = False,
    ) -> Candidate | None:
        """A candidate with a parent's values but for some; None, and a refusal on record, if it can't be had.

        Args:
            parent: Whose values the others are.
            changes: New values by component.
            origin: Who proposed it.
            note: What is said for it.
            others: Numbers of further parents.
            model: The chat model that proposed it.
            no_change: Whether the proposer said that nothing should change.
        """
        if no_change:
            self.refuse(Rejection("the proposer would change nothing"), model=model)
            return None
        fitting: dict[str, Value] = {}
        for name, value in changes.items():
            try:
                fitting[name] = self.judged(name, value)
            except CodeNotRunError:  # says nothing about the value
                raise
            except SteepestError as error:
                self.refuse(Rejection(str(error), name, short(value)), model=model)
                return None
        values = {**parent.values, **fitting}
        digest = digest_of(values)
        changed = tuple(changed_values(fitting, parent.values))
        known = self._known.get(digest)
        if known is not None:
            words = "it changes nothing" if digest == parent.digest else f"it is candidate {known} again"
            self.refuse(Rejection(words, ", ".join(fitting), short(list(fitting.values()))), model=model)
            return None
        made = Candidate(
            self._next_number, values, digest, (parent.number, *others), self.step, origin, changed, note, model
        )
        self._known[digest] = made.number
        self._next_number += 1
        return made

    def judged(self, name: str, value: Value) -> Value:
        """A value as a component would have it.

        Raises:
            SteepestError: It can't have it, or there is no such component.
        """
        if name not in self.components:
            raise InputError(f"there is no component {name!r}: there are {', '.join(self.components)}")
        return fit(self.components[name], value)

    async def decide(
        self,
        acceptance: Acceptance,
        parent: Candidate,
        child: Candidate,
        keys: Sequence[str],
        *,
        apart: Sequence[str] = (),
    ) -> Decision:
        """Whether a child is better than its parent by its scores on examples, and on more where these do not tell.

        Args:
            acceptance: The test.
            parent: One that has been evaluated on the examples.
            child: Its child; it is evaluated on them here.
            keys: Examples of the training split. More are drawn from the rest of it, in an order of the step's own.
            apart: Examples that may not be drawn: those by which this child was chosen from several.
        """
        (before,), (after,) = await self.evaluate([parent], keys), await self.evaluate([child], keys)
        rest: list[str] | None = None

        async def draw(count: int) -> tuple[list[float], list[float]]:
            nonlocal rest
            rest = self._shuffled_without({*keys, *apart}, f"draw/{child.number}") if rest is None else rest
            taken, rest = rest[:count], rest[count:]
            if not taken:
                return [], []
            first, second = await self.evaluate([parent, child], taken)
            return [each.score for each in first], [each.score for each in second]

        return await acceptance.decide([each.score for each in before], [each.score for each in after], draw)

    async def admit(self, child: Candidate, reason: str = "", *, gain: float | None = None) -> Candidate:
        """Take a child into the pool, and evaluate it on the whole ranking split.

        Raises:
            BudgetSpent: There is not enough left for that; the child is not admitted.
        """
        (rollouts,) = await self.evaluate([child], self.keys(self.ranking), self.ranking)
        self._enter(child, self.ranking, rollouts)
        parent = self.pool[child.parents[0]] if child.parents else None
        changes = dict(child.values) if parent is None else changed_values(child.values, parent.values)
        self._births.append(
            Birth(
                number=child.number,
                values=changes,
                parents=child.parents,
                origin=child.origin,
                note=child.note,
                model=child.model,
                gain=gain,
                reason=reason,
            )
        )
        return child

    def reject(self, child: Candidate, reason: str, *, gain: float | None = None) -> None:
        """Put on record that a child was evaluated and is not admitted."""
        known = list(self._provisional.pop(child.number, {}).values())
        changes = changed_values(child.values, self.pool[child.parents[0]].values)
        self._tried.append(
            Tried(
                number=child.number,
                changes=changes,
                parents=child.parents,
                origin=child.origin,
                score=mean_score(known) if known else None,
                gain=gain,
                reason=reason,
                note=child.note,
                model=child.model,
            )
        )

    def refuse(self, rejection: Rejection, *, model: str = "") -> None:
        """Put on record that a proposal can't be used."""
        self._refused.append(
            Refused(reason=rejection.reason, component=rejection.component, value=rejection.value, model=model)
        )

    def note(self, name: str, value: Any) -> None:
        """Keep something with the step, as JSON, for `Strategy.observe`."""
        self._notes[name] = value

    # What the loop does.

    def begin(self, step: int) -> None:
        """Begin a step."""
        self.step = step
        self._begin_record()

    def sow(self) -> Candidate:
        """The seed, in the pool and not yet evaluated.

        Raises:
            SteepestError: The seed's own values are none that the components can have.
        """
        values = {name: self.judged(name, value) for name, value in self.program.seed().items()}
        seed = Candidate(0, values, digest_of(values))
        self._known[seed.digest] = 0
        self._next_number = 1
        self.pool.add(seed)
        return seed

    def record(self, stopped: str = "") -> StepRecord:
        """What the step did."""
        return StepRecord(
            step=self.step,
            births=tuple(self._births),
            tried=tuple(self._tried),
            refused=tuple(self._refused),
            evaluated=tuple(
                Evaluated(
                    number=number, split=split, scores=scores, objectives=self._objectives.get((number, split), {})
                )
                for (number, split), scores in self._evaluated.items()
            ),
            models=self._uses,
            notes=self._notes,
            metric_calls=self.spending.metric_calls,
            tokens=self.spending.tokens,
            money=self.spending.money,
            seconds=self.spending.seconds,
            next_number=self._next_number,
            failure_score=self.failure_score,
            stopped=stopped or False,
        )

    def restore(self, record: StepRecord) -> None:
        """Do what a recorded step did, without any of its work."""
        self.step = record.step
        for birth in record.births:
            parent = self.pool[birth.parents[0]].values if birth.parents else {}
            values = {**parent, **birth.values}
            child = Candidate(
                birth.number,
                values,
                digest_of(values),
                birth.parents,
                record.step,
                birth.origin,
                tuple(birth.values) if birth.parents else (),
                birth.note,
                birth.model,
            )
            self._known[child.digest] = child.number
            self.pool.add(child)
        for each in record.evaluated:
            self.pool.record(
                each.number,
                each.split,
                [Rollout(key, score, objectives=each.objectives.get(key, {})) for key, score in each.scores.items()],
            )
        for tried in record.tried:
            values = {**self.pool[tried.parents[0]].values, **tried.changes}
            self._known[digest_of(values)] = tried.number
        self._next_number = record.next_number
        self.failure_score = record.failure_score
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
        self._executor.close()
        self._evaluations.close()

    @contextmanager
    def within(self, pool: Pool, notes: Mapping[str, Any] | None = None) -> Iterator["Search"]:
        """This search as a strategy sees it that is to know of a part of the pool alone.

        Args:
            pool: The part.
            notes: What every proposer is told beside what the strategy tells it.
        """
        part = copy(self)
        part.pool = pool
        part._standing = {**self._standing, **(notes or {})}
        part._watch = lambda _: self._report()
        try:
            yield part
        finally:
            self._next_number = part._next_number

    # Inside.

    def _shuffled_without(self, keys: set[str], purpose: str) -> list[str]:
        rest = [key for key in self.keys() if key not in keys]
        self.random(purpose).shuffle(rest)
        return rest

    def _begin_record(self) -> None:
        self._births: list[Birth] = []
        self._tried: list[Tried] = []
        self._refused: list[Refused] = []
        self._evaluated: dict[tuple[int, Split], dict[str, float]] = {}
        self._objectives: dict[tuple[int, Split], dict[str, dict[str, float]]] = {}
        self._provisional: dict[int, dict[tuple[Split, str], Rollout]] = {}
        self._uses: dict[str, ModelUse] = {}
        self._notes: dict[str, Any] = {}

    async def _run(
        self, wanted: Mapping[tuple[str, str], Candidate], split: Split, found: dict[tuple[str, str], Rollout]
    ) -> None:
        places = list(wanted)
        jobs = [Job(wanted[place].values, self._examples[split][place[1]], split == "train") for place in places]
        try:
            async with asyncio.timeout(self.spending.seconds_left):
                async with aclosing(self._executor.run(self.program, jobs)) as rollouts:
                    async for number, rollout in rollouts:
                        place = places[number]
                        self.spending.count(rollout.tokens, rollout.money)
                        self._evaluations.keep(place[0], split, rollout)
                        found[place] = rollout
                        self._report()
        except TimeoutError:
            self.spending.require_time()
            raise

    def _settled(self, rollout: Rollout) -> Rollout:
        return replace(rollout, score=self.failure_score or 0.0) if rollout.error else rollout

    def _take_in(self, candidate: Candidate, split: Split, rollouts: Sequence[Rollout]) -> None:
        if candidate.number in self.pool:
            self._enter(candidate, split, rollouts)
            return
        known = self._provisional.setdefault(candidate.number, {})
        known.update({(split, each.example): each for each in rollouts})

    def _enter(self, candidate: Candidate, split: Split, rollouts: Sequence[Rollout]) -> None:
        """Make scores of a member known, those before its admission included."""
        if candidate.number not in self.pool:
            self.pool.add(candidate)
        earlier = self._provisional.pop(candidate.number, {})
        known = [(each_split, each) for (each_split, _), each in earlier.items()]
        for each_split, each in [*known, *((split, each) for each in rollouts)]:
            if each.example not in self.pool.scores(candidate.number, each_split).by_example:
                self.pool.record(candidate.number, each_split, [each])
                place = candidate.number, each_split
                self._evaluated.setdefault(place, {})[each.example] = each.score
                if each.objectives:
                    self._objectives.setdefault(place, {})[each.example] = dict(each.objectives)

    def _report(self) -> None:
        if self._watch is not None:
            self._watch(self)


def failure_score(runs: Sequence[Rollout]) -> float:
    """What a run that raises counts as, given the seed's runs.

    It is 0 if no score of theirs is negative, as for shares of right answers. Otherwise it lies below all of them by as
    much as they are apart, or 1, so that nothing wins by failing.

    Raises:
        InputError: All of them raised, so that nothing is known of what scores are like here.
    """
    scores = [each.score for each in runs if not each.error]
    if runs and not scores:
        raise InputError(
            f"every run of the values to begin with fails: {runs[0].error}\nMend the workflow; or, if mending it is "
            "what the search is for, say what a failure counts as (failure_score=), less than any score of a run that "
            "does not fail"
        )
    lowest = min(scores, default=0.0)
    return 0.0 if lowest >= 0 else lowest - max(1.0, max(scores) - lowest)


def _check(search: Search) -> None:
    if not search.components:
        raise InputError("there is nothing to optimize: the program has no component")
    if not search.keys("train"):
        raise InputError("there are no examples to learn from")
