"""`steepest equivalent`: whether two formulations are the same problem."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_data, add_format, argument
from steepest.errors import InputError
from steepest.quantities import read_seconds

if TYPE_CHECKING:
    from steepest.cli.inputs import Source
    from steepest.solvers.diagnostics import Diagnostic
    from steepest.solvers.equivalence.report import Equivalence
    from steepest.solvers.formulation import Formulation

LEVELS = ("value", "data", "structure", "feasible", "optima")
EPILOG = """\
examples:
  steepest equivalent mine.five theirs.five
  steepest equivalent mine.five theirs.five --level feasible --variable bake=loaves
  steepest equivalent mine.five theirs.five --level data --parameter flour=stock --format json

levels: value (same status and optimal value), data (that with other data, too), structure (same arrays up to names,
order and scale), feasible (the same decisions are allowed), optima (the same decisions are optimal; the default)

The exit code is 0 if they are equivalent, 10 if they differ, 11 if neither could be shown, 4 if one can't be used."""
_PAIRS_TOLD = 20
_EXIT_CODES = {"equivalent": ExitCode.SOLVED, "different": ExitCode.DIFFERENT, "unknown": ExitCode.UNDECIDED}


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "equivalent", "tell whether two formulations are the same problem", EPILOG)
    parser.add_argument("first", metavar="A.five", help="a formulation as text or JSON")
    parser.add_argument("second", metavar="B.five", help="another")
    parser.add_argument("--level", choices=LEVELS, default="optima", help="in which sense (default: optima)")
    for name in ("variable", "parameter"):
        told = f"a {name} of A that B calls otherwise; may be repeated"
        parser.add_argument(f"--{name}", metavar="A=B", action="append", default=[], help=told)
    parser.add_argument("--time-limit", metavar="S", type=argument(read_seconds), help="seconds for all (default: 60)")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    add_format(parser)
    add_data(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Compare the two, and print the verdict with what it rests on."""
    from steepest.cli.inputs import read_formulation_source, read_tables
    from steepest.solvers.equivalence.budget import ComparisonBudget
    from steepest.solvers.equivalence.compare import compare_formulations

    sources = [read_formulation_source(each) for each in (arguments.first, arguments.second)]
    tables = read_tables(arguments.data)
    first, second = (_formulation(each, tables) for each in sources)
    budget = ComparisonBudget() if arguments.time_limit is None else ComparisonBudget(seconds=arguments.time_limit)
    found = compare_formulations(
        first,
        second,
        level=arguments.level,
        variables=_pairs("--variable", arguments.variable),
        parameters=_pairs("--parameter", arguments.parameter),
        budget=budget,
        on_progress=console.step,
    )
    if arguments.format == "json":
        console.document(_document(found))
    else:
        console.result(_text(found))
    return _EXIT_CODES[found.verdict]


def _formulation(source: "Source", tables: Mapping[str, Path | float]) -> "Formulation":
    """A formulation with its data in it; whatever is wrong with it is told with the name of its file."""
    from steepest.cli.formulations import load
    from steepest.solvers.changes.self_contained import self_contained
    from steepest.solvers.checks.formulation_checks import check_formulation
    from steepest.solvers.diagnostics import FormulationError

    try:
        loaded = load(source, tables)
        if loaded.formulation is None:
            raise FormulationError(loaded.diagnostics)
        bound = _of(loaded.formulation, tables)
        check_formulation(loaded.formulation, bound=tuple(bound)).raise_errors()
        return self_contained(loaded.formulation, bound, folder=source.folder)
    except FormulationError as error:
        raise FormulationError(_in_file(each, source.name) for each in error.diagnostics) from error


def _in_file(found: "Diagnostic", name: str) -> "Diagnostic":
    return found.model_copy(update={"element": f"{name}, {found.element}" if found.element else name})


def _of(formulation: "Formulation", tables: Mapping[str, Path | float]) -> dict[str, Path | float]:
    """The tables whose names the formulation declares."""
    declared = {each.name for each in formulation.sets} | {each.name for each in formulation.parameters}
    return {name: table for name, table in tables.items() if name in declared}


def _pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs = {}
    for each in given:
        first, equals, second = (part.strip() for part in each.partition("="))
        if not (first and equals and second):
            raise InputError(f"{option} {each}: write its name in the first, `=`, and its name in the second.")
        pairs[first] = second
    return pairs


def _text(found: "Equivalence") -> str:
    from steepest.solvers.display import counted

    finding = found.finding
    lines = [f"{finding.verdict} ({finding.level}): {finding.message}"]
    if finding.witness is None:
        pairs = [(each.first, each.second) for each in finding.columns if each.first != each.second]
        pairs += [(each.first, each.second) for each in finding.rows if each.first != each.second]
        lines += [f"  {first} is {second}" for first, second in pairs[:_PAIRS_TOLD]]
        lines += [f"  and {len(pairs) - _PAIRS_TOLD} more of another name"] if len(pairs) > _PAIRS_TOLD else []
    if found.shared and finding.level in ("feasible", "optima"):
        lines.append(f"compared: {', '.join(found.shared[:_PAIRS_TOLD])}{', ...' * (len(found.shared) > _PAIRS_TOLD)}")
    lines.append(f"took {counted(found.solves, 'solve')} and {found.seconds:.1f} s")
    return "\n".join(lines)


def _document(found: "Equivalence") -> dict[str, object]:
    from dataclasses import asdict

    finding = asdict(found.finding)
    return {**finding, "shared": list(found.shared), "solves": found.solves, "seconds": found.seconds}
