"""`steepest sandbox`: solve a Pyomo script, call or time a function in the sandbox, and see what isolates them."""

import argparse
import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import BY_OUTCOME, ExitCode
from steepest.cli.options import add_command, add_format, add_solver, argument, solver_options
from steepest.cli.report import BY_STATUS
from steepest.errors import InputError
from steepest.quantities import read_count, read_seconds

if TYPE_CHECKING:
    from steepest.solvers.sandbox import Failed, Limits, Sandbox, ScriptAnswer, TimingReport, Usage
    from steepest.solvers.sandbox.doctor import Diagnosis, Level

EPILOG = """\
examples:
  steepest sandbox doctor
  steepest sandbox solve model.py --time-limit 30
  steepest sandbox call tools.py total '[1, 2, 3]'
  steepest sandbox time tools.py total '[1, 2, 3]' --repeats 50

The arguments of a function are JSON, one each. A script's model is solved by a second process that never saw the
script: what the script prints is not believed. The exit code tells what came of it, as for the other commands."""
_REPEATS = 20
_RESTING_SECONDS = 0.02
"""What a job may use between two calls, for its arguments and its garbage, before that is remarkable."""


def add_parser(commands: Any) -> None:
    """Add the command and its sub-commands to the parser."""
    parser = add_command(commands, "sandbox", "run a script or function where it can do no harm", EPILOG)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    doctor = add_command(actions, "doctor", "tell what isolates LLM-written code on this system, and why no more", "")
    add_format(doctor)
    doctor.set_defaults(execute=execute_doctor)
    solve = _add_action(actions, "solve", "run a script that builds a Pyomo model, and solve the model", execute_solve)
    add_solver(solve)
    call = _add_action(actions, "call", "call a function of a file with JSON arguments", execute_call)
    timing = _add_action(actions, "time", "time a function of a file, by a clock it can't reach", execute_time)
    for each in (call, timing):
        each.add_argument("function", metavar="FUNCTION")
        each.add_argument("arguments", metavar="JSON", nargs="*", type=argument(_read_json), help="an argument each")
    timing.add_argument("--repeats", metavar="N", type=argument(read_count), default=_REPEATS, help="calls to measure")


def _add_action(actions: Any, name: str, summary: str, execute: Any) -> argparse.ArgumentParser:
    parser = add_command(actions, name, summary, "")
    parser.add_argument("file", metavar="FILE.py", help="Python source; it is read here and run in the sandbox only")
    add_format(parser)
    group = parser.add_argument_group("sandbox")
    group.add_argument(
        "--wall", metavar="S", type=argument(read_seconds), default=10.0, help="seconds for the code (default: 10)"
    )
    group.add_argument("--memory", metavar="MIB", type=argument(read_count), default=512, help="memory (default: 512)")
    group.add_argument("--unsafe", action="store_true", help="run without any isolation, with all your rights")
    parser.set_defaults(execute=execute)
    return parser


