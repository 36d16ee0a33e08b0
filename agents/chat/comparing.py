"""Versions side by side: outcomes, objectives, the decisions and limits that differ."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import TypeAlias, TypeVar

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Version
from steepest.solvers.changes.change import SetParameter, Target
from steepest.solvers.changes.scenarios import Scenario, ScenarioAnswer, compared, decisions_of
from steepest.solvers.display import named
from steepest.solvers.formulation import Element, Formulation, Parameter
from steepest.solvers.language.expressions import Label
from steepest.solvers.language.spelling import spell_head
from steepest.solvers.solution import Solution

__all__ = ["Comparison", "comparison", "edited_lines"]

E = TypeVar("E", bound=Element)
K = TypeVar("K")
V = TypeVar("V")
_Unit: TypeAlias = tuple[str, str | None]
"""The name of an element and its unit."""

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
    same = _units(before) & _units(after)
    old, new = _code(before, same), _code(after, same)
    if max(len(old), len(new)) > _LONGEST:
        return []
    differing = (line for line in unified_diff(old, new, lineterm="", n=0) if line[:3] not in ("---", "+++", "@@ "))
    lines = [
        *(f"{line[0]} {line[1:].strip()}" for line in differing),
        *_differing(_heads(before, same), _heads(after, same), lambda _, head: head),
        *_differing(_cells(before), _cells(after), lambda cell, value: str(SetParameter(cell, value))),
    ]
    more = [f"and {len(lines) - _MOST:,} more lines"] if len(lines) > _MOST else []
    return [*lines[:_MOST], *more]


def _differing(old: Mapping[K, V], new: Mapping[K, V], told: Callable[[K, V], str]) -> Iterator[str]:
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) == new.get(key):
            continue
        if key in old:
            yield f"- {told(key, old[key])}"
        if key in new:
            yield f"+ {told(key, new[key])}"


def _code(formulation: Formulation, same: Collection[_Unit]) -> list[str]:
    """Its lines without words, without the units that both have, and without parameters that are told by cells."""
    parts = {
        "title": "",
        "sets": [_bare(each) for each in formulation.sets],
        "parameters": [_bare(each, same) for each in formulation.parameters if not each.values],
        "variables": [_bare(each, same) for each in formulation.variables],
        "lets": [_bare(each, same) for each in formulation.lets],
        "objectives": [_bare(each, same) for each in formulation.objectives],
        "constraints": [_bare(each) for each in formulation.constraints],
    }
    return formulation.model_copy(update=parts).to_text().splitlines()


def _bare(element: E, same: Collection[_Unit] | None = None) -> E:
    """An element without words, and without a unit that is the same in both formulations."""
    has_same_unit = same is not None and _unit(element) in same
    return element.model_copy(update={"quotes": [], "note": "", **({"unit": None} if has_same_unit else {})})


def _units(formulation: Formulation) -> set[_Unit]:
    parts = (formulation.parameters, formulation.variables, formulation.lets, formulation.objectives)
    return {_unit(each) for part in parts for each in part}


def _unit(element: Element) -> _Unit:
    """What has a unit, and which; an objective has no name."""
    return getattr(element, "name", ""), getattr(element, "unit", None)


def _heads(formulation: Formulation, same: Collection[_Unit]) -> dict[str, str]:
    """What the line of each table says besides its cells: its index, what cells that are left out have, its unit."""
    tables = [each for each in formulation.parameters if each.values and each.index is not None]
    return {each.name: _head(each, has_unit=_unit(each) not in same) for each in tables}


def _head(table: Parameter, *, has_unit: bool) -> str:
    index = f"[{spell_head(table.index)}]" if table.index is not None else ""
    default = f" default {table.default:.15g}" if table.default is not None else ""
    return f"{table.name}{index}{default}" + (f"   # [{table.unit}]" if has_unit and table.unit else "")


def _cells(formulation: Formulation) -> dict[Target, Label]:
    values = ((each.name, cell) for each in formulation.parameters for cell in each.values)
    return {Target(name, tuple(cell.index)): cell.value for name, cell in values if cell.value is not None}


def _limits(answer: ScenarioAnswer) -> list[str]:
    told = []
    for kind, rows in (("newly binding", answer.newly_binding), ("no longer binding", answer.no_longer_binding)):
        if rows:
            more = f" and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
            told.append(f"{answer.scenario.name}: {kind}: {', '.join(named(*each) for each in rows[:_MOST])}{more}")
    return told
