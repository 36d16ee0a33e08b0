"""What held before a repair and no longer holds after it: numbers and demands of the text, and words that fit it."""

from collections.abc import Iterator

from steepest.agents.modeling.check import DOUBTS
from steepest.agents.modeling.grounding import ground
from steepest.agents.modeling.reading.coverage import Reading, read_problem
from steepest.agents.modeling.reading.spans import Span
from steepest.agents.modeling.task import Draft, Task
from steepest.solvers.definitions import names_in
from steepest.solvers.formulation import Constraint, Formulation, Variable

__all__ = ["broken"]


def broken(first: Draft, second: Draft, task: Task) -> list[str]:
    """What the second formulation breaks of what holds in the first, in words; empty where it keeps all.

    Args:
        first: The formulation before.
        second: The one that is to take its place.
        task: With the text and the tables.
    """
    bound = tuple(task.tables)
    before = read_problem(task.problem, first.formulation, bound)
    after = read_problem(task.problem, second.formulation, bound)
    numbers = _dropped_numbers(first.formulation, second.formulation, task.problem)
    lost = [f"it no longer uses {', '.join(numbers)}"] if numbers else []
    if not lost:
        idle = _limits_alone(before, first.formulation) - _in_limits(after, second.formulation)
        told = ", ".join(span.of(task.problem) for span in sorted(idle))
        lost += [f"it no longer limits anything by {told}"] if told else []
    lost += [f'it no longer answers to "{span.of(task.problem)}"' for span in _newly_unread(before, after)]
    return [*lost, *_new_doubts(first, second)]


def _dropped_numbers(first: Formulation, second: Formulation, problem: str) -> list[str]:
    """Numbers of the problem's text that the first formulation uses and the second does not."""
    return sorted(ground(first, problem).numbers - ground(second, problem).numbers, key=float)


def _in_limits(reading: Reading, formulation: Formulation) -> set[Span]:
    """The numbers of the text that take part in a constraint or a bound."""
    limiting = _limiting(formulation)
    return {number.span for number in reading.numbers if not limiting.isdisjoint(number.elements)}


def _limits_alone(reading: Reading, formulation: Formulation) -> set[Span]:
    """The numbers in demands of the text that take part in nothing but constraints and bounds.

    A number that a misread formulation has twice, once in the wrong place, may leave that place.
    """
    limiting = _limiting(formulation)
    demands = [sentence.span for sentence in reading.sentences if sentence.kind == "requirement"]
    return {
        number.span
        for number in reading.numbers
        if number.elements
        and limiting.issuperset(number.elements)
        and any(sentence.holds(number.span) for sentence in demands)
    }


def _limiting(formulation: Formulation) -> set[str]:
    """The titles of constraints and variables, and of the parameters in them."""
    limits: list[Constraint | Variable] = [*formulation.constraints, *formulation.variables]
    names = {name for element in limits for name in names_in(element)}
    for named in reversed(formulation.lets):
        if named.name in names:
            names.update(names_in(named))
    titles = {f"constraint {each.name}" for each in formulation.constraints}
    titles |= {f"variable {each.name}" for each in formulation.variables}
    return titles | {f"parameter {name}" for name in names}


def _newly_unread(before: Reading, after: Reading) -> list[Span]:
    known = {sentence.span for sentence in before.unread}
    return [sentence.span for sentence in after.unread if sentence.span not in known]


def _new_doubts(first: Draft, second: Draft) -> Iterator[str]:
    known = {(item.code, item.message) for item in first.diagnostics}
    for item in second.diagnostics:
        if item.code in DOUBTS and (item.code, item.message) not in known:
            yield f"{item.element}: {item.message}" if item.element else item.message
