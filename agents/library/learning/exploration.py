"""Where no right formulation is known: the model looks for one itself, told what its attempts came to.

AlphaOPT's self-exploration (arXiv 2510.18428, section 3.2). The right value is told, where there is one, and no number
that the problem does not state may stand in what counts as found.
"""

from collections.abc import Sequence

from steepest.agents.library.learning.attempts import Student, TaskAttempt
from steepest.agents.library.learning.extraction import verdict_of
from steepest.agents.library.retrieval.choosing import as_data
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.modeling.grounding import NOT_IN_TEXT
from steepest.agents.modeling.numbers import key, stated_numbers
from steepest.prompts import load_prompt

__all__ = ["explore", "is_grounded"]

_SHOWN = 3
"""Attempts that are told, the last ones."""
_SHOWN_CHARACTERS = 3_000


async def explore(
    task: LibraryTask, failed: Sequence[TaskAttempt], student: Student, rounds: int, *, first: int = 1
) -> TaskAttempt | None:
    """Look for a right formulation.

    Args:
        task: The task.
        failed: Attempts that were not solved, the last one last.
        student: Who attempts.
        rounds: The most attempts.
        first: Number of the first attempt; others than before where the task is looked at anew.

    Returns:
        An attempt that is solved and made of the problem's own numbers; None if there was none.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    attempts = list(failed)
    form = "json" if student.model.structured else "text"
    wanted = f"The right value is {task.answer:g}." if task.answer is not None else "The right model has a best answer."
    for number in range(first, first + rounds):
        told = "\n\n".join(_told(each) for each in attempts[-_SHOWN:])
        preface = load_prompt(f"explore_{form}").render(attempts=as_data(told), wanted=wanted).user
        attempt = await student.attempt(task, sample=number, preface=preface)
        if attempt.solved and is_grounded(attempt):
            return attempt
        attempts.append(attempt)
    return None


def is_grounded(attempt: TaskAttempt) -> bool:
    """Whether it is made of the problem's own numbers; a right value that is merely assumed is none."""
    if any(item.code == NOT_IN_TEXT for item in attempt.answer.diagnostics):
        return False
    wanted, formulation = attempt.task.answer, attempt.formulation
    if wanted is None or formulation is None or key(abs(wanted)) in stated_numbers(attempt.task.text):
        return True
    assumed = [each.value for each in formulation.parameters if each.is_assumed]
    return key(abs(wanted)) not in {key(abs(value)) for value in assumed if isinstance(value, int | float)}


def _told(attempt: TaskAttempt) -> str:
    text = attempt.formulation.to_text() if attempt.formulation is not None else "(no model could be read)"
    verdict = verdict_of(attempt)
    if attempt.solved:
        verdict += "; but it holds numbers that the problem does not state"
    return f"{text[:_SHOWN_CHARACTERS]}\nWhat came of it: {verdict}"
