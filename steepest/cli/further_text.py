"""Sensitivity, scenarios, other answers and tests as a person reads them in the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from steepest.cli.further import Further
from steepest.cli.tables import aligned
from steepest.solvers.display import counted, format_number, named

if TYPE_CHECKING:
    from steepest.solvers.alternatives.report import Alternatives
    from steepest.solvers.battery.report import BatteryReport
    from steepest.solvers.changes.scenarios import ScenarioAnswer, WhatIf
    from steepest.solvers.language.expressions import Label
    from steepest.solvers.provenance import Source
    from steepest.solvers.sensitivity.report import Range, Sensitivity
    from steepest.solvers.solution import Solution

MOST_ROWS = 20
WIDEST_CELL = 60

Row = Sequence[str]


def sections(further: Further | None) -> Iterator[str]:
    """A section for each question that was asked."""
    if further is None:
        return
    if further.sensitivity is not None:
        yield from _sensitivity(further.sensitivity)
    if further.what_if is not None:
        yield from _what_if(further.what_if)
    if further.alternatives is not None:
        yield _alternatives(further.alternatives)
    if further.battery is not None:
        yield _battery(further.battery)


def _sensitivity(found: "Sensitivity") -> Iterator[str]:
    from steepest.solvers.sensitivity.words import told

    lines = [f"- {line}" for line in told(found)]
    notes = [f"note: {note}" for note in found.notes]
    yield _section("sensitivity", [*_first(lines), *notes] or ["nothing that limits the answer is worth anything"])
    rows = [
        (
            named(each.name, each.index),
            format_number(each.value),
            format_number(each.cost),
            _span(each.costs),
            format_number(each.reduced_cost) if each.reduced_cost else "",
        )
        for each in found.variables
        if each.cost is not None and each.costs is not None
    ]
    yield _table("the answer stays while a coefficient is", ("decision", "value", "now", "range", "reduced cost"), rows)


def _span(valid: "Range") -> str:
    low = "-inf" if valid.low is None else format_number(valid.low)
    return f"{low} .. {'inf' if valid.high is None else format_number(valid.high)}"


def _what_if(found: "WhatIf") -> Iterator[str]:
    from steepest.solvers.changes.scenarios import decisions_of

    names = [each.scenario.name for each in found.answers]
    rows = [("as it is", *_result(found.base), "")]
    rows += [
        (name, *_result(each.solution), _signed(each.objective_change))
        for name, each in zip(names, found.answers, strict=True)
    ]
    yield _table("what if", ("", "status", "objective", "change"), rows)
    told = [f"{name}: {source}" for name, each in zip(names, found.answers, strict=True) for source in _told(each)]
    yield _section("what they change", _first(told)) if told else ""
    solutions = [found.base, *(each.solution for each in found.answers)]
    heads = ["decision", "as it is", *(_short(name) for name in names)]
    yield _table("decisions that change", heads, _side_by_side(decisions_of(found.answers), solutions))
    lines = []
    for name, each in zip(names, found.answers, strict=True):
        lines += _limits(name, "newly binding", each.newly_binding)
        lines += _limits(name, "no longer binding", each.no_longer_binding)
        lines += [f"{name}: {each.solution.message}"] if each.solution.message else []
    yield _section("limits that change", _first(lines)) if lines else ""


def _told(answer: "ScenarioAnswer") -> list["Source"]:
    """Where what a scenario changes comes from, where anything is known of it."""
    return [source for source in answer.sources if source.quotes or source.table or source.note]


def _result(solution: "Solution") -> Row:
    return solution.status.replace("_", " "), "" if solution.objective is None else format_number(solution.objective)


def _signed(change: float | None) -> str:
    if change is None:
        return ""
    return f"{'+' if change > 0 else ''}{format_number(change)}"


def _limits(name: str, kind: str, limits: Sequence[tuple[str, tuple["Label", ...]]]) -> list[str]:
    texts = [named(*limit) for limit in limits]
    return [f"{name}: {kind}: {', '.join(_first(texts))}"] if texts else []


def _side_by_side(keys: Iterable[tuple[str, tuple["Label", ...]]], solutions: Sequence["Solution"]) -> list[Row]:
    values = [{(each.name, each.index): each.value for each in solution.variables} for solution in solutions]
    return [(named(*key), *(format_number(each[key]) if key in each else "-" for each in values)) for key in keys]


def _alternatives(found: "Alternatives") -> str:
    if len(found.solutions) < 2:
        return _section("other answers", [found.message])
    first = {(each.name, each.index): each.value for each in found.solutions[0].variables}
    differing = dict.fromkeys(
        (each.name, each.index)
        for solution in found.solutions[1:]
        for each in solution.variables
        if abs(each.value - first[each.name, each.index]) > found.tolerance
    )
    heads = ["decision", "this answer", *(f"other {number}" for number in range(1, len(found.solutions)))]
    message = f"{found.message} (objectives within {found.tolerance:g})"
    return _section("other answers", [message, *_lines(heads, _side_by_side(differing, found.solutions))])


def _battery(found: "BatteryReport") -> str:
    """What the tests found, and which of them passed, did not apply or stayed open."""
    carried_out = [each.test for each in found.tests if each.outcome == "passed"]
    lines = [f"- {each}" for each in found.findings]
    lines += [f"passed: {', '.join(carried_out)}"] if carried_out else []
    for outcome, told in (("undecided", "undecided"), ("not_applicable", "not applicable")):
        reasons: dict[str, list[str]] = {}
        for each in found.tests:
            if each.outcome == outcome:
                reasons.setdefault(each.reason, []).append(each.test)
        groups = [f"{', '.join(tests)} ({reason})" for reason, tests in reasons.items()]
        lines += [f"{told}: {'; '.join(groups)}"] if groups else []
    return _section(
        f"tests of the answer: {_found(found)}, {counted(found.solves, 'solve')}, {found.seconds:.2f} s", lines
    )


def _found(report: "BatteryReport") -> str:
    """How many findings there are: contradictions are told apart from what is worth a look."""
    wrong = len(report.contradictions)
    doubtful = len(report.findings) - wrong
    told = [f"{wrong} contradiction{'s' * (wrong != 1)}"] if wrong else []
    told += [f"{doubtful} worth a look"] if doubtful else []
    return ", ".join(told) or "0 findings"


def _table(title: str, heads: Row, rows: Sequence[Row]) -> str:
    return _section(title, _lines(heads, rows)) if rows else ""


def _lines(heads: Row, rows: Sequence[Row]) -> list[str]:
    shown = [heads, *rows[:MOST_ROWS]]
    right = tuple(range(1, len(heads)))
    return [*aligned(shown, right=right, widest=WIDEST_CELL), *_more(len(rows) - MOST_ROWS)]


def _first(lines: Sequence[str]) -> list[str]:
    return [*lines[:MOST_ROWS], *_more(len(lines) - MOST_ROWS)]


def _more(count: int) -> list[str]:
    return [f"... and {count:,} more; --format json shows all"] if count > 0 else []


def _short(name: str) -> str:
    return name if len(name) <= 20 else f"{name[:17]}..."


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)])
