"""What only the person can say, as one short question."""

from dataclasses import dataclass

from steepest.agents.modeling.answer import Answer

__all__ = ["Question", "question_of"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the person."""

    text: str
    options: tuple[str, ...] = ()
    """Answers to choose from, the one that was assumed first."""
    changes: tuple[str, ...] = ()
    """What each option changes in the formulation; empty for the one that was assumed."""


def question_of(answer: Answer) -> Question | None:
    """What to ask before the answer can be relied on; None where nothing is open.

    That is data that the text does not give, or else a passage whose reading changes the answer.
    """
    if answer.missing:
        first, more = answer.missing[0], len(answer.missing) - 1
        also = f" ({more} more to follow: {'; '.join(answer.missing[1:])})" if more else ""
        return Question(f"The text does not say {first}. What is it?{also}")
    ambiguity = answer.ambiguity
    if ambiguity is None or not ambiguity.changes_the_answer:
        return None
    options = [(each.words, each.changes) for each in ambiguity.others if each.is_different]
    if ambiguity.assumed:
        options.insert(0, (ambiguity.assumed, ""))
    words, changes = zip(*options, strict=True)
    return Question(ambiguity.question, words, changes)
