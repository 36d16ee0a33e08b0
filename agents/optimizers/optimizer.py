"""Optimizers in the manner of PyTorch: `zero_feedback`, a traced run, `backward` with words, `step`.

    optimizer = OptoPrime([prompt, threshold], "openai:gpt-5.4-mini")
    for question, answer in data:
        optimizer.zero_feedback()
        output = solve(question)
        optimizer.backward(output, judge(output.value, answer))
        optimizer.step()

A search over candidates with a budget is `steepest.optimize`; here the caller has the loop.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steepest.agents.llm.chat import ChatModel, run_sync
from steepest.agents.llm.specs import open_model
from steepest.agents.optimizers.components import component_of, encoded_value, named_nodes, value_of
from steepest.agents.optimizers.feedback_runs import runs_of, scores_of
from steepest.agents.optimizers.fitting import fit_change
from steepest.agents.optimizers.memory import Memory, Outcome, Try, read_saved, write_saved
from steepest.agents.optimizers.opro import OproProposer
from steepest.agents.optimizers.optoprime import TOKENS, OptoPrimeProposer
from steepest.agents.optimizers.search.protocols import Proposal, Proposer, Situation
from steepest.agents.optimizers.search.values import Rejection, Value, Values, digest_of, short
from steepest.agents.optimizers.textgrad import TextGradProposer
from steepest.agents.optimizers.transactions import Transaction, apply
from steepest.errors import InputError, SteepestError
from steepest.traces.failures import CodeNotRunError, ExecutionError
from steepest.traces.feedback import Feedback, backward, subgraph
from steepest.traces.graph import Node
from steepest.traces.parameters import state_of, zero_feedback

__all__ = ["OPRO", "Optimizer", "OptoPrime", "Stepped", "TextGrad"]


@dataclass(frozen=True, slots=True)
class Stepped:
    """What became of a step."""

    outcome: Outcome
    changes: Values
    """Values as JSON by parameter: those that were committed, or that were proposed."""
    reasons: tuple[Rejection, ...] = ()
    """Why proposals of this step were not used, those on the way to one that was included."""
    reasoning: str = ""
    """What the proposer said for it."""

    @property
    def is_committed(self) -> bool:
        """Whether parameters have new values."""
        return self.outcome == "committed"


class Optimizer:
    """Changes parameters by what is said about what was computed from them.

    Args:
        parameters: Trainable nodes; or these by names of your own; or a module, a bundle or containers that hold them.
        llm: A chat model or its name (`open_model`); None for a proposer that asks none.
        proposer: Who proposes new values; OptoPrime unless given.
        goal: What is wanted, in words.
        seed: Of whatever a proposer leaves to chance.

    Raises:
        InputError: There are no parameters, two have one name, or one has a value that JSON can't say.
        TraceError: One of them is no parameter.
    """

    def __init__(
        self,
        parameters: object,
        llm: str | ChatModel | None,
        proposer: Proposer | None = None,
        *,
        goal: str = "",
        seed: int = 0,
    ) -> None:
        self.parameters: dict[str, Node[Any]] = named_nodes(parameters)
        self.llm = open_model(llm) if isinstance(llm, str) else llm
        self.proposer: Proposer = proposer or OptoPrimeProposer()
        self.goal = goal
        self.seed = seed
        self._components = [component_of(name, each) for name, each in self.parameters.items()]
        self._memory = Memory()
        self._counted: list[Feedback] = []

    def __repr__(self) -> str:
        return f"<{type(self.proposer).__name__} over {', '.join(self.parameters)}; {len(self.history):,} tries>"

    @property
    def history(self) -> Sequence[Try]:
        """What was proposed and what became of it, unusable replies included, the oldest first."""
        return tuple(self._memory.tries)

    @property
    def values(self) -> dict[str, Any]:
        """The present values as JSON, by parameter."""
        return {name: encoded_value(each) for name, each in self.parameters.items()}

    def zero_feedback(self) -> None:
        """Forget what was said about the parameters; what was tried is remembered."""
        self._count_scores()
        zero_feedback(self.parameters.values())

    def backward(
        self,
        outputs: Node[Any] | ExecutionError | Iterable[Node[Any]],
        feedback: object,
        score: float | Node[Any] | None = None,
    ) -> None:
        """Give feedback on outputs, once or several times before a step: `steepest.traces.backward`.

        Args:
            outputs: A node, several, or the error that a traced computation raised.
            feedback: Words, or what says something as a text.
            score: A figure of merit, larger is better.

        Raises:
            InputError: There is no output, nothing is said, or the score is no finite number.
            TraceError: There is no parameter behind the outputs.
        """
        backward(outputs, feedback, score=score)

    def propose(self, count: int = 1) -> list[Proposal]:
        """New values, of which nothing is in place yet: `commit` one.

        Unusable replies are among the `rejections` of a proposal, and in the history.

        Args:
            count: How many proposals are wanted.

        Raises:
            TraceError: No feedback has reached the parameters.
            InputError: There is no model to ask, or the count is none.
            LLMError: The model can't be asked, for good.
        """
        return run_sync(self.apropose(count))

    async def apropose(self, count: int = 1) -> list[Proposal]:
        """`propose`, to be awaited."""
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise InputError(f"propose(count={count!r}): it has to be a whole number of 1 or more")
        self._count_scores()
        situation = self._situation(count)
        self._memory.asked += 1
        proposals = list(await self.proposer.propose(situation))
        for rejection in (each for proposal in proposals for each in proposal.rejections):
            self._remember_rejection(rejection)
        return proposals

    def commit(self, proposal: Proposal, trial: Callable[[], object] | None = None) -> Stepped:
        """Put the values of a proposal in place, all of them or none.

        Args:
            proposal: One that `propose` gave, or one of your own.
            trial: Run with the new values; if it raises, the old ones are put back.
        """
        outcome, reasons = self._applied(proposal, trial)
        changes = dict(proposal.changes)
        if outcome != "rejected" or changes:
            self._memory.add(
                Try(
                    step=self._memory.asked,
                    outcome=outcome,
                    changes=changes,
                    reason="; ".join(each.reason for each in reasons),
                    reasoning=proposal.reasoning,
                    digest=digest_of(self.values) if outcome == "committed" else "",
                )
            )
        return Stepped(outcome, changes, (*proposal.rejections, *reasons), proposal.reasoning)

    def step(self, trial: Callable[[], object] | None = None, count: int = 1) -> Stepped:
        """Ask for new values and put them in place.

        Of several proposals the first that can be committed is.

        Args:
            trial: Run with the new values; if it raises, the old ones are put back and the next proposal is tried.
            count: How many proposals to ask for.

        Returns:
            What became of it. That no reply could be used is an outcome and no error.

        Raises:
            TraceError: No feedback has reached the parameters.
            InputError: There is no model to ask.
            LLMError: The model can't be asked, for good.
        """
        return run_sync(self.astep(trial, count))

    async def astep(self, trial: Callable[[], object] | None = None, count: int = 1) -> Stepped:
        """`step`, to be awaited. A trial is called in the event loop's thread."""
        proposals = await self.apropose(count)
        reasons: list[Rejection] = []
        made = Stepped("rejected", {}, (Rejection("the proposer has nothing to propose"),))
        for place, proposal in enumerate(proposals):
            made = self.commit(proposal, trial)
            reasons += made.reasons
            if made.is_committed:
                self._set_aside(proposals[place + 1 :])
                break
        return Stepped(made.outcome, made.changes, tuple(reasons) or made.reasons, made.reasoning)

    def save(self, path: str | Path) -> None:
        """Write the present values and what is remembered as JSON. Feedback is about traces of this process and is not
        saved.

        Raises:
            InputError: The file can't be written.
        """
        self._count_scores()
        write_saved(Path(path), self.values, self._memory)

    def load(self, path: str | Path) -> None:
        """Go on from what `save` wrote: the parameters get its values, and what is remembered is taken over.

        Raises:
            InputError: It is no such file, is about other parameters, or has a value that one of them can't have;
                nothing was changed.
        """
        values, memory = read_saved(Path(path))
        if values.keys() != self.parameters.keys():
            there, here = ", ".join(values), ", ".join(self.parameters)
            raise InputError(f"{path} is about the parameters {there}, and these are {here}")
        if digest_of(values) != digest_of(self.values):
            done = self._put(values, None)
            if done.outcome != "committed":
                raise InputError(f"{path} can't be used: {'; '.join(each.reason for each in done.reasons)}")
        self._memory = memory

    def _situation(self, count: int) -> Situation:
        said = subgraph(list(self.parameters.values()))
        pool, parent = self._memory.pool(self.values)
        return Situation(
            components=self._components,
            parent=parent,
            rollouts=runs_of(said, self.parameters),
            pool=pool,
            past=self._memory.past(),
            rng=random.Random(f"{self.seed}/{self._memory.asked}"),
            step=self._memory.asked + 1,
            count=count,
            goal=self.goal,
            model=self.llm,
        )

    def _count_scores(self) -> None:
        """Remember the scores that the present values were given since the last time."""
        said = {id(each): each for node in self.parameters.values() for each in state_of(node).feedback}
        counted = {id(each) for each in self._counted}
        self._memory.score(self.values, scores_of([each for key, each in said.items() if key not in counted]))
        self._counted = list(said.values())  # held, so that no other one gets the same id

    def _applied(self, proposal: Proposal, trial: Callable[[], object] | None) -> tuple[Outcome, tuple[Rejection, ...]]:
        if proposal.no_change:
            return "no change", ()
        if not proposal.changes:
            return "rejected", () if proposal.rejections else (Rejection("it proposes nothing"),)
        done = self._put(proposal.changes, trial)
        return done.outcome, done.reasons

    def _put(self, values: Values, trial: Callable[[], object] | None) -> Transaction:
        """Values in the place of those that differ, if each is one that its parameter can have."""
        fitting, refused = self._fitting(values)
        if refused:
            return Transaction("rejected", tuple(refused))
        present = self.values
        changed = [name for name in fitting if digest_of({name: fitting[name]}) != digest_of({name: present[name]})]
        if not changed:
            return Transaction("rejected", (Rejection("it proposes the values that are there already"),))
        nodes = [(name, self.parameters[name]) for name in changed]
        return apply([(name, node, value_of(node, fitting[name])) for name, node in nodes], trial)

    def _fitting(self, values: Values) -> tuple[dict[str, Value], list[Rejection]]:
        components = {each.name: each for each in self._components}
        fitting: dict[str, Value] = {}
        present, refused = self.values, []
        for name, value in values.items():
            try:
                if name not in components:
                    raise InputError(f"there is no parameter {name!r}: there are {', '.join(components)}")
                fitting[name] = fit_change(components[name], present[name], value)
            except CodeNotRunError:  # it says nothing about the value
                raise
            except SteepestError as error:
                refused.append(Rejection(str(error), name, short(value)))
        return fitting, refused

    def _set_aside(self, proposals: Sequence[Proposal]) -> None:
        for each in proposals:
            if each.changes:
                self._memory.add(
                    Try(
                        step=self._memory.asked,
                        outcome="not used",
                        changes=dict(each.changes),
                        reason="an earlier proposal of the step was committed",
                        reasoning=each.reasoning,
                    )
                )

    def _remember_rejection(self, rejection: Rejection) -> None:
        changes = {rejection.component: rejection.value} if rejection.component else {}
        self._memory.add(Try(step=self._memory.asked, outcome="rejected", changes=changes, reason=rejection.reason))


