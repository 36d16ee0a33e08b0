"""Problems of data sets as tasks that a library learns from, and how their answers are graded."""

import argparse
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from steepest.cli.console import Console
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.agents.library.tasks import Grade, LibraryTask
    from steepest.evals.datasets.dataset import Dataset
    from steepest.evals.problems import Problem

_NON_COMMERCIAL = re.compile(r"\bNC\b|non-?\s?commercial", re.IGNORECASE)


def read_tasks(arguments: argparse.Namespace, console: Console) -> "list[Problem]":
    """The problems that can be learned from, those that `--limit` leaves; what is left out is told.

    Raises:
        InputError: A data set can't be read, has a licence that forbids commercial use, or nothing is left.
    """
    from steepest.cli.evals.reading import read_datasets
    from steepest.evals.datasets.selection import select
    from steepest.evals.specification import Selection

    datasets = read_datasets(arguments.datasets, arguments, console)
    if not arguments.non_commercial:
        _require_free(datasets)
    problems = [_licensed(each, dataset) for dataset in datasets for each in dataset.problems]
    usable = [each for each in problems if _is_usable(each)]
    if len(usable) < len(problems):
        count = len(problems) - len(usable)
        console.say(f"left out: {count:,} of {len(problems):,} problems, which no best value or no words tell about")
    if not usable:
        raise InputError("no problem is left to learn from")
    return list(select(usable, Selection(limit=arguments.limit), arguments.seed))


def tasks_of(problems: "Sequence[Problem]", gold: Mapping[str, str]) -> "list[LibraryTask]":
    """The problems as tasks.

    Args:
        problems: With their labels.
        gold: Right formulations or programs by the problems' ids.
    """
    from steepest.agents.library.tasks import LibraryTask

    return [
        LibraryTask(
            id=each.id,
            text=each.question,
            answer=each.answer,
            gold=gold.get(each.id),
            source=each.source or each.dataset,
            licence=each.license or "",
        )
        for each in problems
    ]


def read_gold(arguments: argparse.Namespace, problems: "Sequence[Problem]") -> dict[str, str]:
    """What the field that `--gold` names says of each problem.

    Raises:
        InputError: No problem has such a field.
    """
    if not arguments.gold:
        return {}
    wanted = {each.id for each in problems}
    found = {key: text for key, text in _gold_rows(arguments) if key in wanted}
    if not found:
        raise InputError(f"--gold {arguments.gold}: no problem has a text in such a field beside its id.")
    return found


def grade_of(problems: "Sequence[Problem]") -> "Grade":
    """Right is what the strict profile takes; without a known value, whatever is solved to its end."""
    from steepest.agents.library.tasks import LibraryTask
    from steepest.agents.modeling.answer import Answer
    from steepest.evals.grading.tolerances import strictly_close

    written = {each.id: each.label_text for each in problems}

    def grade(task: LibraryTask, answer: Answer) -> bool:
        found = answer.solution.objective if answer.solution is not None else None
        if not answer.is_solved or found is None:
            return False
        return task.answer is None or strictly_close(found, task.answer, written.get(task.id))

    return grade


def digest(task: "LibraryTask") -> str:
    """Tells whether a task is still the same."""
    return hashlib.sha256(task.model_dump_json().encode()).hexdigest()[:16]


def _require_free(datasets: "Sequence[Dataset]") -> None:
    for dataset in datasets:
        licences = {dataset.manifest.license, *(each.license or "" for each in dataset.problems)}
        forbidding = sorted(each for each in licences if _NON_COMMERCIAL.search(each))
        if forbidding:
            raise InputError(
                f"{dataset.reference.path} is under {', '.join(forbidding)}, which forbids commercial use, and a "
                "library that learned from it may fall under that: give --non-commercial if you mean it."
            )


def _licensed(problem: "Problem", dataset: "Dataset") -> "Problem":
    """With the licence of its data set, where it has none of its own."""
    return problem.model_copy(update={"license": problem.license or dataset.manifest.license or None})


def _is_usable(problem: "Problem") -> bool:
    """Whether its best value may be known and a model can be asked about it."""
    from steepest.agents.modeling.intake import accept_problem

    try:
        accept_problem(problem.question)
    except InputError:
        return False
    return problem.status == "optimal"


def _gold_rows(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    from pathlib import Path

    from steepest.evals.datasets.json_rows import json_rows

    for given in arguments.datasets:
        after = given.partition("=")[2]
        path = Path(given if Path(given).exists() or not after else after)
        if path.is_dir():
            raise InputError(f"--gold {arguments.gold}: {path} is a folder; the field has to stand in a JSON file.")
        for row in json_rows(path, hashlib.sha256()):
            record = row.value or {}
            text = record.get(arguments.gold)
            if isinstance(text, str) and text.strip():
                yield str(record.get("id", "")), text
