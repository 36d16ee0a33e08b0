"""Reasons and edits: why runs went wrong, and a change for each reason (ProTeGi, arXiv 2305.03495)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import Asked, ask, ask_changes, form_of, model_of, sample_of
from steepest.agents.optimizers.evidence import aim, current, failures, inert, records
from steepest.agents.optimizers.reflection import least_tried, tried_on
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.together import together
from steepest.prompts import load_prompt

__all__ = ["ReasonsAndEdits"]

LONGEST_REASON = 800
"""Characters; what is longer is sent back."""
_NUMBERED = re.compile(r"^\s*\d+[.):]\s+(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ReasonsAndEdits:
    """Asks for the reasons of failures, as many as proposals are wanted, then for an edit for each reason: one call,
    and one for each proposal. All edits are of one component, the components taking turns.
    """

    runs: int = 4
    """The worst runs, to be shown as failures."""
    longest: int = 6000
    """Characters that they share."""

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        """At most as many as are wanted.

        Raises:
            InputError: There is no model.
        """
        model = model_of(situation, "protegi")
        component = least_tried(situation.components, situation.past)[0]
        alone = replace(situation, components=[component])
        worst = failures(situation.rollouts)[: self.runs]
        known = {"goal": aim(alone), "current": current(alone), "runs": records(worst, self.longest)}
        asked = await _reasons(alone, model, known)
        edits = await together(
            ask_changes(alone, "protegi_edit", {**known, "reason": inert(reason)}, index=index, origin="edit")
            for index, reason in enumerate(asked.value or ())
        )
        unread = [Proposal(origin="edit", rejections=asked.rejections)] if asked.rejections else []
        return [tried_on(component, each) for each in (*unread, *edits)]


async def _reasons(situation: Situation, model: ChatModel, known: Mapping[str, object]) -> Asked[list[str]]:
    form = form_of(model)
    return await ask(
        model,
        load_prompt(f"protegi_reasons_{form}").render(**known, count=situation.count),
        partial(_checked, _read_json if form == "json" else _read_text, situation.count),
        sample=sample_of(situation.step, 0),
        schema=_SCHEMA if form == "json" else None,
    )


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reasons: list[str]


_SCHEMA = strict_schema(_Reply.model_json_schema())


def _read_json(text: str) -> list[str]:
    try:
        return _Reply.model_validate(json_object(text, keys=("reasons",))).reasons
    except ValidationError as error:
        raise UnusableReply("`reasons` has to be a list of texts") from error


def _read_text(text: str) -> list[str]:
    return [each[1] for each in _NUMBERED.finditer(text)]


def _checked(read: Callable[[str], list[str]], count: int, text: str) -> list[str]:
    """The reasons, each once, at most so many."""
    reasons = list(dict.fromkeys(" ".join(each.split()) for each in read(text) if each.strip()))[:count]
    if not reasons:
        raise UnusableReply("there is no reason in the reply: write each on a line of its own, numbered 1., 2., ...")
    if long := [each for each in reasons if len(each) > LONGEST_REASON]:
        raise UnusableReply(f"a reason has {len(long[0]):,} characters: write at most {LONGEST_REASON}")
    return reasons
