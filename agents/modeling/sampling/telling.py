"""What an agreement says to the person: how sure the answer is and, where it is not, why."""

from collections.abc import Iterator

from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.sampling.agreement import Agreement, Group
from steepest.agents.modeling.sampling.election import Election
from steepest.solvers.battery.report import BatteryReport
from steepest.solvers.display import counted, format_number

__all__ = ["doubts_about", "told", "told_first"]

_MOST_TOLD = 4
_OUTCOMES = {
    "infeasible": "that nothing meets every constraint",
    "unbounded": "that there is no best value",
    "not_a_problem": "that the text is no optimization problem",
    "missing_data": "that data are missing",
}


def told(agreement: Agreement) -> str:
    """How far the formulations agree, in a paragraph; where the answer is not sure, what speaks against it too."""
    drawn = counted(agreement.drawn, "formulation")
    percent = f"{agreement.confidence:.0%}"
    if agreement.is_sure:
        stopped = f" (of at most {agreement.asked})" if agreement.drawn < agreement.asked else ""
        return f"{agreement.agreeing} of {drawn}{stopped} came to this answer: confidence {percent}."
    head = f"Not sure: confidence {percent}, below {agreement.sure_at:.0%}, after {drawn}."
    return "\n".join([head, *(f"- {doubt}" for doubt in agreement.doubts)])


def told_first(explanation: str, agreement: Agreement) -> str:
    """An explanation with what the agreement says: before everything else if the answer is not sure."""
    parts = [explanation, told(agreement)] if agreement.is_sure else [told(agreement), explanation]
    return "\n\n".join(part for part in parts if part)


def doubts_about(answer: Answer, election: Election, drawn: int) -> list[str]:
    """What speaks against the winner of an election, a line each."""
    return [line for line in _doubts(answer, election, drawn) if line]


def _doubts(answer: Answer, election: Election, drawn: int) -> Iterator[str]:
    if not election.groups:
        yield f"none of {counted(drawn, 'formulation')} came to an answer"
        return
    first, others = election.groups[0], election.groups[1:]
    if others:
        rest = "; ".join(_group(each) for each in others[:_MOST_TOLD])
        hidden = f"; and {len(others) - _MOST_TOLD} more" if len(others) > _MOST_TOLD else ""
        yield f"{len(first.samples)} of {drawn} came to this answer, and {rest}{hidden}"
    failed = drawn - sum(len(each.samples) for each in election.groups)
    yield f"{failed} of {drawn} came to no answer" if failed else ""
    if first.structures > 1:
        yield f"those that agree are built in {first.structures} different ways"
    unused, unread = len(answer.reading.unused), len(answer.reading.unread)
    yield f"it does not use {counted(unused, 'number')} of the text" if unused else ""
    yield f"nothing in it answers to {counted(unread, 'demand')} of the text" if unread else ""
    yield from _found(answer.battery)


def _group(group: Group) -> str:
    came = f"{len(group.samples)} to {format_number(group.objective)}" if group.objective is not None else ""
    return came or f"{len(group.samples)} to the verdict {_OUTCOMES.get(group.outcome, group.outcome)}"


def _found(battery: BatteryReport | None) -> Iterator[str]:
    """What tests of the answer found: contradictions in full, what is worth a look as a count."""
    if battery is None:
        return
    yield from (f"a test contradicts it: {each.sentence}" for each in battery.contradictions[:_MOST_TOLD])
    others = len(battery.findings) - len(battery.contradictions)
    yield f"tests of it found {counted(others, 'thing')} worth a look" if others else ""
