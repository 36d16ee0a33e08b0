"""The end of `solve` and `run`: keep the files, print the report, give the exit code."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from steepest.cli import json_output, text_output
from steepest.cli.artifacts import OutputFolder
from steepest.cli.console import Console, visible
from steepest.cli.exit_codes import ExitCode
from steepest.cli.faces import face
from steepest.cli.report import Report
from steepest.errors import SteepestError

if TYPE_CHECKING:
    from steepest.solvers.formulation import Formulation

EXPORTS = {"model.py": "pyomo", "model.lp": "lp"}


def finish(
    report: Report,
    arguments: argparse.Namespace,
    console: Console,
    folder: OutputFolder | None,
    tables: Mapping[str, object],
    base: Path,
) -> ExitCode:
    """Keep, print and rate a report; `base` is the folder that the formulation's files are relative to."""
    report = replace(report, seconds=console.seconds)
    if folder is not None:
        keep(report, folder, console, tables, base)
    report = replace(report, faces=_faces(report, arguments.show, console, tables, base))
    if arguments.format == "json":
        console.document(json_output.document(report))
    else:
        console.result(text_output.render(report))
    return report.exit_code


def keep(report: Report, folder: OutputFolder, console: Console, tables: Mapping[str, object], base: Path) -> None:
    """Keep every form of model and answer that there is."""
    folder.keep("answer.txt", visible(text_output.render(report)) + "\n")
    if report.solution is not None:
        folder.keep("solution.json", report.solution.model_dump_json(indent=2) + "\n")
    if report.front is not None:
        folder.keep("front.svg", report.front.to_svg())
        folder.keep("front.csv", report.front.to_csv())
    if report.formulation is None:
        return
    keep_formulation(report.formulation, folder)
    if report.outcome in ("not_formulated", "missing_data") or report.front is not None:
        return  # the exports are of a model with one objective, or one ranking
    for name, form in EXPORTS.items():
        text = _face(form, report.formulation, console, tables, base)
        if text is not None:
            folder.keep(name, text)


def keep_formulation(formulation: "Formulation", folder: OutputFolder) -> None:
    """Keep both faces of a formulation."""
    folder.keep("formulation.five", formulation.to_text())
    folder.keep("formulation.json", formulation.model_dump_json(indent=2) + "\n")


def _faces(
    report: Report, names: Sequence[str], console: Console, tables: Mapping[str, object], base: Path
) -> dict[str, str]:
    if report.formulation is None:
        return {}
    texts = {name: _face(name, report.formulation, console, tables, base) for name in names}
    return {name: text for name, text in texts.items() if text is not None}


def _face(
    name: str, formulation: "Formulation", console: Console, tables: Mapping[str, object], base: Path
) -> str | None:
    """A form of the model; None, with a message, where there is no such form of it."""
    try:
        return face(name, formulation, tables, base)
    except SteepestError as error:
        console.say(f"no {name} form of this model: {error}")
        return None
