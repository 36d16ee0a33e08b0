"""`steepest library skills`: what insights come to, as guides that people and other agents follow."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.evals.files import replaced
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.asking import add_model, opened_model
from steepest.cli.library.options import add_library, open_library, part_of
from steepest.cli.options import add_command, add_format
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.agents.library.insights import Insight
    from steepest.agents.library.library import Library
    from steepest.agents.library.skills.skill import Skill

EPILOG = """\
examples:
  steepest library skills lib.db                              those that there are, and which are stale
  steepest library skills lib.db --model openai:gpt-5.4-mini  distill groups of insights that have no current skill
  steepest library skills lib.db --to .agents/skills          a folder with a SKILL.md each
  steepest library skills lib.db --drop shares-of-totals

A skill is made of two to twelve insights that are near in labels, structure and words. It is stale when one of them was
changed or is no longer active; --model makes it anew."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "skills", "list, distill and export skills", EPILOG)
    add_library(parser)
    add_model(parser, "distill with this model what is new or stale")
    parser.add_argument("--label", metavar="WORDS", help="only insights under a label with these words")
    parser.add_argument("--to", metavar="FOLDER", type=Path, help="write each as FOLDER/NAME/SKILL.md")
    parser.add_argument("--drop", metavar="NAME", action="append", default=[], help="take a skill away")
    add_format(parser)
    parser.set_defaults(execute=execute, status="active")


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Drop, distill, list, export: what the arguments ask for, in this order."""
    with open_library(arguments) as library:
        if arguments.drop:
            _drop(library, arguments.drop)
        if arguments.model:
            asyncio.run(_distill(library, arguments, console))
        skills = library.skills()
        active = {each.insight.id: each.insight for each in library.entries("active")}
    if arguments.to:
        _write(skills, active, arguments.to, console)
    if arguments.format == "json":
        console.document({"skills": [_document(each, active) for each in skills]})
    elif skills:
        console.result(_text(skills, active))
    else:
        console.say(f"{arguments.library} has no skills; --model SPEC distills some.")
    return ExitCode.SOLVED


def _drop(library: "Library", names: list[str]) -> None:
    known = {each.name for each in library.skills()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(
            f"{library.store.place} has no skill {unknown[0]}; it has {', '.join(sorted(known)) or 'none'}."
        )
    library.put_skills(dict.fromkeys(names), "dropped")


async def _distill(library: "Library", arguments: argparse.Namespace, console: Console) -> None:
    """Make the skills that are missing or stale, each kept as soon as it is made."""
    from steepest.agents.library.embeddings.hashed import HashedNgrams
    from steepest.agents.library.skills.clusters import clusters
    from steepest.agents.library.skills.distillation import distill, grouped

    insights = [each.insight for each in part_of(library, arguments)]
    model, taken = opened_model(arguments), {each.name for each in library.skills()}
    groups = grouped(clusters(insights, library.taxonomy(), HashedNgrams()), library.skills())
    if not groups:
        console.say("no two insights are near enough for a skill.")
    for group in groups:
        if group.is_current:
            continue
        console.say(f"distilling {len(group.insights)} insights: {', '.join(each.id for each in group.insights)}")
        made = await distill(group, model, taken=taken)
        if made.skill is None:
            console.say(f"no skill: {'; '.join(dict.fromkeys(made.refusals))}")
            continue
        taken.add(made.skill.name)
        library.put_skills(
            {made.skill.name: made.skill}, f"distilled by {model.name} from {len(group.insights)} insights"
        )


def _write(skills: "list[Skill]", active: "dict[str, Insight]", folder: Path, console: Console) -> None:
    from steepest.agents.library.skills.markdown import skill_markdown

    for skill in skills:
        file = folder / skill.name / "SKILL.md"
        with replaced(file) as draft:
            draft.write_text(skill_markdown(skill, active), encoding="utf-8")
        console.say(f"wrote {file}")


def _document(skill: "Skill", active: "dict[str, Insight]") -> dict[str, Any]:
    from steepest.agents.library.skills.skill import staleness

    return {**skill.model_dump(mode="json"), "stale": staleness(skill, active)}


def _text(skills: "list[Skill]", active: "dict[str, Insight]") -> str:
    return "\n\n".join(_paragraph(each, active) for each in skills)


def _paragraph(skill: "Skill", active: "dict[str, Insight]") -> str:
    from steepest.agents.library.skills.skill import staleness

    lines = [skill.name, f"  {skill.when}"]
    lines += [f"  {number}. {step}" for number, step in enumerate(skill.workflow, start=1)]
    lines += [f"  not: {each}" for each in skill.pitfalls]
    lines += [f"  from {', '.join(skill.insights)}"]
    lines += [f"  stale: {', '.join(reasons)}" for reasons in [staleness(skill, active)] if reasons]
    return "\n".join(lines)
