"""How formulations and solutions show themselves: at a prompt, in a notebook, and in the command line's tables.

Names, notes and labels come from a model or a file, so whatever goes into HTML is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from steepest.solvers.language.spelling import spell_head

if TYPE_CHECKING:
    from steepest.solvers.formulation import Element, Formulation, NamedExpression, Parameter, Set, Variable
    from steepest.solvers.solution import BindingConstraint, Solution, VariableValue
    from steepest.solvers.units.answer_units import AnswerUnits

SHOWN_IN_REPR = 10
SHOWN_IN_HTML = 60

Row = Sequence[str]


def format_number(value: float) -> str:
    """A number without the noise of floating point: ten significant digits, no `-0`."""
    return f"{value:.10g}" if value else "0"


def counted(count: int, noun: str) -> str:
    """A count with its noun, in the plural unless it is 1."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def with_unit(text: str, unit: str | None) -> str:
    """A number's text with its unit behind it, where that is known."""
    return f"{text} {unit}" if unit else text


def named(name: str, index: Sequence[object]) -> str:
    """A name with its index, `ship[Basel, Chur]`."""
    return f"{name}[{', '.join(str(label) for label in index)}]" if index else name


def meaning(element: "Element") -> str:
    """What an element stands for in the user's own words: its note, or else the passages it comes from."""
    return element.note or "; ".join(f'"{quote}"' for quote in element.quotes)


def variable_row(variable: "VariableValue", meanings: dict[str, str]) -> Row:
    """Name, value, unit and meaning of a variable at one index."""
    return (
        named(variable.name, variable.index),
        format_number(variable.value),
        variable.unit or "",
        meanings.get(variable.name, ""),
    )


def binding_row(constraint: "BindingConstraint", meanings: dict[str, str], units: "AnswerUnits | None" = None) -> Row:
    """Name, what holds with equality, dual and meaning of a binding constraint."""
    unit = units.constraints.get(constraint.name) if units is not None else None
    worth = units.duals.get(constraint.name) if units is not None else None
    return (
        named(constraint.name, constraint.index),
        with_unit(_tight_side(constraint), unit),
        "" if constraint.dual is None else with_unit(f"dual {format_number(constraint.dual)}", worth),
        meanings.get(constraint.name, ""),
    )


def _tight_side(constraint: "BindingConstraint") -> str:
    activity = format_number(constraint.activity)
    lower, upper = constraint.lower, constraint.upper
    if lower is not None and lower == upper:
        return f"{activity} == {format_number(lower)}"
    if upper is not None and (lower is None or abs(constraint.activity - upper) <= abs(constraint.activity - lower)):
        return f"{activity} <= {format_number(upper)}"
    return f"{activity} >= {format_number(lower)}" if lower is not None else activity


def shown_first(variables: Sequence["VariableValue"], most: int) -> tuple[list["VariableValue"], str]:
    """The variables to show where there is no room for all, and a line that counts the others.

    Those that are not zero come first, since in most answers they are the few that say something.
    """
    if len(variables) <= most:
        return list(variables), ""
    shown = [variable for variable in variables if variable.value][:most]
    hidden = len(variables) - len(shown)
    zeros = sum(not variable.value for variable in variables)
    return shown, f"... and {hidden:,} more" + (f", of them {zeros:,} at 0" if zeros else "")


def meanings_of(formulation: "Formulation") -> dict[str, str]:
    """The meaning of every variable and constraint that has one, by name.

    A constraint without words of its own is told by those of the parameters in it.
    """
    from steepest.solvers.provenance import Provenance, cited, quotes_in  # which reads formulations itself

    provenance = Provenance(formulation)
    found = {variable.name: meaning(variable) for variable in formulation.variables}
    for constraint in formulation.constraints:
        found[constraint.name] = meaning(constraint) or cited(quotes_in(provenance.of_constraint(constraint.name)))
    return {name: text for name, text in found.items() if text}


def assumptions_of(formulation: "Formulation") -> list[str]:
    """What a formulation takes for granted: the name and the note of each element whose note says so."""
    data: list[Set | Parameter] = [*formulation.sets, *formulation.parameters]
    decisions: list[Variable | NamedExpression] = [*formulation.variables, *formulation.lets]
    elements: list[tuple[str, Element]] = [(element.name, element) for element in data]
    elements += [(element.name, element) for element in decisions]
    elements += [("objective", element) for element in formulation.objectives]
    elements += [(element.name, element) for element in formulation.constraints]
    return [f"{name}: {element.note}" for name, element in elements if element.is_assumed]


