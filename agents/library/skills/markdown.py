"""Skills as other agents read them: a folder each, with a file SKILL.md that begins with its name and description."""

import json
from collections.abc import Mapping

from steepest.agents.library.exchange.markdown import fence_around
from steepest.agents.library.insights import Insight
from steepest.agents.library.skills.skill import Skill
from steepest.traces.rendering.characters import visible

__all__ = ["skill_markdown"]


def skill_markdown(skill: Skill, active: Mapping[str, Insight]) -> str:
    """The text of SKILL.md.

    Args:
        skill: The skill.
        active: Insights by id, for their titles and examples.
    """
    head = ["---", f"name: {skill.name}", f"description: {json.dumps(_line(skill.when), ensure_ascii=False)}", "---"]
    steps = [f"{number}. {_line(step)}" for number, step in enumerate(skill.workflow, start=1)]
    pitfalls = ["## Pitfalls", "", *(f"- {_line(each)}" for each in skill.pitfalls), ""] if skill.pitfalls else []
    top = ["", f"# {skill.name.replace('-', ' ').capitalize()}", "", _line(skill.when), "", "## Workflow", ""]
    return "\n".join([*head, *top, *steps, "", *pitfalls, *_sources(skill, active)]) + "\n"


def _sources(skill: Skill, active: Mapping[str, Insight]) -> list[str]:
    """Where it comes from, with what the insights show."""
    lines = ["## Insights behind it", ""]
    for name in skill.insights:
        insight = active.get(name)
        lines.append(f"- {name}: {_line(insight.title or insight.condition)}" if insight else f"- {name}")
    examples = [visible(active[name].example, multiline=True) for name in skill.insights if name in active]
    if any(examples):
        lines += ["", "## Examples"]
    for example in filter(None, examples):
        fence = fence_around(example)
        lines += ["", fence, example, fence]
    return lines


def _line(text: str) -> str:
    """In one line, so that no line of it can begin a heading or the front matter, and nothing invisible in it."""
    return visible(" ".join(text.split()))