def OptoPrime(
    parameters: object,
    llm: str | ChatModel,
    *,
    tokens: int = TOKENS,
    horizon: int | None = None,
    memory: int = 8,
    goal: str = "",
    seed: int = 0,
) -> Optimizer:
    """An optimizer that is shown what was computed from the parameters, and what was said about it (arXiv 2406.16218).

    Args:
        parameters: As for `Optimizer`.
        llm: A chat model or its name.
        tokens: The most that a prompt has, by a cautious estimate.
        horizon: How many operations before the outputs are told; None for all.
        memory: Past tries to tell of.
        goal: What is wanted, in words.
        seed: Of chance.
    """
    return Optimizer(parameters, llm, OptoPrimeProposer(tokens, horizon, memory), goal=goal, seed=seed)


def OPRO(parameters: object, llm: str | ChatModel, *, solutions: int = 20, goal: str = "", seed: int = 0) -> Optimizer:
    """An optimizer that is shown the best values so far with their scores (arXiv 2309.03409): give scores with
    `backward`.

    Args:
        parameters: As for `Optimizer`.
        llm: A chat model or its name.
        solutions: The most to show.
        goal: What is wanted, in words.
        seed: Of chance.
    """
    return Optimizer(parameters, llm, OproProposer(solutions=solutions), goal=goal, seed=seed)


def TextGrad(parameters: object, llm: str | ChatModel, *, goal: str = "", seed: int = 0) -> Optimizer:
    """An optimizer that carries feedback back step by step through what was computed (arXiv 2406.07496).

    Args:
        parameters: As for `Optimizer`.
        llm: A chat model or its name.
        goal: What is wanted, in words.
        seed: Of chance.
    """
    return Optimizer(parameters, llm, TextGradProposer(), goal=goal, seed=seed)
