"""A report as a person reads it in the terminal."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from steepest.cli import front_text, further_text
from steepest.cli.report import BY_STATUS, Cost, Report
from steepest.cli.tables import aligned
from steepest.solvers.answer import MESSAGES
from steepest.solvers.display import (
    binding_row,
    first_objective,
    format_number,
    meanings_of,
    shown_first,
    variable_row,
)

if TYPE_CHECKING:
    from steepest.solvers.diagnostics import Diagnostic
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.solution import Solution

MOST_VARIABLES = 50
MOST_BINDING = 20
WIDEST_CELL = 60

HEADLINES = {
    "solved": "solved",
    "locally_optimal": "locally optimal: not proven to be the best answer",
    "infeasible": "infeasible: no answer meets every constraint",
    "unbounded": "unbounded: the objective can be improved without end; a limit is missing",
    "stopped": "stopped at a limit before the end",
    "interrupted": "interrupted before the end",
    "unsupported": "unsupported: no solver here takes this class of problem",
    "not_a_problem": "no optimization problem: the text asks for no decision that could be optimized",
    "not_formulated": "not formulated: the formulation can't be used as it is",
    "missing_data": "data are missing",
    "failed": "failed",
}


_CLASSES_OF_SCIP = frozenset({"MIQP", "QCP", "MIQCP", "NLP", "MINLP"})
_SHOWN_GAP = 1e-6
"""An answer whose gap is larger was not proven to be the best: `--gap` let the solver stop."""

_FOR_CHECK = frozenset({"magic-number"})
"""Warnings about style: `check` tells them, an answer does not."""


def render(report: Report) -> str:
    """The whole report, sections separated by empty lines."""
    return "\n\n".join(part for part in _sections(report) if part)


def _sections(report: Report) -> Iterable[str]:
    meanings = meanings_of(report.formulation) if report.formulation else {}
    yield _head(report)
    if report.explanation and not has_values(report):
        yield report.explanation.strip()
        yield "Give what is missing with --data NAME=VALUE or --data NAME=table.csv." if report.missing else ""
    else:
        yield _agreement(report)
        yield from _findings(report, meanings)
        yield from _second_looks(report)
    yield f"the classic path: {report.script.told}" if report.script is not None else ""
    yield _experience(report)
    yield from front_text.sections(report.front)
    yield from further_text.sections(report.further)
    for name, face in report.faces.items():
        yield f"{name}\n{_indented(face)}"
    yield cost_line(report.cost, report.seconds)


def has_values(report: Report) -> bool:
    """Whether there is an answer in numbers; it is told in tables, and its explanation would say the same again."""
    return report.solution is not None and report.solution.objective is not None


def _second_looks(report: Report) -> Iterable[str]:
    """Other readings of the text, and what tests of the answer found; an explanation says both itself."""
    if report.ambiguity is not None:
        from steepest.agents.modeling.readings.telling import told

        yield told(report.ambiguity)
    if report.battery is not None:
        from steepest.agents.modeling.testing_words import told_findings

        yield told_findings(report.battery)


def _agreement(report: Report) -> str:
    """How sure a vote is; an explanation says it itself."""
    if report.agreement is None:
        return ""
    from steepest.agents.modeling.sampling.telling import told

    return told(report.agreement)


def _experience(report: Report) -> str:
    """The insights that the model says it used; an explanation names them itself."""
    if report.explanation and not has_values(report):
        return ""
    return _list("experience", [f"{each.title} ({each.id})" for each in report.insights if each.cited])


def _findings(report: Report, meanings: dict[str, str]) -> Iterable[str]:
    if report.solution:
        yield _why(report.solution)
        yield _variables(report.solution, meanings)
        yield _binding(report.solution, meanings)
    yield _list("missing data", report.missing)
    yield _list("assumptions", report.assumptions)
    yield from _reading(report)
    yield diagnostics(
        (found for found in report.diagnostics if found.severity != "note" and found.code not in _FOR_CHECK),
        report.source,
    )


def _reading(report: Report) -> Iterable[str]:
    """What the model leaves out of the problem's text, and where its numbers come from."""
    if report.reading is None:
        return
    from steepest.agents.modeling.reading.telling import left_out, origins

    yield _list("in the text, but not in the model", left_out(report.reading, report.problem))
    yield f"numbers: {origins(report.reading)}" if report.reading.origins else ""


def _head(report: Report) -> str:
    lines = [report.formulation.title] if report.formulation and report.formulation.title else []
    solution = report.solution
    if report.explanation and not has_values(report):
        says_more = report.outcome == "unsupported" and report.asked_solver is not None  # than the explanation
        return "\n".join([*lines, _headline(report) if says_more else report.outcome.replace("_", " ")])
    lines.append(_headline(report))
    if solution is None:
        return "\n".join(lines)
    if solution.objective is not None:
        lines.append(_objective(report.formulation, solution))
        lines += [f"then {_told(each.sense, each.value, each.unit)}" for each in solution.objectives[1:]]
    if solution.message and solution.message != MESSAGES.get(solution.status):  # which the headline says
        lines.append(solution.message)
    if solution.note:
        lines.append(solution.note)
    return "\n".join(lines)


