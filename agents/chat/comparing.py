"""Versions side by side: outcomes, objectives, the decisions and limits that differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Version
from steepest.solvers.changes.change import SetParameter, Target
from steepest.solvers.changes.scenarios import Scenario, ScenarioAnswer, compared, decisions_of
from steepest.solvers.display import named
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label
from steepest.solvers.solution import Solution

__all__ = ["Comparison", "comparison", "edited_lines"]

_MOST = 40
_LONGEST = 2_000
"""Lines of a formulation whose difference is looked for; it takes time that grows with their square."""


@dataclass(frozen=True)
class Comparison:
    """Versions side by side, the first of them what the others are compared with."""

    names: tuple[str, ...]
    outcomes: tuple[str, ...]
    objectives: tuple[float | None, ...]
    differences: tuple[float | None, ...]
    """Of the objective from the first one's."""
    decisions: tuple[tuple[str, tuple[float | None, ...]], ...]
    """Those that differ, each with its value in every version."""
    limits: tuple[str, ...]
    """Which limits bind in one and not in the first, in words."""
    hidden: int = 0
    """Decisions that differ and are left out."""
    binding: tuple[tuple[str, tuple[bool, ...]], ...] = ()
    """Limits that the answer meets to the last in some of the versions only, and in which."""
    edits: tuple[str, ...] = ()
    """The lines of the formulation that differ from the first version's, as `- old` and `+ new`; of several versions
    each under a line with its name."""


def comparison(numbers: Sequence[int], conversation: Conversation) -> Comparison:
    """Compare versions of a conversation.

    Args:
        numbers: The versions; the first is what the others are compared with.
        conversation: Which they are of.
    """
    versions = [conversation.versions[each] for each in numbers]
    names = tuple(_called(each, conversation) for each in versions)
    solutions = [each.solution or Solution(status="failed") for each in versions]
    answers = [_compared(versions[0], each, name) for each, name in zip(versions[1:], names[1:], strict=True)]
    changed = decisions_of(answers)
    values = [{(each.name, each.index): each.value for each in solution.variables} for solution in solutions]
    return Comparison(
        names=names,
        outcomes=tuple(each.outcome.replace("_", " ") for each in versions),
        objectives=tuple(each.objective for each in solutions),
        differences=(None, *(each.objective_change for each in answers)),
        decisions=tuple((named(*key), tuple(each.get(key) for each in values)) for key in changed[:_MOST]),
        limits=tuple(line for each in answers for line in _limits(each)),
        hidden=max(0, len(changed) - _MOST),
        binding=tuple(_binding(solutions)),
        edits=tuple(_edits(versions, names)),
    )


def _called(version: Version, conversation: Conversation) -> str:
    name = conversation.name_of(version.number)
    if name != str(version.number):
        return name
    return "; ".join(version.changes) or f"version {version.number}"


def _compared(before: Version, after: Version, name: str) -> ScenarioAnswer:
    nothing = Solution(status="failed")
    formulation = after.formulation or Formulation(title="")
    return compared(Scenario(name, ()), formulation, before.solution or nothing, after.solution or nothing)


def _binding(solutions: Sequence[Solution]) -> Iterator[tuple[str, tuple[bool, ...]]]:
    if not all(each.variables for each in solutions):
        return
    tight = [
        {(each.name, each.index) for each in solution.binding if each.lower != each.upper} for solution in solutions
    ]
    order = dict.fromkeys((each.name, each.index) for solution in solutions for each in solution.binding)
    rows = ((named(*key), tuple(key in each for each in tight)) for key in order)
    yield from islice((row for row in rows if len(set(row[1])) > 1), _MOST)


def _edits(versions: Sequence[Version], names: Sequence[str]) -> Iterator[str]:
    """How the formulation of each version differs from the first one's, under its name where there are several."""
    first, *others = versions
    for version, name in zip(others, names[1:], strict=True):
        lines = edited_lines(first.formulation, version.formulation)
        if lines and len(others) > 1:
            yield f"{name}:"
        yield from lines


def edited_lines(before: Formulation | None, after: Formulation | None) -> list[str]:
    """The lines in which two formulations differ, as `- old` and `+ new`; of tables the cells, each with its name."""
    if before is None or after is None:
        return []
    old, new = _code(before), _code(after)
    if max(len(old), len(new)) > _LONGEST:
        return []
    differing = (line for line in unified_diff(old, new, lineterm="", n=0) if line[:3] not in ("---", "+++", "@@ "))
    lines = [*(f"{line[0]} {line[1:].strip()}" for line in differing), *_edited_cells(_cells(before), _cells(after))]
    more = [f"and {len(lines) - _MOST:,} more lines"] if len(lines) > _MOST else []
    return [*lines[:_MOST], *more]


def _edited_cells(old: Mapping[Target, Label], new: Mapping[Target, Label]) -> Iterator[str]:
    for cell in dict.fromkeys([*old, *new]):
        if old.get(cell) == new.get(cell):
            continue
        if cell in old:
            yield f"- {SetParameter(cell, old[cell])}"
        if cell in new:
            yield f"+ {SetParameter(cell, new[cell])}"


def _cells(formulation: Formulation) -> dict[Target, Label]:
    values = ((each.name, cell) for each in formulation.parameters for cell in each.values)
    return {Target(name, tuple(cell.index)): cell.value for name, cell in values if cell.value is not None}


def _code(formulation: Formulation) -> list[str]:
    """Its lines without the comments, which tell of words and units, and without parameters that are told by cells."""
    others = [each for each in formulation.parameters if not each.values]
    text = formulation.model_copy(update={"parameters": others}).to_text()
    return [line.partition("   # ")[0] for line in text.splitlines() if not line.startswith("#")]


def _limits(answer: ScenarioAnswer) -> list[str]:
    told = []
    for kind, rows in (("newly binding", answer.newly_binding), ("no longer binding", answer.no_longer_binding)):
        if rows:
            more = f" and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
            told.append(f"{answer.scenario.name}: {kind}: {', '.join(named(*each) for each in rows[:_MOST])}{more}")
    return told
