"""A formulation while it is being read: its elements so far, and how their parts are read from a statement."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from steepest.solvers.diagnostics import Diagnostics, Place, problem
from steepest.solvers.formulation import (
    Constraint,
    Element,
    NamedExpression,
    Objective,
    Parameter,
    Set,
    TableSource,
    Variable,
)
from steepest.solvers.language.expressions import Expression, Head, Label
from steepest.solvers.language.parser import parse_expression, parse_head
from steepest.solvers.text.comments import read_comment
from steepest.solvers.text.known import KnownSets
from steepest.solvers.text.lines import closing_bracket, split_outside
from steepest.solvers.text.statements import Declaration, Statement

E = TypeVar("E", bound=Element)

_FROM = re.compile(r'(?:=\s{0,20})?(?:table\s{1,20})?from\s{0,20}(?P<path>"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')\s{0,20}')


@dataclass(frozen=True, slots=True)
class SingleCell:
    """One cell of a parameter that is given label by label."""

    key: tuple[Label, ...]
    value: Label | None
    statement: Statement


@dataclass(slots=True)
class Draft:
    """The elements that have been read, and the findings."""

    diagnostics: Diagnostics
    title: str = ""
    sets: list[Set] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    lets: list[NamedExpression] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    known: KnownSets = field(default_factory=KnownSets)
    """What the sets contain; complete once the sets and the scalar parameters are read."""
    declared: frozenset[str] = frozenset()
    """The names of all sets, parameters, variables and named expressions of the text."""
    single_cells: dict[str, list[SingleCell]] = field(default_factory=dict)

    def note(self, code: str, message: str, element: str | None, place: Place | None) -> None:
        """Add a note about something that was normalized."""
        self.diagnostics.add("note", code, message, element=element, place=place)

    def add_set(self, made: Set) -> None:
        """Add a set that a table defines."""
        self.sets.append(made)
        self.known.add(made)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a statement's comment says."""

    unit: str | None
    quotes: tuple[str, ...]
    note: str

    def fields(self, statement: Statement) -> dict[str, Any]:
        """The fields that every element has."""
        return {"quotes": list(self.quotes), "note": self.note, "place": statement.place}


def provenance(statement: Statement, *, with_unit: bool = True) -> Provenance:
    """The parts of a statement's comment; an element without a unit keeps one that is written as prose."""
    comment = read_comment(statement.comment)
    unit, note = comment.unit, comment.note
    if unit is not None and not with_unit:
        written = unit if comment.has_bare_unit else f"[{unit}]"
        unit, note = None, f"{written} {note}".strip()
    return Provenance(unit, comment.quotes, note)


def expression_at(statement: Statement, offset: int, text: str, element: str, draft: Draft) -> Expression:
    """The expression that a part of a statement's code is.

    Raises:
        FormulationError: It is none.
    """
    trimmed = text.lstrip()
    start = statement.place_at(offset + len(text) - len(trimmed))
    if not trimmed.strip():
        raise problem("syntax", "an expression is missing", place=start, element=element)
    return parse_expression(trimmed.rstrip(), start=start, element=element, diagnostics=draft.diagnostics)


def head_at(statement: Statement, declared: Declaration, element: str, draft: Draft) -> Head | None:
    """The head of a declaration, or none if it has no brackets.

    Raises:
        FormulationError: What stands between the brackets is no head.
    """
    if declared.head is None:
        return None
    offset, text = declared.head
    if not text.strip():
        raise problem("syntax", "an index is missing between the brackets", place=statement.place, element=element)
    start = statement.place_at(offset)
    return parse_head(text, start=start, element=element, diagnostics=draft.diagnostics)


def make(kind: type[E], statement: Statement, element: str, **fields: Any) -> E:
    """An element of the formulation.

    Raises:
        FormulationError: Its fields contradict each other.
    """
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        message = str(first["msg"]).removeprefix("Value error, ")
        raise problem("invalid", message, place=statement.place, element=element) from error


def table_source(text: str) -> tuple[TableSource, str] | None:
    """The file and its columns that `from "file" (column, ...)` names, and the text behind; none if it isn't that."""
    stripped = text.strip()
    match = _FROM.match(stripped)
    if match is None:
        return None
    path = unquoted(match["path"])
    rest = stripped[match.end() :]
    if not rest.startswith("("):
        return TableSource(path=path), rest
    closing = closing_bracket(rest, 0)
    if closing < 0:
        return None
    columns = [unquoted(piece.strip()) for _, piece in split_outside(rest[1:closing]) if piece.strip()]
    return TableSource(path=path, columns=columns), rest[closing + 1 :]


def unquoted(text: str) -> str:
    """A text without the quotation marks around it."""
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1]
    if not (len(text) >= 2 and text[0] == text[-1] == '"'):
        return text
    try:
        return str(json.loads(text))
    except json.JSONDecodeError:
        return text[1:-1]


def tell_oddities(oddities: Iterable[str], statement: Statement, element: str, draft: Draft) -> None:
    """One note for each kind of thing that was normalized in a statement's data."""
    for oddity in sorted(oddities):
        draft.note("spelling", f"{oddity} is read as what it means", element, statement.place)
