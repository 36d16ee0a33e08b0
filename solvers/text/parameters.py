"""Reads the statements of `parameters:` other than tables: scalars, literals, derived parameters, files."""

import re
from dataclasses import replace
from typing import Any

from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Parameter
from steepest.solvers.language.expressions import Head, LabelRef, Number
from steepest.solvers.language.labels import normalize_label
from steepest.solvers.text.cells import DECIMAL_COMMA, DEFAULT, CellError, Value, default_of, read_number
from steepest.solvers.text.draft import (
    Draft,
    Provenance,
    expression_at,
    head_at,
    make,
    provenance,
    table_source,
    tell_oddities,
)
from steepest.solvers.text.lines import closing_bracket, find_outside, masked
from steepest.solvers.text.literals import Cell, Layout, read_literal
from steepest.solvers.text.single_cells import is_single_cell, read_single_cell
from steepest.solvers.text.statements import Declaration, Statement, declaration, strip_end
from steepest.solvers.text.table_parameters import is_table, parameter_of_cells, read_grid_parameter, read_table

_ASSIGNMENT = re.compile(r"\s{0,80}(?::=|==|=|:|is\b)\s{0,80}")
_GRID = re.compile(r"(?P<symmetric>symmetric )?(?:matrix|tables?)?:?\Z")
_MISSING = frozenset({"missing", "?", "unknown", "null", "None", "not given", "TBD", "..."})
_WITH_UNIT = re.compile(r"(?P<number>[^A-Za-z]{1,40}?)\s{0,3}(?P<unit>[A-Za-z°][\w°]*(?: ?[/*^] ?[\w$€£^]+)*)\Z")
_WORDS_AROUND = frozenset({"thousand", "million", "billion", "for", "if", "in"})


def read_parameter(statement: Statement, draft: Draft) -> list[Parameter]:
    """The parameters that a statement declares; a table may declare several, and the set that its rows define.

    Raises:
        FormulationError: It declares none, or a number of it can't be one.
    """
    try:
        return _parameters(statement, draft)
    except CellError as error:
        raise problem("data", str(error), place=statement.place, repair=error.repair) from error


def _parameters(statement: Statement, draft: Draft) -> list[Parameter]:
    if is_table(statement):
        return read_table(statement, draft)
    statement = strip_end(statement)
    declared = declaration(statement)
    if declared is None:
        raise problem(
            "syntax",
            f"`{statement.code[:60]}` declares no parameter",
            place=statement.place,
            repair="write `name = value`, `name[Set] = {label: value}` or a table",
        )
    element = f"parameter {declared.name}"
    head = head_at(statement, declared, element, draft)
    if head is not None and is_single_cell(head, draft):
        read_single_cell(statement, declared, head, element, draft)
        return []
    return _Value(statement, declared, head, element, draft).parameters()


