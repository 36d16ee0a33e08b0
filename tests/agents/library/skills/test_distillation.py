"""What a model's skill is read as, in both forms, and which groups ask for one."""

import json
from typing import Any

import pytest

from steepest.agents.library.skills.distillation import Distilled, Group, distill, grouped
from steepest.agents.library.skills.skill import Skill, sources_of, staleness
from steepest.agents.llm import FunctionModel
from steepest.agents.llm.chat import run_sync
from steepest.prompts import load_prompt
from tests.agents.library.insights import BOUNDS, FLOW, insight
from tests.agents.library.learning.kiosks import teacher

PARTS = (insight("goods"), insight("water", labels=(FLOW, BOUNDS)))
WHEN = "Use when goods or water pass through places that keep none of it."
TEXT = f"""name: flow-in-and-out
when: {WHEN}
workflow:
- Find the places.
- Write in equal to out,
  for each of them.
pitfalls:
- A source has no in: leave it out."""
REPLY = {
    "name": "flow-in-and-out",
    "when": WHEN,
    "workflow": ["Find the places.", "Write in equal to out, for each of them."],
    "pitfalls": ["A source has no in: leave it out."],
}


def made(*answers: Any, form: str = "text", group: Group | None = None, **given) -> tuple[Distilled, FunctionModel]:
    model = teacher(*answers, structured=form == "json")
    return run_sync(distill(group or Group(PARTS), model, **given)), model


@pytest.mark.parametrize(
    ("reply", "form"),
    [
        (TEXT, "text"),
        (f"<think>name: x</think>Here:\n\n```\n{TEXT}\n```", "text"),
        (TEXT.replace("- Find", "1. Find").replace("- Write", "2) Write").replace("name:", "**Name:**"), "text"),
        (json.dumps(REPLY), "json"),
    ],
    ids=["text", "fenced", "numbered", "json"],
)
def test_a_reply_is_read_as_a_skill(reply, form):
    skill = made(reply, form=form)[0].skill
    assert skill.name == "flow-in-and-out"
    assert skill.when == WHEN
    assert list(skill.workflow) == REPLY["workflow"]
    assert list(skill.pitfalls) == REPLY["pitfalls"]


def test_a_skill_remembers_what_it_was_made_of_and_by_whom():
    skill = made(TEXT)[0].skill
    assert skill.insights == sources_of(PARTS)
    assert skill.labels == (FLOW, BOUNDS)
    assert (skill.model, skill.prompt) == ("teacher", "skill_text@1")


def test_a_name_is_made_fit_for_a_folder_and_is_no_other_skills():
    assert made(TEXT.replace("flow-in-and-out", "Flow: In & Out!"))[0].skill.name == "flow-in-out"
    assert made(TEXT, taken={"flow-in-and-out", "flow-in-and-out-2"})[0].skill.name == "flow-in-and-out-3"
    assert made(TEXT.replace("flow-in-and-out", "../../etc"))[0].skill.name == "etc"


def test_a_skill_that_is_made_anew_keeps_its_name():
    old = made(TEXT)[0].skill
    group = Group(PARTS, old)
    assert made(TEXT.replace("flow-in-and-out", "other"), group=group, taken={old.name})[0].skill.name == old.name


UNUSABLE = {
    "essay": ("Goods flow.", "not in the form"),
    "empty": ("", "empty"),
    "no workflow": (TEXT[: TEXT.index("workflow")], "workflow: Field required"),
    "no name": (TEXT.replace("flow-in-and-out", "!!!"), "two to five small words"),
    "short": (TEXT.replace(WHEN, "Often."), "when: String should have at least 20"),
    "long step": (TEXT.replace("Find the places.", "Find. " * 120), "at most 600 characters"),
    "an invisible step": (TEXT.replace("Find the places.", "\u200b\0"), "each is a sentence or two"),
    "invisible": (TEXT.replace(WHEN, "\0" * 30), "when: it is empty"),
    "many steps": (TEXT.replace("- Find the places.", "- Find.\n" * 20), "workflow: List should have at most 12"),
    "the example": (load_prompt("skill_text").render(insights="").turns[1].content, "repeats the example"),
}


@pytest.mark.parametrize(("reply", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_reply_is_told_so_and_makes_no_skill(reply, reason):
    found, model = made(reply)
    assert found.skill is None
    assert reason in found.refusals[0]
    assert len(model.fn.requests) == 3


def test_a_skill_is_stale_when_an_insight_was_changed_or_is_gone():
    skill = made(TEXT)[0].skill
    active = {each.id: each for each in PARTS}
    assert staleness(skill, active) == []
    changed = {**active, "goods": PARTS[0].model_copy(update={"condition": "when nothing flows"})}
    assert staleness(skill, changed) == ["goods was changed"]
    assert staleness(skill, {"goods": PARTS[0]}) == ["water is no longer active"]
    renamed = {**active, "goods": PARTS[0].model_copy(update={"title": "Goods"})}
    assert staleness(skill, renamed) == []


def test_each_group_gets_the_skill_with_the_most_of_its_insights_and_each_skill_one_group():
    def skill(name, *insights):
        return Skill(name=name, when=WHEN, workflow=("do",), insights=sources_of(insights))

    one, two, three = (insight(name) for name in ("one", "two", "three"))
    both, single = skill("both", one, two), skill("single", two)
    groups = grouped([[one, two], [two, three], [three]], [single, both])
    assert [group.skill for group in groups] == [both, single, None]
    assert [group.is_current for group in groups] == [True, False, False]
