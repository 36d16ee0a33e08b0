"""Tables of the page: decisions, limits that bind, versions side by side."""

from collections.abc import Iterable, Sequence

from steepest.agents.chat.comparing import Comparison
from steepest.solvers.display import (
    Row,
    binding_row,
    format_number,
    meanings_of,
    shown_first,
    variable_row,
)
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution
from steepest.traces.rendering.markup import Content, Markup, element, joined

__all__ = ["binding_table", "compared_table", "decision_table"]

_MOST_ROWS = 200


def decision_table(formulation: Formulation, solution: Solution) -> Markup:
    """Every decision that is not zero, and some of those that are."""
    meanings = meanings_of(formulation)
    shown, hidden = shown_first(solution.variables, _MOST_ROWS)
    rows = [variable_row(each, meanings) for each in shown]
    return joined(_table(("decision", "value", "unit", "meaning"), rows), _note(hidden))


def binding_table(formulation: Formulation, solution: Solution) -> Markup:
    """The limits that are met to the last."""
    meanings = meanings_of(formulation)
    rows = [binding_row(each, meanings, solution.units) for each in solution.binding[:_MOST_ROWS]]
    hidden = len(solution.binding) - len(rows)
    return joined(_table(("limit", "met at", "worth", "meaning"), rows), _note(f"and {hidden} more" if hidden else ""))


def compared_table(found: Comparison) -> Markup:
    """Versions side by side."""
    rows: list[Sequence[Content]] = [
        ("outcome", *found.outcomes),
        ("objective", *map(_number, found.objectives)),
        ("change", *map(_signed, found.differences)),
        *((name, *map(_number, values)) for name, values in found.decisions),
    ]
    hidden = f"and {found.hidden} more decisions that differ" if found.hidden else ""
    table = _table(("", *found.names), rows)
    edits = element("div", "\n".join(found.edits), class_="log") if found.edits else Markup()
    return element("div", table, *(_note(line) for line in found.limits), _note(hidden), edits, class_="compared")


def _table(heads: Sequence[Content], rows: Iterable[Sequence[Content] | Row]) -> Markup:
    """A table without the columns in which nothing stands."""
    rows = list(rows)
    filled = [place for place in range(len(heads)) if place == 0 or any(row[place] for row in rows)]
    head = element("tr", *(element("th", heads[place], scope="col") for place in filled))
    body = [element("tr", *(element("td", row[place]) for place in filled)) for row in rows]
    table = element("table", element("thead", head), element("tbody", *body))
    return element("div", table, class_="scroll", tabindex=0)


def _note(text: str) -> Markup:
    return element("p", text, class_="note") if text else Markup()


def _number(value: float | None) -> str:
    return "–" if value is None else format_number(value)


def _signed(value: float | None) -> str:
    return "" if value is None else ("+" if value > 0 else "") + format_number(value)
