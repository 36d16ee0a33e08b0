"""What proposers send, whole; `WRITE_GOLDEN=1 pytest tests/agents/optimizers` writes it anew."""

import asyncio
import os
from pathlib import Path

import pytest

from steepest.agents.optimizers.opro import OproProposer
from steepest.agents.optimizers.reasons import ReasonsAndEdits
from steepest.agents.optimizers.reflection import Reflection
from steepest.agents.optimizers.rules import ContrastiveRule
from steepest.agents.optimizers.search.protocols import Proposer
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.taxonomy import FailureGuidance, FailureSorting, Mode, Taxonomy
from steepest.agents.optimizers.textgrad import TextGradProposer
from tests.agents.optimizers.situations import PLAN, Asked, situation, whole
from tests.agents.optimizers.test_gradients import account, line, parameter

GOLDEN = Path(__file__).parent / "golden"
KNOWN = [{"name": "missing unit", "description": "the unit is left out", "count": 3, "tries": 0}]
TRACED = Rollout("a", 0.5, account=account(parameter("plan"), line("text", 0, output=True)))

PROPOSERS: dict[str, tuple[Proposer, tuple[str, ...]]] = {
    "reflect": (Reflection(), ("no",)),
    "opro": (OproProposer(), ("no",)),
    "textgrad": (
        TextGradProposer(),
        ("plan: say it in five words", '{"feedback": [{"name": "plan", "words": "less"}]}'),
    ),
    "rules": (ContrastiveRule(), ("no",)),
    "protegi": (ReasonsAndEdits(), ("1. units are not asked for", '{"reasons": ["units are not asked for"]}')),
    "taxonomy_sort": (FailureSorting(), ("no",)),
    "taxonomy_guidance": (FailureGuidance(), ("no",)),
}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("name", PROPOSERS)
def test_prompts_are_what_they_were(name: str, form: str) -> None:
    proposer, answers = PROPOSERS[name]
    asked = Asked(answers[0 if form == "text" else -1], structured=form == "json")
    notes = {"taxonomy": Taxonomy(KNOWN), "mode": Mode("missing unit", "the unit is left out", count=3)}
    given = situation(asked, components=[PLAN], notes=notes)
    rollouts = [TRACED] if name == "textgrad" else given.rollouts

    asyncio.run(proposer.propose(situation(asked, components=[PLAN], notes=notes, rollouts=rollouts)))

    first = len(asked.requests[0].messages)
    questions = [whole(each) for each in asked.requests if len(each.messages) == first]  # the others ask for repairs
    agrees_with_golden(f"{name}_{form}.txt", "\n=====\n\n".join(questions))


def agrees_with_golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")
