"""Conflicts in words: each requirement with its numbers and the user's own words, in sentences that name them all."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from steepest.errors import SteepestError
from steepest.solvers.display import format_number, named
from steepest.solvers.formulation import Constraint, Variable
from steepest.solvers.infeasibility.limits import Limits
from steepest.solvers.infeasibility.records import Conflict, ConflictMember, RequirementKind
from steepest.solvers.infeasibility.reduction import Elements
from steepest.solvers.infeasibility.requirements import Requirement
from steepest.solvers.language.expressions import Expression, Label
from steepest.solvers.language.spelling import spell, spell_head
from steepest.solvers.language.substitution import with_labels
from steepest.solvers.provenance import Provenance, cited, quotes_in
from steepest.solvers.vectorized.columns import SEMICONTINUOUS
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

MOST_TERMS = 6
MOST_TOLD = 5
"""Rows of one constraint that are told one by one in a sentence."""


def row_members(model: CompiledModel, requirements: Sequence[Requirement]) -> list[ConflictMember]:
    """The requirements of a compiled model, row by row; those of many columns as one member."""
    limits, provenance = Limits(model), Provenance(model.instance.formulation)
    found = []
    for each in requirements:
        if each.kind == "constraint":
            found += [_row_member(model, limits, provenance, int(row)) for row in each.at]
        else:
            found += _column_members(model, provenance, each)
    return found


def element_members(elements: Elements, requirements: Sequence[Requirement]) -> list[ConflictMember]:
    """The requirements as elements of the formulation, row by row where they are few or not all of an element."""
    declared = [each for each in elements.requirements() if each.kind != "constraint"]
    bounds = compile_formulation(elements.reduced(declared), elements.data)
    starts = {block.name: block.start for block in bounds.variables}
    provenance = Provenance(elements.formulation)
    found = []
    for each in requirements:
        if each.kind == "constraint":
            found += _constraint_members(elements, provenance, each)
        else:
            columns = Requirement(each.kind, each.name, each.at + starts[each.name])
            found += _column_members(bounds, provenance, columns)
    return found


def _constraint_members(elements: Elements, provenance: Provenance, requirement: Requirement) -> list[ConflictMember]:
    constraint = next(each for each in elements.formulation.constraints if each.name == requirement.name)
    is_whole = len(requirement) == elements.size(requirement.name)
    if constraint.index is not None and is_whole and len(requirement) > MOST_TOLD:
        return [_written(constraint, provenance, None)]
    rows = _linear_rows(elements, requirement)
    if rows is not None:
        return row_members(rows, [Requirement("constraint", constraint.name, np.arange(rows.rows))])
    return [_written(constraint, provenance, elements.labels(constraint.name, int(row))) for row in requirement.at]


def _linear_rows(elements: Elements, requirement: Requirement) -> CompiledModel | None:
    """The rows of a constraint in numbers; None where they are not linear as they are written."""
    try:
        model = compile_formulation(elements.reduced([requirement]), elements.data)
    except SteepestError:  # a term of it has no linear form, least of all without bounds
        return None
    return None if model.is_rewritten else model


def _written(constraint: Constraint, provenance: Provenance, labels: Mapping[str, Label] | None) -> ConflictMember:
    """A constraint as it is written; with the labels of an index tuple, if they are given, in place of its names."""
    is_family = labels is None and constraint.index is not None
    head = f" for {spell_head(constraint.index)}" if is_family and constraint.index is not None else ""
    body = with_labels(constraint.body, labels or {})
    return ConflictMember(
        kind="constraint",
        name=constraint.name,
        index=None if is_family else tuple((labels or {}).values()),
        text=spell(body, bare=lambda _: labels is not None) + head,
        quotes=quotes_in(provenance.of_constraint(constraint.name)),
        place=constraint.place,
    )


def conflict_in_words(members: Sequence[ConflictMember], is_minimal: bool, solves: int, seconds: float) -> Conflict:
    """The conflict with its sentences."""
    kinds = groupby(members, key=lambda member: (member.kind, member.name))
    phrases = [_phrase(list(group)) for _, group in kinds]
    if len(phrases) == 1:
        first = f"{phrases[0]} can't be met" + ("." if len(members) == 1 else " all at once.")
        sentences = [first]
    else:
        sentences = [
            f"{phrases[0]} conflicts with:" if len(phrases) > 2 else f"{phrases[0]} conflicts with {phrases[1]}."
        ]
        sentences += [f"  - {phrase}" for phrase in phrases[1:]] if len(phrases) > 2 else []
    if not is_minimal:
        sentences.append("(not proven smallest: some of these may not be needed for the conflict)")
    return Conflict(
        members=tuple(members), is_minimal=is_minimal, sentences=tuple(sentences), solves=solves, seconds=seconds
    )


def _phrase(members: list[ConflictMember]) -> str:
    """One constraint's or variable's part of a conflict, such as `flour_stock (at most 40 kg, "40 kg of flour")`."""
    first = members[0]
    told = [_told(member) for member in members[:MOST_TOLD]]
    if len(members) > MOST_TOLD:
        told.append(f"and {len(members) - MOST_TOLD:,} more of {first.name}")
    quotes = dict.fromkeys(quote for member in members for quote in member.quotes)
    words = cited(quotes)
    if len(members) == 1 and first.kind == "constraint":
        name = named(first.name, first.index or ())
        limit = f"{first.limit}: {first.text}" if first.limit else first.text
        return f"{name} ({limit}{', ' + words if words else ''})"
    return ", ".join(told) + (f" ({words})" if words else "")


def _told(member: ConflictMember) -> str:
    if member.kind != "constraint":
        return member.text
    return f"{named(member.name, member.index or ())} ({member.limit or member.text})"


def row_text(model: CompiledModel, row: int) -> str:
    """A row in numbers, `0.5 bake[bread] + 0.8 bake[cake] <= 40`."""
    part = slice(int(model.row_starts[row]), int(model.row_starts[row + 1]))
    columns, coefficients = model.row_columns[part].tolist(), model.row_coefficients[part].tolist()
    terms = [_term(value, model.column_name(column)) for value, column in zip(coefficients, columns, strict=True)]
    shown = terms[:MOST_TERMS] if len(terms) > MOST_TERMS + 1 else terms
    left = " ".join(shown).removeprefix("+ ") or "0"
    left = "-" + left[2:] if left.startswith("- ") else left
    left += f" + ... ({len(terms) - len(shown):,} more terms)" if len(shown) < len(terms) else ""
    low, high = float(model.row_lower[row]), float(model.row_upper[row])
    if low == high:
        return f"{left} == {format_number(low)}"
    if np.isfinite(low) and np.isfinite(high):
        return f"{format_number(low)} <= {left} <= {format_number(high)}"
    return f"{left} <= {format_number(high)}" if np.isfinite(high) else f"{left} >= {format_number(low)}"


def _term(coefficient: float, name: str) -> str:
    size = "" if abs(coefficient) == 1 else f"{format_number(abs(coefficient))} "
    return f"{'-' if coefficient < 0 else '+'} {size}{name}"


def _row_member(model: CompiledModel, limits: Limits, provenance: Provenance, row: int) -> ConflictMember:
    _, block = limits.block(row)
    sources = provenance.of_constraint(block.name)
    return ConflictMember(
        kind="constraint",
        name=block.name,
        index=limits.index(row),
        text=row_text(model, row),
        limit=" and ".join(limit.words for limit in limits.of_row(row)),
        quotes=quotes_in(sources),
        place=sources[0].place,
    )


def _column_members(model: CompiledModel, provenance: Provenance, requirement: Requirement) -> list[ConflictMember]:
    formulation = model.instance.formulation
    variable = next(each for each in formulation.variables if each.name == requirement.name)
    block = next(each for each in model.variables if each.name == requirement.name)
    if len(requirement) > MOST_TOLD:
        return [_variable_member(provenance, variable, requirement.kind)]
    whole = _variable_member(provenance, variable, requirement.kind)
    return [
        whole.model_copy(
            update={
                "index": model.variable_index(block, int(column) - block.start),
                "text": _column_text(model, int(column), requirement.kind),
            }
        )
        for column in requirement.at
    ]


def _column_text(model: CompiledModel, column: int, kind: RequirementKind) -> str:
    name = model.column_name(column)
    low, high = format_number(float(model.lower[column])), format_number(float(model.upper[column]))
    if kind == "lower bound":
        return f"{name} >= {low}"
    if kind == "upper bound":
        return f"{name} <= {high}"
    if model.types[column] == SEMICONTINUOUS:
        return f"{name} is 0 or in {low}..{high}"
    return f"{name} is a whole number"


def _variable_member(provenance: Provenance, variable: Variable, kind: RequirementKind) -> ConflictMember:
    """A bound or the domain of a whole variable."""
    bound: Expression | None = {"lower bound": variable.lower, "upper bound": variable.upper}.get(kind)
    name = f"{variable.name}[{spell_head(variable.index)}]" if variable.index is not None else variable.name
    return ConflictMember(
        kind=kind,
        name=variable.name,
        index=None if variable.index is not None else (),
        text=f"{name} {_asked(variable, kind, bound)}",
        quotes=quotes_in(provenance.of_bound(variable.name, bound)),
        place=variable.place,
    )


def _asked(variable: Variable, kind: RequirementKind, bound: Expression | None) -> str:
    if kind == "domain":
        low, high = (spell(each) if each is not None else "" for each in (variable.lower, variable.upper))
        return f"is 0 or in {low or '0'}..{high}" if variable.domain == "semicontinuous" else "is a whole number"
    if kind == "lower bound":
        return f">= {spell(bound) if bound is not None else '0'}"
    return f"<= {spell(bound) if bound is not None else '1'}"
