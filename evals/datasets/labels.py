"""What a label says: numbers as benchmark files write them, and the words for "there is no optimum"."""

import math
import re
from dataclasses import dataclass

from steepest.evals.datasets.findings import BadRecord
from steepest.evals.datasets.json_rows import NumberText
from steepest.evals.problems import LabelStatus, Problem

__all__ = ["NO_OPTIMUM", "Label", "is_undecided", "read_label", "read_number"]

NO_OPTIMUM = "ambiguous: the source says that there is no best solution, which is infeasible or unbounded"
"""The note of a label that does not say which."""

_LONGEST = 400
"""Characters in a label; what is longer is no number."""
_NUMBER = re.compile(
    r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,4})?", re.ASCII | re.IGNORECASE
)

_INFEASIBLE = {"infeasible", "no feasible solution", "model is infeasible", "problem is infeasible"}
_UNBOUNDED = {"unbounded", "inf", "-inf", "+inf", "infinity", "-infinity", "model is unbounded", "problem is unbounded"}
_UNDECIDED = {
    "no best solution",
    "no optimal solution",
    "no solution",
    "infeasible or unbounded",
    "inf or unbd",
    "unbounded or infeasible",
}
_MISSING = {"", "none", "null", "nan", "n/a", "na", "-", "?", "unknown"}


@dataclass(frozen=True, slots=True)
class Label:
    """What a method should find."""

    status: LabelStatus
    answer: float | None
    text: str | None
    note: str | None = None


def read_label(value: object, code_for_none: bool = False) -> Label:
    """Read a label: a number, a number in words of digits ("1,234.50"), or words such as "No Best Solution".

    Args:
        value: A value from a file: a number, a string, a list of one of them, or None.
        code_for_none: Whether the source writes -99999 where there is no optimum.

    Raises:
        BadRecord: It can't be read, or is missing.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        raise BadRecord("has no answer")
    if not isinstance(value, str):
        raise BadRecord("the answer is neither a number nor a word")
    text = value.strip()
    words = " ".join(text.lower().replace("_", " ").strip(" .!").split())
    if words in _MISSING:
        raise BadRecord(f'has no answer ("{text}")' if text else "has no answer")
    if words in _UNDECIDED or (code_for_none and re.fullmatch(r"-99999(\.0*)?", text)):
        return Label("infeasible", None, text, NO_OPTIMUM)
    if words in _INFEASIBLE:
        return Label("infeasible", None, text)
    if words in _UNBOUNDED:
        return Label("unbounded", None, text)
    return Label("optimal", read_number(text, "the answer"), text)


def read_number(value: object, what: str) -> float:
    """Read a number, or a number written as a string; commas must part thousands.

    Raises:
        BadRecord: It is none, or is beyond what a float holds.
    """
    if not isinstance(value, str):
        raise BadRecord(f"{what} is no number")
    text = value.strip().replace("\N{MINUS SIGN}", "-").removeprefix("$")
    if len(text) > _LONGEST and not isinstance(value, NumberText):
        raise BadRecord(f"{what} is no number: {text[:40]}...")
    if not isinstance(value, NumberText) and not _NUMBER.fullmatch(text):
        raise BadRecord(f'{what} is no number: "{text[:80]}"')
    number = float(text.replace(",", ""))
    if not math.isfinite(number):
        raise BadRecord(f"{what} is no finite number: {text[:40]}")
    return number + 0.0  # -0.0 is 0


def is_undecided(problem: Problem) -> bool:
    """Whether the label says that there is no optimum without saying why, so that either claim is right."""
    return problem.status == "infeasible" and (problem.notes or "").startswith(NO_OPTIMUM)
