"""Writes the text face of a formulation in its one canonical form; `reader` reads it back as the same formulation."""

import json
from collections.abc import Iterator, Sequence

from steepest.solvers.formulation import (
    Constraint,
    Element,
    Formulation,
    NamedExpression,
    Objective,
    Parameter,
    Set,
    TableSource,
    Variable,
)
from steepest.solvers.language.expressions import Head, Range
from steepest.solvers.language.labels import vocabulary
from steepest.solvers.language.spelling import BareLabels, is_identifier, spell, spell_head, spell_operand
from steepest.solvers.text.comments import write_comment
from steepest.solvers.text.known import KnownSets
from steepest.solvers.text.printer_tables import (
    DATA_WORDS,
    record_cells,
    record_groups,
    spell_braces,
    spell_key,
    spell_table,
    spell_value,
    tabular,
)

MAX_WIDTH = 100
"""Longest line of data that is written in braces rather than as a table."""

_MARGIN = "  "


def print_formulation(formulation: Formulation) -> str:
    """The five-element text of a formulation.

    Reading it gives an equal formulation, unless that is one which the reader refuses (a strict inequality, a name that
    is declared twice); printing what was read gives the same text.
    """
    lines = list(_Printer(formulation).lines())
    if len(lines) <= bool(formulation.title):
        lines.append("sets:")  # a text without any section would be no formulation
    return "\n".join(lines) + "\n"


class _Printer:
    """The formulation, and which of its labels go without quotes."""

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.bare: BareLabels = vocabulary(formulation).may_be_bare
        scalars = {p.name: p.value for p in formulation.parameters if p.index is None and p.value is not None}
        self.known = KnownSets(formulation.sets, scalars)

    def lines(self) -> Iterator[str]:
        formulation = self.formulation
        if formulation.title:
            yield f"# {formulation.title}"
        yield from _section("sets", [self.set(each) for each in formulation.sets])
        yield from _section("parameters", list(self.parameters()))
        yield from _section("variables", [self.variable(each) for each in formulation.variables])
        yield from _section("let", [self.let(each) for each in formulation.lets])
        yield from (self.objective(each) for each in formulation.objectives)
        yield from _section("constraints", [self.constraint(each) for each in formulation.constraints])

    def named(self, name: str, index: Head | None) -> str:
        return f"{name}[{spell_head(index, self.bare)}]" if index is not None else name

    def set(self, each: Set) -> str:
        text = self.named(each.name, each.index)
        if each.table is not None:
            text += f" {'= ' if each.name == 'table' else ''}{_source(each.table)}"
        elif each.members is not None:
            text += f" = {spell(each.members, self.bare)}"
        else:
            families = (f"{spell_key(family.index)}: {spell(family.members, self.bare)}" for family in each.families)
            text += f" = {{{', '.join(families)}}}"
        return _element(text, each, None, with_unit=False)

    def parameters(self) -> Iterator[str]:
        for group in record_groups(self.formulation.parameters, self.known):
            if len(group) == 1:
                yield from self.parameter(group[0])
            else:
                source = spell_head(group[0].index) if group[0].index is not None else ""
                yield f"{_MARGIN}table {source}:"
                yield from spell_table(record_cells(group, source, self.bare))

    def parameter(self, each: Parameter) -> Iterator[str]:
        name = self.named(each.name, each.index)
        default = f" default {_number(each.default)}" if each.default is not None else ""
        room = MAX_WIDTH - len(name) - len(default) - len(_MARGIN) - len(" = ")
        table = tabular(each, self.known, self.bare, room) if each.values else None
        if table is not None:
            yield _element(f"table {name}{default}:", each, each.unit)
            yield from spell_table(table)
        else:
            yield _element(f"{self.value(name, each)}{default}", each, each.unit)

    def value(self, name: str, each: Parameter) -> str:
        """The name of a parameter and what it is worth."""
        if each.table is not None:
            return (
                f"table {name} {_source(each.table)}" if each.index is not None else f"{name} = {_source(each.table)}"
            )
        if each.values:
            return f"{name} = {spell_braces(each.values, self.bare)}"
        if each.expression is not None:
            text = spell(each.expression, self.bare)
            return f"{name} = {f'({text})' if text in DATA_WORDS else text}"
        return f"{name} = {spell_value(each.value, self.bare) if not each.missing else 'missing'}"

    def variable(self, each: Variable) -> str:
        text = f"{self.named(each.name, each.index)}: {each.domain}"
        if each.lower is not None and each.upper is not None:
            text += f" in {spell(Range(each.lower, each.upper), self.bare)}"
        elif each.lower is not None:
            text += f" >= {spell_operand(each.lower, self.bare)}"
        elif each.upper is not None:
            text += f" <= {spell_operand(each.upper, self.bare)}"
        return _element(text, each, each.unit)

    def let(self, each: NamedExpression) -> str:
        text = f"{self.named(each.name, each.index)} = {spell(each.expression, self.bare)}"
        return _element(text, each, each.unit)

    def objective(self, each: Objective) -> str:
        rank = f"[{each.priority}]" if each.priority is not None else ""
        weight = f" weight {_number(each.weight)}" if each.weight is not None else ""
        text = f"{each.sense}{rank}{weight}: {spell(each.expression, self.bare)}"
        return _element(text, each, each.unit).removeprefix(_MARGIN)

    def constraint(self, each: Constraint) -> str:
        text = f"{self.named(each.name, each.index)}: {spell(each.body, self.bare)}"
        return _element(text, each, None, with_unit=False)


def _section(name: str, lines: Sequence[str]) -> list[str]:
    return [f"{name}:", *lines] if lines else []


def _element(text: str, element: Element, unit: str | None, *, with_unit: bool = True) -> str:
    """The line of an element with its comment."""
    comment = write_comment(unit, element.quotes, element.note, with_unit=with_unit)
    return f"{_MARGIN}{text}   {comment}" if comment else f"{_MARGIN}{text}"


def _source(table: TableSource) -> str:
    columns = ", ".join(each if is_identifier(each) else _quoted(each) for each in table.columns)
    return f"from {_quoted(table.path)}" + (f" ({columns})" if columns else "")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
