"""Problems that are one JSON record each: the unified format and the native files of benchmarks.

The shapes were read in the repositories named with each reader; docs/eval-data.md says which files.
"""

import re
from typing import Any

from steepest.evals.datasets.entries import Entry, named_numbers, problem_of
from steepest.evals.datasets.findings import BadRecord
from steepest.evals.datasets.json_rows import decode_json
from steepest.evals.datasets.labels import Label, read_label
from steepest.evals.datasets.unknown_fields import near_miss
from steepest.evals.problems import LabelStatus, Problem

__all__ = [
    "read_alphaopt",
    "read_mamo",
    "read_nlp4lp",
    "read_optibench",
    "read_orlm",
    "read_orthought",
    "read_plain",
    "read_unified",
]

_STATUSES: dict[str, LabelStatus] = {"optimal": "optimal", "infeasible": "infeasible", "unbounded": "unbounded"}
_OBJECTIVE = re.compile(r"\b(?:maxim|minim|objective|optimal)", re.IGNORECASE)
_TOTAL = re.compile(r"\b(?:total|overall)\b", re.IGNORECASE)
_WORTH = re.compile(r"\b(?:maxim|minim|optimal|objective|total|overall|profit|cost|revenue)", re.IGNORECASE)


def read_unified(entry: Entry) -> Problem:
    """Our own format (docs/eval-data.md).

    Raises:
        BadRecord: A field is missing or contradicts another.
    """
    id = entry.word("id")
    if id is None:
        raise BadRecord('has no "id"')
    _refuse_misspelt_answer(entry)
    variables = named_numbers(entry.value.get("variables"), "variables")
    return problem_of(
        entry,
        id=id,
        question=entry.text("question"),
        label=_unified_label(entry, variables),
        variables=variables,
        dataset=entry.word("dataset") or entry.dataset,
        **{key: entry.word(key) for key in ("type", "category", "source", "license", "group", "notes")},
    )


def _refuse_misspelt_answer(entry: Entry) -> None:
    """A label without its answer would grade by the rest alone, so this is no field to pass over."""
    for field in entry.value:
        if near_miss(field, entry.value) == "answer":
            raise BadRecord(f'"{field[:40]}" is no field; is "answer" meant?')


def _unified_label(entry: Entry, variables: dict[str, float] | None) -> Label:
    value, status = entry.value.get("answer"), entry.word("status")
    if status is not None and status not in _STATUSES:
        raise BadRecord(f'the status "{status[:40]}" is none of {", ".join(_STATUSES)}')
    if value is None and status in ("infeasible", "unbounded"):
        return Label(_STATUSES[status], None, entry.word("label_text"))
    if value is None and variables:
        return Label("optimal", None, None)
    label = read_label(value)
    if status is not None and label.status != status:
        raise BadRecord(f'the answer is {label.text} but the status is "{status}"')
    return Label(label.status, label.answer, entry.word("label_text") or label.text, label.note)


def read_plain(entry: Entry) -> Problem:
    """A question and an answer, as in the test sets of LLMOPT.

    Raises:
        BadRecord: One is missing or can't be read.
    """
    label = read_label(entry.value.get("answer"), code_for_none=True)
    return problem_of(entry, id=entry.own_id("id"), question=entry.text("question"), label=label)


def read_optibench(entry: Entry) -> Problem:
    """OptiBench and NL4OPT-E (yangzhch6/ReSocratic): named values, of which one is the objective.

    Raises:
        BadRecord: A value is no number.
    """
    variables = named_numbers(entry.value.get("results"), "results")
    if variables is None:
        raise BadRecord("has no results")
    objective, notes = _objective_among(list(variables))
    return problem_of(
        entry,
        id=entry.own_id("index"),
        question=entry.text("question"),
        label=read_label(entry.value["results"][objective]),
        variables=variables,
        type=entry.word("type"),
        notes=notes,
    )


