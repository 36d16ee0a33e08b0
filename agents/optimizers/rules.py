"""Rules learned by contrast: what a good run did that a bad run on the same input did not (SIMBA, DSPy)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from steepest.agents.optimizers.asking import ask, form_of, model_of, sample_of
from steepest.agents.optimizers.evidence import aim, current, records
from steepest.agents.optimizers.fitting import fit
from steepest.agents.optimizers.reflection import least_tried, tried_on
from steepest.agents.optimizers.replies import UnusableReply, json_object, tagged
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.together import together
from steepest.errors import InputError
from steepest.prompts import load_prompt

__all__ = ["ContrastiveRule", "contrasts", "with_rule"]

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"rule": {"type": "string"}},
    "required": ["rule"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class ContrastiveRule:
    """Shows the worst and the best of the rollouts, which are of one example, and adds the rule that tells them apart
    to a text component; the text components take turns. Further proposals learn from the second worst, and so on.
    """

    longest: int = 8000
    """Characters that the two runs share."""
    longest_rule: int = 600
    """Characters of a rule: what is longer is no rule, and is sent back."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """As many as are wanted, none of rollouts with equal scores.

        Raises:
            InputError: There is no component that a rule can be added to, or no model.
        """
        texts = [each for each in situation.components if each.kind == "text"]
        if not texts:
            raise InputError("rules are added to texts, and none of what can be changed is one: take another strategy")
        better = max(situation.rollouts, key=_score)
        worse = sorted((each for each in situation.rollouts if each.score < better.score), key=_score)
        if not worse:
            return []
        turns = least_tried(texts, situation.past)
        chosen = [turns[index % len(turns)] for index in range(situation.count)]
        return await together(
            self._ask(situation, each, worse[index % len(worse)], better, index) for index, each in enumerate(chosen)
        )

    async def _ask(
        self, situation: Situation, component: Component, worse: Rollout, better: Rollout, index: int
    ) -> Proposal:
        model = model_of(situation, "simba")
        form = form_of(model)
        before = situation.parent.values[component.name]
        prompt = load_prompt(f"rules_contrast_{form}").render(
            goal=aim(situation),
            current=current(replace(situation, components=[component])),
            worse=records([worse], self.longest // 2),
            better=records([better], self.longest // 2),
        )
        said_in: Callable[[str], str] = _read_json if form == "json" else _read_text

        def read(text: str) -> tuple[str, str]:
            rule = " ".join(said_in(text).split()).removeprefix("- ")
            if len(rule) > self.longest_rule:
                raise UnusableReply(f"the rule has {len(rule):,} characters: write at most {self.longest_rule:,}")
            return rule, fit(component, with_rule(before, rule)) if rule else before

        asked = await ask(
            model,
            prompt,
            read,
            sample=sample_of(situation.step, index),
            schema=_SCHEMA if form == "json" else None,
        )
        rule, value = asked.value or ("", before)
        changes = {component.name: value} if rule else {}
        no_change = asked.value is not None and not rule
        return tried_on(component, Proposal(changes, rule, no_change, "rule", rejections=asked.rejections))


def contrasts(outcomes: Sequence[Sequence[Rollout]]) -> list[list[Rollout]]:
    """The rollouts of each example by several members, those with the widest spread of scores first; of equal ones that
    with the best rollout, then that whose best stands out most. Examples on which all do the same are left out.
    """
    by_example = [list(runs) for runs in zip(*outcomes, strict=True)]
    found = [runs for runs in by_example if _spread(runs)[0] > 0]
    return sorted(found, key=_spread, reverse=True)


def _spread(runs: Sequence[Rollout]) -> tuple[float, float, float]:
    scores = [each.score for each in runs]
    return max(scores) - min(scores), max(scores), max(scores) - math.fsum(scores) / len(scores)


def with_rule(text: str, rule: str) -> str:
    """A text with a rule at its end, as an item of a list."""
    return f"{text.rstrip()}\n- {rule}"


def _score(rollout: Rollout) -> float:
    return rollout.score


def _read_json(text: str) -> str:
    rule = json_object(text, keys=("rule",))["rule"]
    if not isinstance(rule, str):
        raise UnusableReply("`rule` has to be a text")
    return rule


def _read_text(text: str) -> str:
    if "<rule>" not in text.lower():
        raise UnusableReply("there is no rule in the reply: write <rule>, the rule, and </rule>")
    return tagged(text, "rule")
