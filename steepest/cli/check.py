"""`steepest check`: read and check a formulation with its data, and solve nothing."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_data, add_format

if TYPE_CHECKING:
    from steepest.cli.inputs import Source
    from steepest.solvers.data.instance_data import Data
    from steepest.solvers.diagnostics import Diagnostic
    from steepest.solvers.formulation import Formulation

EPILOG = """\
examples:
  steepest check model.five
  steepest check model.five --data demand=demand.csv --format json

The exit code is 0 if the formulation can be solved as it is, 4 if it has errors, 8 if its class is not supported, and 9
if data are missing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `check` found."""

    diagnostics: tuple["Diagnostic", ...]
    missing: tuple[str, ...] = ()
    problem_class: str | None = None
    size: tuple[int, int, int] | None = None
    """Rows, columns and nonzeros of the compiled model; None for one that was not compiled."""
    unsupported: str = ""
    """The term that no solver here takes, and why."""

    @property
    def exit_code(self) -> ExitCode:
        """0 for a formulation that can be solved as it is."""
        if any(found.severity == "error" for found in self.diagnostics):
            return ExitCode.NOT_FORMULATED
        if self.missing:
            return ExitCode.MISSING_DATA
        if self.unsupported:
            return ExitCode.UNSUPPORTED
        return ExitCode.SOLVED


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "check", "read and check a formulation, and solve nothing", EPILOG)
    parser.add_argument("file", metavar="FILE.five", help="a formulation as text or JSON; - is standard input")
    add_format(parser)
    add_data(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print the findings, and for a usable formulation its class and size."""
    from steepest.cli.inputs import read_formulation_source, read_tables

    tables = read_tables(arguments.data)
    source = read_formulation_source(arguments.file)
    verdict = _examined(source, tables)
    if arguments.format == "json":
        console.document(_document(verdict))
    else:
        console.result(_text(verdict, source.name))
    return verdict.exit_code


def _examined(source: "Source", tables: Mapping[str, Path | float]) -> Verdict:
    from steepest.cli.formulations import load
    from steepest.solvers.diagnostics import FormulationError

    loaded = load(source, tables)
    if loaded.formulation is None or not loaded.is_usable:
        return Verdict(loaded.diagnostics)
    if loaded.missing:
        return Verdict(loaded.diagnostics, missing=loaded.missing)
    try:
        return _compiled(loaded.formulation, loaded.diagnostics, tables, source.folder)
    except FormulationError as error:
        return Verdict((*loaded.diagnostics, *error.diagnostics))


def _compiled(
    formulation: "Formulation",
    diagnostics: tuple["Diagnostic", ...],
    tables: Mapping[str, Path | float],
    folder: Path,
) -> Verdict:
    from steepest.solvers.array_solve import require_supported
    from steepest.solvers.constraint_programming.solve import CLASS, planned_size
    from steepest.solvers.data.binding import bind
    from steepest.solvers.linearization.steps import with_steps
    from steepest.solvers.vectorized.algebra import UnsupportedProblemError
    from steepest.solvers.vectorized.compile import compile_formulation

    data = bind(formulation, tables, folder=folder)
    size = planned_size(formulation, data)
    if size is not None:
        as_declared = tuple(found for found in diagnostics if found.code != "global-constraint")
        return Verdict(as_declared, problem_class=CLASS, size=size)
    try:
        model = compile_formulation(formulation, data)
        require_supported(model)
    except UnsupportedProblemError as error:
        return _nonlinear(formulation, data, diagnostics, str(error))
    return Verdict(with_steps(diagnostics, model.steps), problem_class=model.problem_class, size=model.size)


def _nonlinear(
    formulation: "Formulation", data: "Data", diagnostics: tuple["Diagnostic", ...], refusal: str
) -> Verdict:
    from steepest.solvers.backends import scip
    from steepest.solvers.backends.pyomo_solve import classify, size_of
    from steepest.solvers.nonlinear_solve import read_nonlinear

    built = read_nonlinear(formulation, data)
    if built is None:
        return Verdict(diagnostics, unsupported=refusal)
    if not scip.is_installed():
        return Verdict(diagnostics, unsupported=f"{refusal}; SCIP would take it: pip install 'steepest[nonlinear]'")
    return Verdict(diagnostics, problem_class=classify(built), size=size_of(built))


def _text(verdict: Verdict, name: str) -> str:
    from steepest.cli import text_output

    lines = [text_output.diagnostics(verdict.diagnostics, name)] if verdict.diagnostics else []
    lines += [f"{name}: missing: {request}" for request in verdict.missing]
    lines.append(f"{name}: {_summary(verdict)}")
    return "\n".join(lines)


def _summary(verdict: Verdict) -> str:
    errors = sum(found.severity == "error" for found in verdict.diagnostics)
    if errors:
        return f"not usable, {errors} error{'' if errors == 1 else 's'}"
    if verdict.missing:
        return f"waits for {len(verdict.missing)} missing parameter{'' if len(verdict.missing) == 1 else 's'}"
    if verdict.size is None:
        return f"no solver here takes it: {verdict.unsupported}"
    from steepest.solvers.display import counted

    rows, columns, nonzeros = verdict.size
    size = f"{counted(columns, 'variable')}, {counted(rows, 'constraint')}, {counted(nonzeros, 'coefficient')}"
    return f"usable, {verdict.problem_class}, {size}"


def _document(verdict: Verdict) -> dict[str, object]:
    from steepest.cli import json_output

    size = dict(zip(("rows", "columns", "nonzeros"), verdict.size, strict=True)) if verdict.size else None
    return {
        "usable": verdict.exit_code == ExitCode.SOLVED,
        "class": verdict.problem_class,
        "size": size,
        "unsupported": verdict.unsupported or None,
        "missing": list(verdict.missing),
        "diagnostics": json_output.diagnostics(verdict.diagnostics),
    }
