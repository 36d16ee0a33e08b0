"""The sentences of the problem's text that the requirements of a conflict come from."""

from collections.abc import Iterator

from steepest.agents.modeling.reading.coverage import Reading, read_problem
from steepest.agents.modeling.reading.spans import Span, passages
from steepest.solvers.definitions import names_in
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.records import Conflict, ConflictMember

__all__ = ["conflicting_sentences"]

MOST_SENTENCES = 6
_LONGEST = 240


def conflicting_sentences(conflict: Conflict, formulation: Formulation, problem: str) -> list[str]:
    """A line for each sentence of the text that has a part in a conflict, with the requirements that come from it.

    Args:
        conflict: What can't be met at once.
        formulation: Whose requirements these are.
        problem: The text that it was made from.
    """
    reading = read_problem(problem, formulation)
    said: dict[Span, dict[str, None]] = {}
    for member in conflict.members:
        for span in _sentences_of(member, formulation, reading, problem):
            said.setdefault(span, {})[member.name] = None
    lines = [f'{", ".join(names)}: "{_shown(span, problem)}"' for span, names in sorted(said.items())]
    hidden = len(lines) - MOST_SENTENCES
    return [*lines[:MOST_SENTENCES], *([f"and {hidden} more sentences"] if hidden > 0 else [])]


def _sentences_of(member: ConflictMember, formulation: Formulation, reading: Reading, problem: str) -> Iterator[Span]:
    """Those that a requirement quotes; where it quotes none, those that its numbers come from."""
    quoted = [span for quote in member.quotes for span in passages(quote, problem)]
    spans = quoted or list(_number_spans(member, formulation, reading))
    for sentence in reading.sentences:
        if any(sentence.span.holds(span) for span in spans):
            yield sentence.span


def _number_spans(member: ConflictMember, formulation: Formulation, reading: Reading) -> Iterator[Span]:
    constraint = next((each for each in formulation.constraints if each.name == member.name), None)
    names = {member.name, *(names_in(constraint) if constraint is not None else ())}
    for origin in reading.origins:
        if origin.name in names:
            yield from origin.spans


def _shown(span: Span, problem: str) -> str:
    text = " ".join(span.of(problem).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " ..."
