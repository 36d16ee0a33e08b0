"""A search: the pool, what may be spent, and all that a strategy does a step with.

`carry_out` (loop.py) drives it. A strategy asks it for parents' rollouts, proposals, decisions, and has it admit or
reject children; what comes of that is in the step's record and nowhere else, so a search is continued from its records
(`records`), and a step that was interrupted is made again from what is kept (`evaluations`, the models' replies).
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from steepest.agents.llm.errors import BudgetExceeded
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.limits import BudgetSpent
from steepest.agents.optimizers.search.models import Metered
from steepest.agents.optimizers.search.protocols import Acceptance, Decision, Proposal, Proposer, Situation
from steepest.agents.optimizers.search.rollouts import Rollout, Split
from steepest.agents.optimizers.search.state import State
from steepest.agents.optimizers.search.values import Rejection, Value, Values
from steepest.errors import InputError

__all__ = ["Search"]


class Search(State):
    """What a strategy works with: it reads the state, and does what is here."""

    async def evaluate(
        self, candidates: Sequence[Candidate], keys: Sequence[str], split: Split = "train"
    ) -> list[list[Rollout]]:
        """Rollouts of candidates on examples, for each candidate in the order of the keys; at once where there are
        workers.

        Rollouts on the training split have accounts for proposers. What was evaluated before is found and costs
        nothing.

        Raises:
            BudgetSpent: The limits do not allow for all that is to be run. Nothing was begun where that could be told
                beforehand; else what was done is kept.
            InputError: The program gives figures that are none.
        """
        if split == "test" and self.step != self.TEST_STEP:
            raise InputError("the test split is sealed: it is for the figure at the end, and no choice may see it")
        results = await self._evaluator.rollouts(candidates, keys, split)
        for candidate, rollouts in zip(candidates, results, strict=True):
            self._draft.take_in(self.pool, candidate, split, rollouts)
        return results

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
        children = []
        for proposal in await self._proposals(proposer, situation, chosen):
            for each in proposal.rejections:
                self.refuse(each, model=name)
            if not proposal.is_empty:
                children.append(self._made(parent, proposal, name))
        return [each for each in children if each is not None]

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
        proposal = Proposal(changes, note, no_change, origin, others)
        return self._made(parent, proposal, model)

    def judged(self, name: str, value: Value) -> Value:
        """A value as a component would have it.

        Raises:
            SteepestError: It can't have it, or there is no such component.
        """
        return self._register.judged(name, value)

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
        await self.evaluate([child], self.keys(self.ranking), self.ranking)
        self._draft.admit(self.pool, child, reason, gain)
        return child

    def reject(self, child: Candidate, reason: str, *, gain: float | None = None) -> None:
        """Put on record that a child was evaluated and is not admitted."""
        self._draft.reject(self.pool, child, reason, gain)

    def refuse(self, rejection: Rejection, *, model: str = "") -> None:
        """Put on record that a proposal can't be used."""
        self._draft.refuse(rejection, model)

    def note(self, name: str, value: Any) -> None:
        """Keep something with the step, as JSON, for `Strategy.observe`."""
        self._draft.notes[name] = value

    def _shuffled_without(self, keys: set[str], purpose: str) -> list[str]:
        rest = [key for key in self.keys() if key not in keys]
        self.random(purpose).shuffle(rest)
        return rest

    async def _proposals(self, proposer: Proposer, situation: Situation, model: Metered | None) -> Sequence[Proposal]:
        try:
            async with asyncio.timeout(self.spending.seconds_left):
                return await proposer.propose(situation)
        except BudgetExceeded as error:
            raise BudgetSpent(str(error)) from error
        except TimeoutError:
            self.spending.require_time()
            raise
        finally:
            if model is not None:
                self._draft.use(model.name, model.use)
                self.spending.unpriced += model.use.unpriced

    def _made(self, parent: Candidate, proposal: Proposal, model: str) -> Candidate | None:
        made = self._register.child(parent, proposal, step=self.step, model=model)
        if isinstance(made, Candidate):
            return made
        self.refuse(made, model=model)
        return None