def execute_doctor(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print what can be had on this system."""
    from steepest.solvers.sandbox.doctor import diagnose

    diagnosis = diagnose()
    if arguments.format == "json":
        console.document(_diagnosis_document(diagnosis))
    else:
        console.result(_diagnosis_text(diagnosis))
    return ExitCode.SOLVED if diagnosis.in_force is not None else ExitCode.FAILED


def execute_solve(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Solve a script's model and print the answer."""
    from steepest.settings import read_settings
    from steepest.solvers.sandbox import Failed, PyomoScript

    source = _read_source(arguments.file)
    options = solver_options(arguments, read_settings())
    with _sandbox(arguments) as sandbox:
        outcome = sandbox.run(PyomoScript(source, options))
    if isinstance(outcome, Failed):
        return _report_failure(outcome, arguments, console)
    if arguments.format == "json":
        console.document({"answer": _plain(outcome.value), "usage": _plain(outcome.usage), "output": outcome.output})
    else:
        _say_output(outcome.output, console)
        console.result("\n".join([*_answer_lines(outcome.value), "", _usage_line(outcome.usage)]))
    return BY_OUTCOME[BY_STATUS[outcome.value.status]]


def execute_call(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Call a function and print what it returned."""
    from steepest.solvers.sandbox import Call, Failed, FunctionCalls, Raised

    job = FunctionCalls(_read_source(arguments.file), arguments.function, (Call(tuple(arguments.arguments)),))
    with _sandbox(arguments) as sandbox:
        outcome = sandbox.run(job)
    if isinstance(outcome, Failed):
        return _report_failure(outcome, arguments, console)
    result = outcome.value[0]
    if isinstance(result, Raised):
        return _report_failure(Failed(result.failure, outcome.usage, outcome.output), arguments, console)
    if arguments.format == "json":
        console.document({"returned": _finite(result.value), "usage": _plain(outcome.usage), "output": outcome.output})
    else:
        _say_output(outcome.output, console)
        console.result(json.dumps(result.value, ensure_ascii=False))
        console.say(_usage_line(outcome.usage))
    return ExitCode.SOLVED


def execute_time(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Time a function and print the estimate."""
    from steepest.solvers.sandbox import Call, Failed, FunctionTiming

    call = Call(tuple(arguments.arguments))
    job = FunctionTiming(_read_source(arguments.file), arguments.function, call, arguments.repeats)
    with _sandbox(arguments) as sandbox:
        outcome = sandbox.run(job)
    if isinstance(outcome, Failed):
        return _report_failure(outcome, arguments, console)
    if arguments.format == "json":
        console.document({"timing": _plain(outcome.value), "usage": _plain(outcome.usage), "output": outcome.output})
    else:
        _say_output(outcome.output, console)
        console.result("\n".join([*_timing_lines(outcome.value), "", _usage_line(outcome.usage)]))
    return ExitCode.SOLVED


def _sandbox(arguments: argparse.Namespace) -> "Sandbox":
    from steepest.solvers.sandbox import Sandbox

    # What is screened is refused for what an isolation lacks; without one nothing is lacking.
    return Sandbox(_limits(arguments), workers=1, unsafe=arguments.unsafe, screening=not arguments.unsafe)


def _limits(arguments: argparse.Namespace) -> "Limits":
    from steepest.solvers.sandbox import Limits

    processors = os.cpu_count() or 1
    return Limits(wall_seconds=arguments.wall, cpu_seconds=arguments.wall * processors + 1, memory_mib=arguments.memory)


def _read_source(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"can't read {file}: it is not UTF-8 ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise InputError(f"can't read {file}: {error.strerror or error}") from error


def _read_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{text!r} is not JSON ({error}); a text argument needs its quotes: '\"text\"'") from error


def _report_failure(failed: "Failed", arguments: argparse.Namespace, console: Console) -> ExitCode:
    if arguments.format == "json":
        document = {"failure": _plain(failed.failure), "usage": _plain(failed.usage), "output": failed.output}
        console.document(document)
    else:
        _say_output(failed.output, console)
        console.say(f"{failed.failure.kind}: {failed.failure}")
        console.say(_usage_line(failed.usage))
    return ExitCode.FAILED


def _say_output(output: str, console: Console) -> None:
    if output.strip():
        console.say(f"the code printed:\n{output.rstrip()}")


def _plain(record: Any) -> dict[str, Any]:
    from pydantic import TypeAdapter

    document: dict[str, Any] = _finite(TypeAdapter(type(record)).dump_python(record, mode="json"))
    return document


def _finite(value: Any) -> Any:
    """A value for JSON, which knows no infinity and no NaN: they become texts, `NaN`, `Infinity`, `-Infinity`."""
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(value)
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, (list, tuple)) else value


def _answer_lines(answer: "ScriptAnswer") -> list[str]:
    from steepest.cli.tables import aligned
    from steepest.solvers.display import counted, format_number

    nouns = ("row", "column", "nonzero")
    size = ", ".join(counted(number, noun) for number, noun in zip(answer.size, nouns, strict=True))
    lines = [f"{answer.status}: {answer.message}" if answer.message else answer.status]
    if answer.objective is not None:
        lines.append(f"objective ({answer.sense}): {format_number(answer.objective)}")
    lines.append(f"{answer.problem_class} of {size}; {answer.solver}")
    values = [(name, format_number(value)) for name, value in answer.values.items()]
    return [*lines, "", *aligned(values, right=(1,))] if values else lines


def _timing_lines(report: "TimingReport") -> list[str]:
    low, high = report.interval
    lines = [
        f"{report.estimate:.3g} s of processor a call (Hodges-Lehmann of {len(report.cpu_seconds)} calls, "
        f"95 % interval {low:.3g} to {high:.3g})",
        f"first call {report.first_seconds:.3g} s; an empty call {report.overhead_seconds:.3g} s, taken off",
    ]
    worked = sum(report.cpu_seconds)
    if report.unmeasured_seconds > worked + _RESTING_SECONDS * len(report.cpu_seconds):
        lines.append(
            f"{report.unmeasured_seconds:.3g} s of work outside of the calls: the code answers before it has worked"
        )
    if report.estimate < report.overhead_seconds:
        lines.append("Too short to be measured well: let a call do its work many times over.")
    if report.instructions:
        lines.append(f"{min(report.instructions):,} to {max(report.instructions):,} instructions a call")
    return lines


def _usage_line(usage: "Usage") -> str:
    return (
        f"isolation {usage.isolation}, {usage.seconds:.3f} s ({usage.cpu_seconds:.3f} s of processor), "
        f"{usage.peak_memory_mib:.0f} MiB"
    )


def _diagnosis_text(diagnosis: "Diagnosis") -> str:
    from steepest.cli.tables import aligned

    rows = [("isolation", "can be had", "start", "empty job"), *(_level_row(level) for level in diagnosis.levels)]
    lines = [diagnosis.system, "", *aligned(rows), ""]
    lines += [f"{level.isolation}: {level.why_not}" for level in diagnosis.levels if level.why_not]
    lines.append(_in_force(diagnosis))
    if not diagnosis.has_interpreter:
        lines.append("data preparation (prepare_data): pip install 'steepest[monty]'")
    if not diagnosis.has_nonlinear_solver:
        lines.append("nonlinear models of scripts: pip install 'steepest[nonlinear]'")
    return "\n".join(lines)


def _level_row(level: "Level") -> tuple[str, str, str, str]:
    if not level.is_available:
        return (level.isolation, "no", "", "")
    return (level.isolation, "yes", f"{level.start_seconds or 0:.2f} s", f"{level.job_milliseconds or 0:.0f} ms")


def _in_force(diagnosis: "Diagnosis") -> str:
    if diagnosis.in_force is None:
        return "LLM-written code is refused here, unless --unsafe is given"
    return f"LLM-written code runs under: {diagnosis.in_force}"


def _diagnosis_document(diagnosis: "Diagnosis") -> dict[str, Any]:
    return {**_plain(diagnosis), "in_force": diagnosis.in_force}
