"""Proposals for code (AlphaEvolve, arXiv 2506.13131; ShinkaEvolve, arXiv 2509.19349): edits, a whole rewrite, or one
program out of two. What a model answers is applied here, judged, and asked for again with the reason where it fails.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal, TypeAlias

from steepest.agents.optimizers.asking import ask, form_of, sample_of
from steepest.agents.optimizers.code.answers import Answer, answer_schema, changed_source, read_answer
from steepest.agents.optimizers.code.evolve_blocks import has_blocks
from steepest.agents.optimizers.evidence import aim, extremes, inert, records, whole_code
from steepest.agents.optimizers.fitting import fit
from steepest.agents.optimizers.replies import UnusableReply
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.protocols import Past, Proposal, Situation
from steepest.agents.optimizers.search.rollouts import mean_score
from steepest.agents.optimizers.search.values import Component, Rejection, short
from steepest.agents.optimizers.together import together
from steepest.errors import InputError, SteepestError
from steepest.prompts import RenderedPrompt, load_prompt
from steepest.traces.previews import cut

__all__ = ["DiffProposer", "Operation"]

Operation: TypeAlias = Literal["diff", "rewrite", "crossover"]
"""Edits of the parent; another program in its place; one program out of the parent and a second one."""
_PROMPTS: Mapping[Operation, str] = {"diff": "diff", "rewrite": "rewrite", "crossover": "rewrite_two"}
_SHOWN_TRIES = 3
_SHORTEST = 400


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to ask for."""

    index: int
    operation: Operation
    component: Component
    partner: Candidate | None


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of an answer."""

    reasoning: str
    source: str | None
    """None if nothing should change."""


@dataclass(frozen=True, slots=True)
class DiffProposer:
    """Asks a model for better code of one component at a time.

    A strategy names others to learn from in `Situation.notes`: `top` and `diverse`, numbers of members of the pool, and
    `partner`, one for a crossover; without these the best of the pool are shown.
    """

    diff: float = 0.6
    """Weights of the operations."""
    rewrite: float = 0.3
    crossover: float = 0.1
    runs: int = 6
    """The most runs of the parent to show."""
    longest: int = 12_000
    """Characters that the runs share; the others' code likewise."""
    max_tokens: int = 6000
    """Of a reply."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many as are wanted.

        Raises:
            InputError: There is no code to change, or no model to ask.
        """
        code = [each for each in situation.components if each.kind == "code"]
        if not code:
            raise InputError("there is no code among the components: DiffProposer changes code only")
        plans = [self._plan(situation, code, index) for index in range(situation.count)]
        return await together(self._ask(situation, plan) for plan in plans)

    def _plan(self, situation: Situation, code: Sequence[Component], index: int) -> _Plan:
        component = situation.rng.choice(code)
        partner = _partner(situation, component)
        weights: dict[Operation, float] = {"diff": self.diff, "rewrite": self.rewrite}
        if partner is not None:
            weights["crossover"] = self.crossover
        (operation,) = situation.rng.choices(list(weights), list(weights.values()))
        return _Plan(index, operation, component, partner if operation == "crossover" else None)

    async def _ask(self, situation: Situation, plan: _Plan) -> Proposal:
        model = situation.model
        if model is None:
            raise InputError("code is written by a language model, and there is none: name one, llm='openai:...'")
        form, present = form_of(model), situation.parent.values[plan.component.name]

        def read(reply: str) -> _Made:
            return _made(read_answer(reply, form), present, plan.component)

        asked = await ask(
            model,
            self._prompt(situation, plan, form),
            read,
            sample=sample_of(situation.step, plan.index),
            schema=answer_schema(whole=plan.operation != "diff") if form == "json" else None,
            max_tokens=self.max_tokens,
        )
        made = asked.value
        return Proposal(
            changes={} if made is None or made.source is None else {plan.component.name: made.source},
            reasoning="" if made is None else made.reasoning,
            no_change=made is not None and made.source is None,
            origin=plan.operation,
            others=(plan.partner.number,) if plan.partner is not None else (),
            rejections=asked.rejections,
        )

    def _prompt(self, situation: Situation, plan: _Plan, form: str) -> RenderedPrompt:
        name, present = plan.component.name, situation.parent.values[plan.component.name]
        variables = {
            "goal": aim(situation),
            "about": _about(plan.component, present),
            "metrics": _metrics(situation),
            "code": whole_code(present),
            "runs": records(extremes(situation.rollouts, self.runs), self.longest),
            "tries": _tries(situation.past, name, present),
        }
        if plan.partner is not None:
            variables["other"] = _programs([plan.partner], situation.pool, name, self.longest)
        else:
            variables["others"] = _programs(_inspirations(situation, name), situation.pool, name, self.longest)
        return load_prompt(f"{_PROMPTS[plan.operation]}_{form}").render(**variables)