def formulation_repr(formulation: "Formulation") -> str:
    """The title and how many elements there are of each kind, in one line."""
    counts = ", ".join(_counted(formulation))
    return f"<Formulation {formulation.title!r}: {counts or 'empty'}>"


def _counted(formulation: "Formulation") -> Iterable[str]:
    kinds = ("sets", "parameters", "variables", "lets", "objectives", "constraints")
    for kind in kinds:
        count = len(getattr(formulation, kind))
        if count:
            yield f"{count} {kind if count > 1 else kind.removesuffix('s')}"


def formulation_html(formulation: "Formulation") -> str:
    """A table of the variables and constraints, and below it the five-element text."""
    rows = [("variable", *_element_row(v.name, v, v.unit)) for v in formulation.variables]
    rows += [("constraint", *_element_row(c.name, c, None)) for c in formulation.constraints]
    parts = [f"<p><b>{escape(formulation.title)}</b></p>"] if formulation.title else []
    parts.append(_html_table(("element", "name", "unit", "meaning"), rows))
    parts.append(f"<details><summary>formulation</summary><pre>{escape(formulation.to_text())}</pre></details>")
    return "\n".join(parts)


def formulation_latex(formulation: "Formulation") -> str:
    """The formulation in mathematical notation, as notebooks show it."""
    from steepest.solvers.export.faces import to_latex

    return to_latex(formulation)


def _element_row(name: str, element: "Element", unit: str | None) -> Row:
    head = getattr(element, "index", None)
    return (f"{name}[{spell_head(head)}]" if head is not None else name, unit or "", meaning(element))


def first_objective(formulation: "Formulation | None", solution: "Solution") -> tuple[str | None, float, str | None]:
    """Sense, value and unit of the objective, of several that are ranked the first; of none the value 0."""
    if solution.objectives:
        first = solution.objectives[0]
        return first.sense, first.value, first.unit
    objective = formulation.objectives[0] if formulation and formulation.objectives else None
    value = solution.objective or 0.0
    return (objective.sense, value, objective.unit or solution.units.objective) if objective else (None, value, None)


def solution_repr(solution: "Solution") -> str:
    """Status and objective, then the first variables, one a line."""
    objective = "" if solution.objective is None else f", objective {format_number(solution.objective)}"
    lines = [f"<Solution {solution.status}{objective}>"]
    shown, hidden = shown_first(solution.variables, SHOWN_IN_REPR)
    lines += [f"  {' '.join(part for part in _assignment(variable) if part)}" for variable in shown]
    lines += [f"  {text}" for text in (hidden, solution.message, solution.note) if text]
    lines += [f"  {line}" for line in _why(solution)]
    return "\n".join(lines)


def _why(solution: "Solution") -> list[str]:
    """Why there is no answer, where that was asked for."""
    return solution.explanation.lines if solution.explanation is not None else []


def _assignment(variable: "VariableValue") -> Row:
    name, value, unit, _ = variable_row(variable, {})
    return (name, "=", value, unit)


def solution_html(solution: "Solution") -> str:
    """Status and objective, a table of the variables and one of the binding constraints."""
    objective = "" if solution.objective is None else f", objective {format_number(solution.objective)}"
    shown, hidden = shown_first(solution.variables, SHOWN_IN_HTML)
    parts = [f"<p><b>{escape(solution.status)}</b>{objective}</p>"]
    parts += [f"<p>{escape(text)}</p>" for text in (solution.message, solution.note) if text]
    parts += [f"<p>{escape(line)}</p>" for line in _why(solution)]
    if shown:
        parts.append(_html_table(("variable", "value", "unit"), [variable_row(v, {})[:3] for v in shown]))
    if hidden:
        parts.append(f"<p>{escape(hidden)}</p>")
    if solution.binding:
        rows = [binding_row(constraint, {}, solution.units)[:3] for constraint in solution.binding[:SHOWN_IN_HTML]]
        parts.append(_html_table(("binding constraint", "", ""), rows))
    if len(solution.binding) > SHOWN_IN_HTML:
        parts.append(f"<p>... and {len(solution.binding) - SHOWN_IN_HTML:,} more binding constraints</p>")
    return "\n".join(parts)


def _html_table(heads: Row, rows: Sequence[Row]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
