"""The answer in words, made from the numbers of formulation and solution alone: no model is asked, no number drifts."""

from collections.abc import Collection, Iterator, Sequence

from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.reading.telling import left_out, origins
from steepest.agents.modeling.readings.telling import told as told_readings
from steepest.agents.modeling.testing_words import told_findings
from steepest.solvers.changes.change import Target
from steepest.solvers.changes.touching import touches
from steepest.solvers.checks.symbols import names_in
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.display import first_objective, format_number, meaning, named
from steepest.solvers.formulation import Constraint, Element, Formulation, Parameter, Variable
from steepest.solvers.language.expressions import Label
from steepest.solvers.solution import BindingConstraint, Solution, VariableValue

MOST_VALUES = 30
"""Values that are told one by one; the rest is counted."""
MOST_LIMITS = 12
MOST_FINDINGS = 8

_OPENINGS = {
    "not_a_problem": "This is no optimization problem: {reason}",
    "not_formulated": "The problem was not formulated: no reply of {model} could be used.",
    "missing_data": "The problem was formulated, but data are missing that its text does not give.",
    "unsupported": "The problem was formulated, but its solver does not take it: {reason}",
    "infeasible": "The problem has no answer: {reason}",
    "unbounded": "The problem has no best answer: {reason}",
    "stopped": "The work was stopped before its end: {reason}",
    "solved": "{title}",
}


def explain(answer: Answer, reason: str = "", *, is_grounded: bool = True, changed: Collection[Target] = ()) -> str:
    """What came of a problem, in words.

    Args:
        answer: The answer, complete but for its explanation.
        reason: Why, for an outcome without a solution.
        is_grounded: Whether its numbers and quotes were looked for in the text; they are not after a change.
        changed: Cells of parameters and rows of constraints that the person changed: their limits are told in numbers.
    """
    return "\n\n".join(section for section in _sections(answer, reason, is_grounded, changed) if section)


def _sections(answer: Answer, reason: str, is_grounded: bool, changed: Collection[Target]) -> Iterator[str]:
    formulation, solution = answer.formulation, answer.solution
    title = formulation.title if formulation is not None else ""
    yield _OPENINGS[answer.outcome].format(reason=reason or "no reason was given", model=answer.model, title=title)
    if formulation is not None and solution is not None and solution.objective is not None:
        yield _result(formulation, solution)
        yield _list("What to do:", _decisions(formulation, solution.variables))
        yield _list("What limits it:", _limits(formulation, solution.binding, changed))
    if solution is not None and solution.explanation is not None:
        yield "\n".join(solution.explanation.lines)
    yield _list("What is missing:", answer.missing)
    yield _list("Assumed:", answer.assumptions)
    yield told_readings(answer.ambiguity)
    yield _list("In the text, but not in the model:", left_out(answer.reading, answer.problem))
    yield f"Where the model's numbers come from: {origins(answer.reading)}." if answer.reading.origins else ""
    yield _list("Experience it draws on:", [f"{each.title} ({each.id})" for each in answer.insights if each.cited])
    if answer.outcome == "not_formulated":
        yield _list("What was wrong at last:", _findings(answer.diagnostics, "error"))
    elif formulation is not None:
        yield _checked(answer, is_grounded)
    yield told_findings(answer.battery)


def _list(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)]) if lines else ""


def _result(formulation: Formulation, solution: Solution) -> str:
    if not formulation.objectives:
        return "These values meet every constraint; nothing was to be made best."
    lower = [f"{each.sense.removesuffix('e')}ed {_quantity(each.value, each.unit)}" for each in solution.objectives[1:]]
    return _first_result(formulation, solution) + (f" Next in rank: {', then '.join(lower)}." if lower else "")


def _first_result(formulation: Formulation, solution: Solution) -> str:
    objective = min(formulation.objectives, key=lambda each: each.priority or 1)
    _, reached, unit = first_objective(formulation, solution)
    value = _quantity(reached, unit)
    kind = "greatest" if objective.sense == "maximize" else "least"
    if solution.is_solved:
        return f"The {kind} possible value is {value}{_told(objective)}."
    text = f"The best value found is {value}{_told(objective)}; it is not proven to be the {kind} possible"
    return f"{text} (bound {format_number(solution.bound)})." if solution.bound is not None else f"{text}."


def _told(element: Element) -> str:
    return f" ({meaning(element)})" if meaning(element) else ""