class _Value:
    """What stands behind the name and the head of one parameter."""

    def __init__(
        self, statement: Statement, declared: Declaration, head: Head | None, element: str, draft: Draft
    ) -> None:
        self.statement = statement
        self.declared = declared
        self.head = head
        self.element = element
        self.draft = draft
        self.details: Provenance = provenance(statement)
        self.default: Value = None

    def parameters(self) -> list[Parameter]:
        source = table_source(self.declared.rest[1])
        if source is not None:
            return [self.made(table=source[0], default=default_of(source[1]))]
        begin = self.assigned()
        text = self.without_default(self.statement.code[begin:])
        grid = _GRID.match(" ".join(text.split())) if len(text) < 60 else None
        if grid is not None:
            return self.grid(bool(grid["symmetric"]))
        if text.startswith(("{", "[")) and closing_bracket(text, 0) == len(text) - 1:
            return [self.literal(self.statement, begin)]
        bracketed = self.bracketed(begin, text)
        if bracketed is not None:
            return [self.literal(bracketed, begin)]
        return [self.scalar_or_derived(begin, text)]

    def bracketed(self, begin: int, text: str) -> Statement | None:
        """The statement with brackets around data that have none, or parentheses: `(3, 4)`, `corn: 3, beet: 2`."""
        if self.head is None:
            return None
        code = self.statement.code
        if text.startswith("(") and closing_bracket(text, 0) == len(text) - 1 and find_outside(text[1:-1], ",") >= 0:
            literal = f"[{text[1:-1]}]"
        elif text[:1] not in ("{", "[", "(") and find_outside(text, ":") > 0:
            literal = f"{{{text}}}"
        else:
            return None
        place = self.statement.place_at(begin)
        self.draft.note("spelling", f"`{text[:60]}` is read as `{literal[:60]}`", self.element, place)
        return replace(self.statement, code=code[:begin] + literal)

    def assigned(self) -> int:
        offset, rest = self.declared.rest
        match = _ASSIGNMENT.match(rest)
        if match is None:
            raise problem(
                "syntax",
                f"`=` and a value are missing behind `{self.declared.name}`",
                place=self.statement.place_at(offset),
                element=self.element,
                repair=f"write `{self.declared.name} = value`, or `= missing` for what the text does not give"
                if not rest.startswith("(")
                else f"an index stands in brackets: `{self.declared.name}[{rest[1:].partition(')')[0][:40]}]`",
            )
        sign = match.group().strip()
        if sign != "=":
            self.draft.note("spelling", f"`{sign}` is read as `=`", self.element, self.statement.place_at(offset))
        return offset + match.end()

    def without_default(self, text: str) -> str:
        """The text in front of `default 0`, which is kept."""
        at = masked(text).rfind("default")
        match = DEFAULT.match(text, at) if at > 0 and text[at - 1] in " ;,)]}\n\t" else None
        if match is None:
            return text.rstrip()
        self.default = read_number(match["value"], set())
        return text[:at].rstrip().rstrip(";,").rstrip()

    def made(self, **content: Any) -> Parameter:
        content.setdefault("default", self.default)
        content.setdefault("unit", self.details.unit)
        fields = self.details.fields(self.statement)
        return make(
            Parameter, self.statement, self.element, name=self.declared.name, index=self.head, **fields, **content
        )

    def grid(self, symmetric: bool) -> list[Parameter]:
        if self.head is None or not self.statement.rows:
            raise problem(
                "empty-table",
                f"the value of {self.declared.name} is missing",
                place=self.statement.place,
                element=self.element,
                repair=f"write a number, or `{self.declared.name} = missing` for what the text does not give",
            )
        return read_grid_parameter(
            self.statement, self.declared.name, self.head, self.default, self.draft, symmetric=symmetric
        )

    def literal(self, statement: Statement, begin: int) -> Parameter:
        oddities: set[str] = set()
        literal, _ = read_literal(statement, begin, self.element, oddities)
        axes = self.draft.known.axes(self.head) if self.head is not None else []
        cells: list[Cell] = Layout(axes, statement, self.element).cells(literal)
        tell_oddities(oddities, self.statement, self.element, self.draft)
        if not cells and self.default is not None:
            return self.made(value=self.default, default=None)
        return parameter_of_cells(
            self.statement, self.declared.name, self.head, cells, self.default, self.details, self.draft
        )

    def scalar_or_derived(self, begin: int, text: str) -> Parameter:
        if text in _MISSING:
            if text != "missing":
                note = f"`{text}` is read as `missing`"
                self.draft.note("spelling", note, self.element, self.statement.place_at(begin))
            return self.made(missing=True)
        number = self.number(text)
        if number is not None:
            return number
        expression = expression_at(self.statement, begin, text, self.element, self.draft)
        if isinstance(expression, LabelRef | Number):
            return self.made(value=expression.value)
        return self.made(expression=expression)

    def number(self, text: str) -> Parameter | None:
        """The parameter whose value is a number, with a currency sign or a unit behind it, or none."""
        oddities: set[str] = set()
        short = text if len(text) <= 80 and "/" not in text else ""
        try:
            value = read_number(short, oddities) if short else None
        except CellError as error:
            raise problem("data", str(error), place=self.statement.place, element=self.element) from error
        if value is not None:
            tell_oddities(oddities, self.statement, self.element, self.draft)
            unit = self.details.unit or next((sign for sign in text if sign in "$€£¥₹"), None)
            return self.made(value=normalize_label(value), unit=unit)
        if DECIMAL_COMMA.match(text):
            place, repair = self.statement.place, f"a decimal point is a dot: {text.replace(',', '.')}"
            raise problem("data", f"`{text}` is no number", place=place, element=self.element, repair=repair)
        return self.number_with_unit(text)

    def number_with_unit(self, text: str) -> Parameter | None:
        match = _WITH_UNIT.match(text) if len(text) <= 80 else None
        if match is None or match["unit"] in _WORDS_AROUND or not match["number"].strip():
            return None
        is_factor = not match["number"].endswith(" ") and text[match.end("number")] != " "
        value = read_number(match["number"].strip(), set()) if not is_factor else None
        if value is None or match["unit"] in self.draft.declared:
            return None
        note = f"`{match['unit']}` behind the number is read as its unit"
        self.draft.note("spelling", note, self.element, self.statement.place)
        return self.made(value=normalize_label(value), unit=self.details.unit or match["unit"])
