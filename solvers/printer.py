"""Writes the text face of a formulation in its one canonical form; `reader` reads it back as the same formulation."""

import json
from collections.abc import Iterable, Iterator, Sequence

from steepest.solvers.comments import write_comment
from steepest.solvers.expressions import BareLabels, Head, Label, Range, is_identifier, spell, spell_head, spell_operand
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
from steepest.solvers.labels import vocabulary
from steepest.solvers.printer_tables import braces, fits_in_braces, spell_value, table_rows, record_rows, recordable

MAX_WIDTH = 100
"""Longest line of data that is written in braces rather than as a table."""


def print_formulation(formulation: Formulation) -> str:
    """The five-element text of a formulation.

    Reading it gives an equal formulation, as long as that is one the reader doesn't refuse (a strict inequality, a name
    declared twice); printing what was read gives the same text.
    """
    return "\n".join(_Printer(formulation).lines()) + "\n"


class _Printer:
    """The formulation, and which of its labels go without quotes."""

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.bare: BareLabels = vocabulary(formulation).may_be_bare
        self.set_names = {each.name for each in formulation.sets}

    def lines(self) -> Iterator[str]:
        formulation = self.formulation
        if formulation.title:
            yield f"# {formulation.title}"
        yield from _section("sets", [self.set(each) for each in formulation.sets])
        yield from _section("parameters", self.parameters())
        yield from _section("variables", [self.variable(each) for each in formulation.variables])
        yield from _section("let", [self.let(each) for each in formulation.lets])
        yield from (self.objective(each) for each in formulation.objectives)
        yield from _section("constraints", [self.constraint(each) for each in formulation.constraints])

    def head(self, index: Head | None) -> str:
        return f"[{spell_head(index, self.bare)}]" if index is not None else ""

    def set(self, each: Set) -> str:
        name = f"{each.name}{self.head(each.index)}"
        if each.table is not None:
            text = f"{name} {_source(each.table)}"
        elif each.families:
            entries = (f"{self.key(f.index)}: {spell(f.members, self.bare)}" for f in each.families)
            text = f"{name} = {{{', '.join(entries)}}}"
        else:
            text = f"{name} = {spell(each.members, self.bare)}" if each.members is not None else name
        return _commented(text, each, with_unit=False)