def _decisions(formulation: Formulation, values: Sequence[VariableValue]) -> list[str]:
    """The values that are not zero with their meaning, and how many are zero."""
    declared = {variable.name: variable for variable in formulation.variables}
    few = len(values) <= MOST_VALUES
    shown = [value for value in values if value.value or few]
    lines = [_decision(value, declared.get(value.name)) for value in shown[:MOST_VALUES]]
    if len(shown) > MOST_VALUES:
        lines.append(f"and {len(shown) - MOST_VALUES:,} more")
    if len(shown) < len(values):
        lines.append(f"{len(values) - len(shown):,} others are 0")
    return lines


def _decision(value: VariableValue, variable: Variable | None) -> str:
    name = _in_words(value.name, value.index)
    told = _told(variable) if variable is not None and not variable.is_assumed else ""
    if variable is not None and variable.domain == "binary":
        return f"{name}: {'yes' if value.value > 0.5 else 'no'}{told}"
    return f"{name}: {_quantity(value.value, value.unit)}{told}"


def _limits(formulation: Formulation, binding: Sequence[BindingConstraint], changed: Collection[Target]) -> list[str]:
    """The constraints that the answer touches, with the words they come from; equations only if there is no other."""
    declared = {constraint.name: constraint for constraint in formulation.constraints}
    limits = [each for each in binding if each.lower is None or each.lower != each.upper] or list(binding)
    lines = [_limit(formulation, each, declared.get(each.name), changed) for each in limits[:MOST_LIMITS]]
    if len(limits) > MOST_LIMITS:
        lines.append(f"and {len(limits) - MOST_LIMITS:,} more")
    return lines


def _limit(
    formulation: Formulation, binding: BindingConstraint, constraint: Constraint | None, changed: Collection[Target]
) -> str:
    text = _in_words(binding.name, binding.index)
    if constraint is not None and any(touches(each, constraint, binding.index, formulation) for each in changed):
        text += f": {_in_numbers(formulation, binding, changed)}, changed by you"
    elif constraint is not None and (source := _source(formulation, constraint)):
        text += f": {source}"
    if binding.dual:
        text += f" (one unit more on the limit changes the objective by {format_number(binding.dual)})"
    return text


def _in_numbers(formulation: Formulation, binding: BindingConstraint, changed: Collection[Target]) -> str:
    """The limit that the answer is at, in the unit of the changed parameter that it is."""
    ends = (binding.lower, binding.upper)
    at = min((end for end in ends if end is not None), key=lambda end: abs(end - binding.activity), default=None)
    if at is None:
        return format_number(binding.activity)
    names = {each.name for each in changed}
    units = [each.unit for each in formulation.parameters if each.name in names and each.value == at]
    kind = "exactly" if binding.lower == binding.upper else "at most" if at == binding.upper else "at least"
    return f"{kind} {_quantity(at, next(iter(units), None))}"


def _source(formulation: Formulation, constraint: Constraint) -> str:
    """The passages that a constraint comes from: its own, else those of the parameters in it."""
    if meaning(constraint):
        return meaning(constraint)
    used = names_in(constraint.body)
    quoted: list[Parameter] = [each for each in formulation.parameters if each.name in used and each.quotes]
    return "; ".join(f'"{quote}"' for parameter in quoted for quote in parameter.quotes)


def _in_words(name: str, index: Sequence[Label]) -> str:
    return named(name.replace("_", " "), index)


def _quantity(value: float, unit: str | None) -> str:
    return f"{format_number(value)} {unit}" if unit else format_number(value)


def _findings(diagnostics: Sequence[Diagnostic], severity: str) -> list[str]:
    found = [f"{item.element}: {item.message}" if item.element else item.message for item in diagnostics
             if item.severity == severity]  # fmt: skip
    more = [f"and {len(found) - MOST_FINDINGS} more"] if len(found) > MOST_FINDINGS else []
    return [*found[:MOST_FINDINGS], *more]


def _checked(answer: Answer, is_grounded: bool) -> str:
    """What the checks looked at, and what they doubt."""
    doubts = _findings(answer.diagnostics, "warning")
    looked = "names, indices and data" + (
        "; that numbers and quotes stand in the problem's text" if is_grounded else ""
    )
    if answer.solution is not None and answer.solution.objective is not None:
        looked += "; the answer against every constraint"
    return _list(f"Checked: {looked}. In doubt:", doubts) or f"Checked, and nothing found: {looked}."