def _made(answer: Answer, present: str, component: Component) -> _Made:
    """What an answer makes of the present code.

    Raises:
        UnusableReply: Nothing that the component can have; the reason is for the model.
    """
    if answer.no_change:
        return _Made(answer.reasoning, None)
    try:
        return _Made(answer.reasoning, fit(component, changed_source(present, answer)))
    except SteepestError as error:
        proposed = answer.source if answer.source is not None else [each.replace for each in answer.edits]
        raise UnusableReply([Rejection(str(error), component.name, short(proposed))]) from error


def _about(component: Component, present: str) -> str:
    parts = [component.name, component.description, component.constraint]
    if has_blocks(present):
        parts.append(
            "of which only the lines between # EVOLVE-BLOCK-START and # EVOLVE-BLOCK-END may change: these two lines "
            "and all others stay letter for letter"
        )
    return "; ".join(part.strip().rstrip(".") for part in parts if part.strip())


def _metrics(situation: Situation) -> str:
    """The mean score of the runs, and of each objective."""
    rollouts = list(situation.rollouts)
    if not rollouts:
        return "it has not been run yet"
    failed = sum(bool(each.error) for each in rollouts)
    parts = [f"mean score {mean_score(rollouts):.6g} in {len(rollouts)} runs"]
    for name in sorted({name for each in rollouts for name in each.objectives}):
        found = [each.objectives[name] for each in rollouts if name in each.objectives]
        parts.append(f"{name} {sum(found) / len(found):.6g}")
    return ", ".join([*parts, *([f"{failed} of them ended in an error"] if failed else [])])


def _tries(past: Sequence[Past], name: str, present: str) -> str:
    """The latest tries to change the code, each with its difference from the present code."""
    touching = [each for each in past if name in each.changes][-_SHOWN_TRIES:]
    return inert("\n\n".join(_try(each, str(each.changes[name]), present) for each in touching)) or "none"


def _try(past: Past, proposed: str, present: str) -> str:
    score = "" if past.score is None else f", score {past.score:.6g}"
    head = f"{past.outcome}{score}" + (f" ({cut(past.reason, 400)})" if past.reason else "")
    if past.outcome == "rejected":  # of a refused reply only its beginning is kept
        return f"{head}:\n{cut(proposed, _SHORTEST)}"
    lines = list(unified_diff(present.splitlines(), proposed.splitlines(), lineterm="", n=0))[2:]
    difference = "\n".join(lines)
    return f"{head}:\n{cut(difference, 2 * _SHORTEST)}"


def _programs(members: Sequence[Candidate], pool: Pool, name: str, longest: int) -> str:
    room = max(longest // max(len(members), 1), _SHORTEST)
    shown = [f"Score {pool.mean(each.number, pool.ranking):.6g}:\n{cut(each.values[name], room)}" for each in members]
    return inert("\n\n".join(shown)) or "none"


def _inspirations(situation: Situation, name: str) -> list[Candidate]:
    """Those that the strategy names, or the best of the pool; each code once, the parent's not."""
    numbers = [*situation.notes.get("top", ()), *situation.notes.get("diverse", ())]
    members = [situation.pool[number] for number in numbers] or _best(situation)
    found = {each.values[name]: each for each in reversed(members)}
    found.pop(situation.parent.values[name], None)
    return list(reversed(found.values()))


def _partner(situation: Situation, component: Component) -> Candidate | None:
    """A second parent, whose code of the component is another one."""
    if "partner" not in situation.notes:
        others = _inspirations(situation, component.name)
        return situation.rng.choice(others) if others else None
    number = situation.notes["partner"]
    partner = None if number is None else situation.pool[number]
    is_other = partner is not None and partner.values[component.name] != situation.parent.values[component.name]
    return partner if is_other else None


def _best(situation: Situation) -> list[Candidate]:
    ranked = situation.pool.ranked(situation.pool.ranking)[-4:]
    return [situation.pool[number] for _, number in reversed(ranked) if number != situation.parent.number][:3]
