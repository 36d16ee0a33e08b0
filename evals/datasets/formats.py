"""The formats that can be read, and how a file's records tell which one it is."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.errors import InputError
from steepest.evals.datasets.entries import Entry
from steepest.evals.datasets.findings import Finding, printable
from steepest.evals.datasets.flat_records import (
    read_alphaopt,
    read_mamo,
    read_nlp4lp,
    read_optibench,
    read_orlm,
    read_orthought,
    read_plain,
    read_unified,
)
from steepest.evals.datasets.json_rows import NumberText, Row
from steepest.evals.problems import Problem

__all__ = ["ALIASES", "FORMATS", "Format", "detect", "format_named"]


@dataclass(frozen=True, slots=True)
class Format:
    """A shape of benchmark files."""

    name: str
    what: str
    """Which sets come in it."""
    keys: frozenset[str] = frozenset()
    """Keys that a record of it has; empty for a format of folders."""
    read: Callable[[Entry], Problem] | None = None
    """Reads one record; None for a format of folders alone."""


def _format(name: str, what: str, keys: str = "", read: Callable[[Entry], Problem] | None = None) -> Format:
    return Format(name, what, frozenset(keys.split()), read)


FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        _format("unified", "steepest's own JSON lines: id, question, answer, status, ...", "id question", read_unified),
        _format("optibench", "OptiBench, NL4OPT-E: question, results", "question results", read_optibench),
        _format(
            "orlm",
            "NL4OPT and IndustryOR of ORLM, OptMATH-Bench, BWOR, SIRL's sets: en_question, en_answer",
            "en_question en_answer",
            read_orlm,
        ),
        _format("mamo", "MAMO: Question, Answer", "Question Answer", read_mamo),
        _format("alphaopt", "AlphaOPT: task_id, description, ground_truth", "task_id description", read_alphaopt),
        _format(
            "orthought", "summaries of ORThought: description, ground_truth", "description ground_truth", read_orthought
        ),
        _format("plain", "LLMOPT's test sets, ComplexOR among them: question, answer", "question answer", read_plain),
        _format("nlp4lp", "NLP4LP: JSON lines, or a folder a problem", "description solution", read_nlp4lp),
        _format("complexor", "ComplexOR of Chain-of-Experts: folders with description.txt and sample.json"),
        _format("lpwp", "NL4OPT of Chain-of-Experts: folders with description.txt and sample.json"),
        _format("logior", "LogiOR and others of ORThought: folders with question.txt and answer.json"),
    )
}

ALIASES = {
    "nl4opt": "orlm",
    "industryor": "orlm",
    "optmath": "orlm",
    "optmath-bench": "orlm",
    "bwor": "orlm",
    "sirl": "orlm",
    "nl4opt-e": "optibench",
    "resocratic": "optibench",
    "llmopt": "plain",
    "chain-of-experts": "complexor",
}
"""Other names of formats, by the set."""


def format_named(name: str) -> Format:
    """A format by its name or by the name of a set that comes in it.

    Raises:
        InputError: There is none of this name.
    """
    wanted = name.lower()
    wanted = ALIASES.get(wanted, wanted)
    if wanted not in FORMATS:
        raise InputError(f'There is no format "{name}". Known formats:\n{_listed()}')
    return FORMATS[wanted]


def detect(rows: Sequence[Row], path: str) -> Format:
    """Tell the format from some records: the one that most of them have.

    Raises:
        InputError: None of the records looks like a known format.
    """
    values = [row.value for row in rows if row.value is not None]
    found = Counter(name for value in values if (name := _format_of(value)) is not None)
    if found:
        return FORMATS[found.most_common(1)[0][0]]
    if not values:
        why = f"no record that can be read; {Finding(rows[0].place, rows[0].trouble)}" if rows else "no problem"
        raise InputError(f"{path} holds {why}")
    keys = Counter(key for value in values for key in value)
    shown = ", ".join(f'"{printable(key[:40])}"' for key, _ in keys.most_common(12)) or "no keys"
    raise InputError(
        f"The format of {path} is unknown. Its records have {shown}. Known formats:\n{_listed()}\n"
        "Name one with --dataset-format, or write the problems in the unified format."
    )


def _format_of(value: dict[str, Any]) -> str | None:
    keys = value.keys()
    if {"question", "answer"} <= keys and not _is_unified(value):
        return "plain"
    for format in FORMATS.values():
        if format.keys and format.keys <= keys:
            return format.name
    return None


def _is_unified(value: dict[str, Any]) -> bool:
    """Whether a record with a question and an answer is ours: it has a status, or a name for an id."""
    return "status" in value or (isinstance(value.get("id"), str) and not isinstance(value["id"], NumberText))


def _listed() -> str:
    return "\n".join(f"  {format.name:<10} {format.what}" for format in FORMATS.values())
