"""Versions side by side: outcomes, objectives, the decisions and limits that differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Version
from steepest.solvers.changes.scenarios import Scenario, ScenarioAnswer, compared, decisions_of
from steepest.solvers.display import named
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

__all__ = ["Comparison", "comparison"]

_MOST = 40


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


def _limits(answer: ScenarioAnswer) -> list[str]:
    told = []
    for kind, rows in (("newly binding", answer.newly_binding), ("no longer binding", answer.no_longer_binding)):
        if rows:
            more = f" and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
            told.append(f"{answer.scenario.name}: {kind}: {', '.join(named(*each) for each in rows[:_MOST])}{more}")
    return told
