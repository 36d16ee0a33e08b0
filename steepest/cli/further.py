"""What a person asks of an answer: how it changes with its data, what if they were others, what else is as good."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from steepest.cli.options import argument
from steepest.errors import InputError
from steepest.quantities import read_count

if TYPE_CHECKING:
    from steepest.solvers.alternatives.report import Alternatives
    from steepest.solvers.analysis_limits import AnalysisLimits
    from steepest.solvers.battery.report import BatteryReport
    from steepest.solvers.changes.scenarios import Scenario, WhatIf
    from steepest.solvers.control import SolveControl
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.options import SolveOptions
    from steepest.solvers.sensitivity.report import Sensitivity
    from steepest.solvers.solution import Solution


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked beyond the answer itself."""

    sensitivity: bool = False
    scenarios: tuple["Scenario", ...] = ()
    alternatives: int = 0
    battery: bool = False


@dataclass(frozen=True, slots=True)
class Further:
    """What was found out; None is what nobody asked for."""

    sensitivity: "Sensitivity | None" = None
    what_if: "WhatIf | None" = None
    alternatives: "Alternatives | None" = None
    battery: "BatteryReport | None" = None

    @property
    def has_failed(self) -> bool:
        """Whether a scenario could not be solved."""
        return self.what_if is not None and any(each.solution.status == "failed" for each in self.what_if.answers)


def add_questions(parser: argparse.ArgumentParser) -> None:
    """`--sensitivity`, `--what-if`, `--what-if-file`, `--alternatives` and `--battery`."""
    group = parser.add_argument_group("questions about the answer")
    group.add_argument(
        "--sensitivity",
        action="store_true",
        help="what one more of each limit is worth, and how far coefficients may move",
    )
    group.add_argument(
        "--what-if",
        metavar="CHANGES",
        action="append",
        default=[],
        help="solve again with changes such as 'flour = 50; drop cakes_sold'; may be repeated, one scenario each",
    )
    group.add_argument(
        "--what-if-file",
        metavar="FILE",
        type=Path,
        help="scenarios from a file: `scenario NAME:` and below it one change a line",
    )
    group.add_argument(
        "--alternatives",
        metavar="K",
        type=argument(read_count),
        default=0,
        help="look for up to K other answers that are as good, or the proof that there is none",
    )
    group.add_argument(
        "--battery",
        action="store_true",
        help="test the model and its answer for contradictions and for what is worth a look (docs/battery.md)",
    )


def read_questions(arguments: argparse.Namespace) -> Questions:
    """What the arguments ask.

    Raises:
        InputError: A change or the file can't be read, or a scenario changes nothing.
    """
    if not (arguments.what_if or arguments.what_if_file):
        return Questions(arguments.sensitivity, (), arguments.alternatives, arguments.battery)
    from steepest.solvers.changes.scenarios import as_scenario, read_scenarios

    with _told_as_input():
        scenarios = [as_scenario(text) for text in arguments.what_if]
        if arguments.what_if_file:
            scenarios += read_scenarios(_text_of(arguments.what_if_file))
    return Questions(arguments.sensitivity, tuple(scenarios), arguments.alternatives, arguments.battery)


@contextmanager
def _told_as_input() -> Iterator[None]:
    """A change that can't be made is what the person gave, and no defect of the formulation."""
    from steepest.solvers.diagnostics import FormulationError

    try:
        yield
    except FormulationError as error:
        raise InputError(str(error)) from error


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"can't read the scenarios in {path} ({error}).") from error


def require_applicable(
    questions: Questions, formulation: "Formulation", tables: Mapping[str, object], folder: Path
) -> None:
    """Raise `InputError` if a scenario speaks of what is not there, before anything is solved."""
    if not questions.scenarios:
        return
    from steepest.solvers.changes.scenarios import changed_by
    from steepest.solvers.changes.self_contained import self_contained

    whole = self_contained(formulation, tables, folder=folder)
    with _told_as_input():
        for scenario in questions.scenarios:
            changed_by(scenario, whole)


def answered(
    questions: Questions,
    formulation: "Formulation",
    solution: "Solution",
    tables: Mapping[str, object],
    folder: Path,
    options: "SolveOptions",
    say: Callable[[str], None],
    control: "SolveControl",
) -> Further | None:
    """The answers to what was asked, as far as they were found before a cancel; None if nothing was asked.

    Args:
        questions: What is asked.
        formulation: The formulation.
        solution: Its answer.
        tables: Data to bind by name.
        folder: The folder of the formulation.
        options: Limits of each solve.
        say: Told what is being done, a line at a time.
        control: May end all of it.
    """
    if questions == Questions():
        return None
    from steepest.solvers.alternatives.search import alternative_optima
    from steepest.solvers.battery.battery import run_battery
    from steepest.solvers.changes.scenarios import what_if
    from steepest.solvers.sensitivity.analysis import sensitivity

    found = Further()
    limits: AnalysisLimits = {"folder": folder, "options": options, "on_progress": say, "control": control}
    if questions.sensitivity and not control.cancelled:
        report = sensitivity(formulation, tables, base=solution, **limits)
        found = replace(found, sensitivity=report)
    if questions.scenarios and not control.cancelled:
        answers = what_if(formulation, questions.scenarios, tables, base=solution, **limits)
        found = replace(found, what_if=answers)
    if questions.alternatives and not control.cancelled:
        others = alternative_optima(formulation, questions.alternatives, tables, **limits)
        found = replace(found, alternatives=others)
    if questions.battery and not control.cancelled:
        tested = run_battery(formulation, tables, solution=solution, **limits)
        found = replace(found, battery=tested)
    return found
