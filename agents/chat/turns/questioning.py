"""Questions about the answer: what limits it, what else is as good, whether it stands up to tests."""

from dataclasses import replace

from steepest.agents.chat.asked_about import about
from steepest.agents.chat.intents import Alternatives, Limits, Test, Why
from steepest.agents.chat.work import Work
from steepest.errors import InputError
from steepest.solvers.alternatives.search import alternative_optima
from steepest.solvers.analysis_limits import AnalysisLimits
from steepest.solvers.battery.battery import run_battery
from steepest.solvers.display import format_number, named
from steepest.solvers.sensitivity.analysis import sensitivity
from steepest.solvers.sensitivity.report import Sensitivity
from steepest.solvers.sensitivity.words import changes_nothing, told
from steepest.solvers.solution import Solution

__all__ = ["alternatives", "limits", "test", "why"]

_MOST = 30


async def why(intent: Why, work: Work) -> None:
    """Which limits make the answer what it is, and what they are worth; or why there is none.

    Raises:
        InputError: There is no answer yet, or nothing of the name that is asked about.
    """
    solution = _solution(work)
    asked = about(intent.name, work.formulation) if intent.name else None
    if not solution.is_solved:
        lines = list(solution.explanation.lines) if solution.explanation is not None else []
        work.tell("\n".join(lines) or work.version.explanation, "conflict")
        return
    found, binding = await _sensitivity(work), list(solution.binding)
    if asked is not None:
        found, binding = asked.part_of(found), asked.binding(solution)
    lines = _worth(found)
    tight = [f"{named(each.name, each.index)} is met to the last at {format_number(each.activity)}" for each in binding]
    if not (lines or tight):
        which = f" of {intent.name}" if intent.name else ""
        lines = [f"no limit{which} makes the answer worse: it would be the same without."]
    work.tell("\n".join([*tight[:_MOST], *lines[:_MOST], *(f"note: {note}" for note in found.notes)]), "limits")


async def limits(intent: Limits, work: Work) -> None:
    """What one more of each limit is worth."""
    _solved(work)
    found = await _sensitivity(work)
    lines = _worth(found)[:_MOST] or ["nothing that limits the answer is worth anything"]
    work.tell("\n".join([*lines, *(f"note: {note}" for note in found.notes)]), "limits")


def _worth(found: Sensitivity) -> list[str]:
    """What each limit is worth; those that are worth nothing either way share one line."""
    moving = {each.target for each in found.deltas if not changes_nothing(each, found)}
    idle = dict.fromkeys(each.target for each in found.deltas if each.target not in moving)
    lines = told(replace(found, deltas=[each for each in found.deltas if each.target in moving]))
    return [*lines, *([f"a little more or less changes nothing: {', '.join(idle)}"] if idle else [])]


async def alternatives(intent: Alternatives, work: Work) -> None:
    """Other answers that are as good."""
    _solved(work)
    whole, limits = await work.whole(), _limits(work)
    found = await work.in_thread(lambda: alternative_optima(whole, intent.count, **limits))
    work.tell("\n".join([found.message, *_others(found.solutions, found.tolerance)]), "others")


async def test(intent: Test, work: Work) -> None:
    """Test the model and its answer for contradictions."""
    solution = _solved(work)
    whole, limits = await work.whole(), _limits(work)
    report = await work.in_thread(lambda: run_battery(whole, solution=solution, **limits))
    passed = sum(each.outcome == "passed" for each in report.tests)
    findings = [f"- {each}" for each in report.findings] or ["nothing stands against the answer"]
    work.tell("\n".join([*findings, f"{passed} kinds of tests passed, {report.solves} solves"]), "tests")


async def _sensitivity(work: Work) -> Sensitivity:
    whole, limits, base = await work.whole(), _limits(work), _solution(work)
    return await work.in_thread(lambda: sensitivity(whole, base=base, **limits))


def _limits(work: Work) -> AnalysisLimits:
    means = work.means
    return {"folder": means.folder, "options": means.options, "on_progress": work.say, "control": work.control}


def _solution(work: Work) -> Solution:
    solution = work.version.solution
    if solution is None:
        raise InputError("there is no answer yet that could be asked about.")
    return solution


def _solved(work: Work) -> Solution:
    solution = _solution(work)
    if not solution.is_solved:
        raise InputError(f"there is no best answer to ask about: it is {solution.status.replace('_', ' ')}. Ask why.")
    return solution


def _others(solutions: list[Solution], tolerance: float) -> list[str]:
    """Each other answer by the decisions that it takes otherwise."""
    lines = []
    for number, solution in enumerate(solutions[1:], start=1):
        pairs = zip(solutions[0].variables, solution.variables, strict=True)
        moved = [
            f"{named(new.name, new.index)} = {format_number(new.value)} instead of {format_number(old.value)}"
            for old, new in pairs
            if abs(new.value - old.value) > tolerance
        ]
        lines.append(f"{number}. " + ", ".join(moved[:_MOST]))
    return lines