def _headline(report: Report) -> str:
    solution = report.solution
    if report.outcome == "interrupted" and solution is not None and solution.is_solved:
        return "solved; interrupted before all questions were answered"
    if report.outcome == "interrupted" and solution is not None and solution.explanation is not None:
        return f"{HEADLINES[BY_STATUS[solution.status]]}; interrupted while the reason was sought"
    if report.outcome == "unsupported" and report.asked_solver is not None:
        others = "leave --solver out" + (", or use scip" if _suits_scip(report.asked_solver, solution) else "")
        return f"unsupported: {report.asked_solver} does not take this problem; another solver may: {others}"
    return HEADLINES[report.outcome]


def _suits_scip(asked: str, solution: "Solution | None") -> bool:
    from steepest.solvers.solve import solvers_here

    is_its_class = solution is not None and solution.problem_class in _CLASSES_OF_SCIP
    return is_its_class and asked != "scip" and "scip" in solvers_here()


def _objective(formulation: "Formulation | None", solution: "Solution") -> str:
    line = _told(*first_objective(formulation, solution))
    if solution.status != "optimal" and solution.bound is not None:
        gap = "" if solution.gap is None else f", gap {solution.gap:.2%}"
        line += f" (best found; bound {format_number(solution.bound)}{gap})"
    elif solution.bound is not None and solution.gap is not None and solution.gap > _SHOWN_GAP:
        line += f" (within a gap of {solution.gap * 100:.2g} %, bound {format_number(solution.bound)})"
    return line


def _told(sense: str | None, value: float, unit: str | None) -> str:
    done = f"{sense.removesuffix('e')}ed " if sense else ""
    return f"{done}objective: {format_number(value)}{f' {unit}' if unit else ''}"


def _why(solution: "Solution") -> str:
    """What conflicts and what would repair it, or what has no end."""
    return "\n".join(solution.explanation.lines) if solution.explanation else ""


def _variables(solution: "Solution", meanings: dict[str, str]) -> str:
    if not solution.variables:
        return ""
    shown, hidden = shown_first(solution.variables, MOST_VARIABLES)
    rows = [variable_row(variable, meanings) for variable in shown]
    lines = ["variables", *(f"  {line}" for line in aligned(rows, right=(1,), widest=WIDEST_CELL))]
    return "\n".join([*lines, *([f"  {hidden}; --format json shows all"] if hidden else [])])


def _binding(solution: "Solution", meanings: dict[str, str]) -> str:
    limits = [each for each in solution.binding if each.lower is None or each.lower != each.upper]
    if not limits:  # an equation holds with equality whatever the answer is, and says nothing about it
        return ""
    rows = [binding_row(constraint, meanings, solution.units) for constraint in limits[:MOST_BINDING]]
    hidden = len(limits) - len(rows)
    lines = ["binding constraints", *(f"  {line}" for line in aligned(rows, widest=WIDEST_CELL))]
    return "\n".join([*lines, *([f"  ... and {hidden:,} more; --format json shows all"] if hidden else [])])


def _list(title: str, items: Sequence[str]) -> str:
    return "\n".join([title, *(f"  - {item}" for item in items)]) if items else ""


def diagnostics(found: Iterable["Diagnostic"], name: str = "") -> str:
    """Findings, one a paragraph; with the name of a file, each begins with `file:line:column`."""
    return "\n".join(_diagnostic(diagnostic, name) for diagnostic in found)


def _diagnostic(diagnostic: "Diagnostic", name: str) -> str:
    if not name:
        return str(diagnostic)
    place = diagnostic.place
    where = f"{name}:{place.line}:{place.column}: " if place else f"{name}: "
    element = f"{diagnostic.element}: " if diagnostic.element else ""
    text = f"{where}{diagnostic.severity}[{diagnostic.code}] {element}{diagnostic.message}"
    return f"{text}\n  repair: {diagnostic.repair}" if diagnostic.repair else text


def cost_line(cost: Cost | None, seconds: float) -> str:
    """What a run took, in one line."""
    if cost is None:
        return f"took {seconds:.1f} s"
    calls = f"{cost.calls} call{'' if cost.calls == 1 else 's'} of {cost.model}"
    known = cost.input_tokens is not None and cost.output_tokens is not None
    tokens = f"{cost.input_tokens:,} tokens read, {cost.output_tokens:,} written" if known else "tokens unknown"
    return f"took {seconds:.1f} s, {calls}, {tokens}, {_money(cost)}"


def _money(cost: Cost) -> str:
    if cost.money is None:
        return "cost unknown"
    return f"{cost.money:.4f} $" if cost.money else "free"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.rstrip("\n").split("\n"))
