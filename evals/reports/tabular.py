"""A run as rows of plain values, one a sample: the columns of the CSV report and of the Parquet export."""

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from steepest.errors import InputError
from steepest.evals.problems import Problem
from steepest.evals.samples import Sample
from steepest.evals.stores.protocol import RunReader
from steepest.traces.rendering.characters import not_a_formula

__all__ = ["COLUMNS", "csv_report", "rows_of"]

COLUMNS: dict[str, str] = {
    "id": "problem",
    "epoch": "which repetition, from 1",
    "dataset": "data set",
    "type": "the source's class of problem",
    "category": "the source's grouping",
    "group": "problems with the same group tell the same story",
    "notes": "what is known about the label",
    "label_status": "what the label says: optimal, infeasible, unbounded",
    "label": "objective value of the label",
    "model": "model",
    "method": "method",
    "verdict": "by the strict profile",
    "outcome": "what the method came to, before grading",
    "message": "why, where the outcome is not an answer",
    "objective": "objective value found",
    "sense": "minimize or maximize, as the method understood it",
    "problem_class": "class of the model, such as LP",
    "solver": "solver",
    "confidence": "of the method, 0 to 1",
    "rounds": "correction rounds",
    "calls": "model calls answered",
    "input_tokens": "tokens read; empty where not counted",
    "output_tokens": "tokens written; empty where not counted",
    "cost": "US dollars; empty where the price is unknown",
    "seconds": "wall clock of the attempt",
    "model_seconds": "wall clock of its model calls",
    "solve_seconds": "wall clock of its solvers",
    "finished": "when, ISO 8601",
    "worker": "which process or machine",
}
"""Column and meaning. After them, for each profile that the run was graded by: `correct_PROFILE`, true or false."""


def rows_of(run: RunReader) -> Iterator[dict[str, Any]]:
    """A row for each sample; every row has every column, None for what is not known.

    Raises:
        InputError: A sample is of no problem of the run.
    """
    specification = run.specification()
    problems = {problem.id: problem for problem in run.problems()}
    for sample in run.samples():
        if sample.id not in problems:
            raise InputError(f"{run.place}: the sample {sample.id!r} is of no problem of this run")
        row = _row(problems[sample.id], sample)
        graded = {f"correct_{grade.profile}": grade.correct for grade in sample.grades}
        columns = {f"correct_{profile}": graded.get(f"correct_{profile}") for profile in specification.profiles}
        yield {**row, "model": specification.model, "method": specification.method, **columns}


def csv_report(run: RunReader, stream: TextIO) -> int:
    """Write a run as CSV with a line of columns first; a text that a spreadsheet would compute begins with a quote.

    Returns:
        How many rows.
    """
    graded = [f"correct_{profile}" for profile in run.specification().profiles]
    writer = csv.DictWriter(stream, [*COLUMNS, *graded], lineterminator="\n")
    writer.writeheader()
    count = 0
    for row in rows_of(run):
        writer.writerow({key: _cell(value) for key, value in row.items()})
        count += 1
    return count


def _row(problem: Problem, sample: Sample) -> dict[str, Any]:
    attempt, spent = sample.attempt, sample.attempt.spent
    return {
        "id": sample.id,
        "epoch": sample.epoch,
        "dataset": sample.dataset or problem.dataset,
        "type": problem.type,
        "category": problem.category,
        "group": problem.group,
        "notes": problem.notes,
        "label_status": problem.status,
        "label": problem.answer,
        "model": None,
        "method": None,
        "verdict": sample.verdict,
        "outcome": attempt.outcome,
        "message": attempt.message or None,
        "objective": attempt.objective,
        "sense": attempt.sense,
        "problem_class": attempt.problem_class or None,
        "solver": attempt.solver or None,
        "confidence": attempt.confidence,
        "rounds": attempt.rounds,
        "calls": spent.calls,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "cost": None if spent.cost is None else float(spent.cost),
        "seconds": attempt.seconds,
        "model_seconds": spent.seconds,
        "solve_seconds": attempt.solve_seconds,
        "finished": sample.finished.isoformat(),
        "worker": sample.worker or None,
    }


def _cell(value: Any) -> Any:
    """A spreadsheet runs a text that begins so as a formula, and the texts of models are anybody's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return not_a_formula(value) if isinstance(value, str) else value