def _objective_among(names: list[str]) -> tuple[str, str | None]:
    """Which named value is the objective: told by its words, else the last.

    Of 447 labels with a known objective, 441 are told right so, 437 by taking the last.
    """
    called = [name for name in names if _OBJECTIVE.search(name)]
    if len(called) == 1:
        return called[0], None
    if len(names) == 1 or _WORTH.search(names[-1]):
        return names[-1], None
    totals = [name for name in names if _TOTAL.search(name)]
    if len(totals) == 1:
        return totals[0], None
    return names[-1], f'answer is the last named value, "{names[-1]}": none is called an objective'


def read_orlm(entry: Entry) -> Problem:
    """ORLM's shape: its NL4OPT and IndustryOR, OptMATH-Bench, BWOR, and what SIRL and OptMATH made of MAMO.

    Raises:
        BadRecord: The question is missing or the answer can't be read.
    """
    return problem_of(
        entry,
        id=entry.own_id("id"),
        question=entry.text("en_question"),
        label=read_label(entry.value.get("en_answer"), code_for_none=True),
        type=entry.word("question_type"),
        category=entry.word("difficulty"),
    )


def read_mamo(entry: Entry) -> Problem:
    """MAMO (FreedomIntelligence/Mamo), `Easy_LP` and `Complex_LP`.

    Raises:
        BadRecord: The question is missing or the answer can't be read.
    """
    return problem_of(
        entry,
        id=entry.own_id("id"),
        question=entry.text("Question"),
        label=read_label(entry.value.get("Answer"), code_for_none=True),
        category=entry.word("Type"),
    )


def read_alphaopt(entry: Entry) -> Problem:
    """AlphaOPT's cleaned sets and splits (Minw913/AlphaOPT), the programs of which are left aside.

    Raises:
        BadRecord: The description is missing or the ground truth can't be read.
    """
    tag = _first_tag(entry.value.get("tag"), entry)
    return problem_of(
        entry,
        id=entry.own_id("task_id"),
        question=entry.text("description"),
        label=read_label(entry.value.get("ground_truth"), code_for_none=True),
        type=tag.word("modeling_type"),
        category=tag.word("problem_domain"),
    )


def _first_tag(tags: object, entry: Entry) -> Entry:
    first = tags[0] if isinstance(tags, list) and tags else tags
    return Entry(first if isinstance(first, dict) else {}, entry.number, entry.dataset)


def read_orthought(entry: Entry) -> Problem:
    """The summaries of ORThought (ZJU-TSELab/ORThought): an object with one problem a key.

    Raises:
        BadRecord: The description is missing or the ground truth can't be read.
    """
    return problem_of(
        entry,
        id=f"{entry.dataset}/{entry.number}",
        question=entry.text("description"),
        label=read_label(entry.value.get("ground_truth"), code_for_none=True),
        type=entry.word("problem_type"),
        category=entry.word("difficulty"),
    )


def read_nlp4lp(entry: Entry) -> Problem:
    """NLP4LP as JSON lines (udell-lab/NLP4LP), where the solution is an object or the JSON text of one.

    Raises:
        BadRecord: The description is missing or the solution has no objective.
    """
    solution: Any = entry.value.get("solution")
    if isinstance(solution, str):
        solution = decode_json(solution)
    label, variables = solution_label(solution)
    return problem_of(
        entry, id=entry.own_id("id"), question=entry.text("description"), label=label, variables=variables
    )


def solution_label(solution: object) -> tuple[Label, dict[str, float] | None]:
    """The objective of an NLP4LP solution, and those of its variables that are single numbers.

    Raises:
        BadRecord: There is no objective.
    """
    if not isinstance(solution, dict):
        raise BadRecord("has no answer (no solution)")
    variables = solution.get("variables")
    scalars = {name: v for name, v in variables.items() if isinstance(v, str)} if isinstance(variables, dict) else {}
    return read_label(solution.get("objective")), named_numbers(scalars, "variables")
