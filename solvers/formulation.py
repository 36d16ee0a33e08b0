"""The five-element formulation: sets, parameters, variables, objective, constraints.

One pydantic model with two faces of the same content: JSON (`model_validate_json`, `model_dump_json`,
`model_json_schema`; lists of records only, since structured-output APIs break on dictionaries) and the five-element
text (`from_text`, `to_text`). Expressions are strings in the canonical spelling in JSON and trees in memory.
"""

import math
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from steepest.solvers import display
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.diagnostics import Diagnostic, FormulationError, Place
from steepest.solvers.language.expressions import Expression, Head, Label, LabelRef, Number
from steepest.solvers.language.labels import normalize_label, resolve_labels
from steepest.solvers.language.parser import parse_expression, parse_head
from steepest.solvers.language.spelling import is_identifier, spell, spell_head

if TYPE_CHECKING:
    from steepest.solvers.control import SolveControl
    from steepest.solvers.solution import Solution

Sense = Literal["minimize", "maximize"]
Domain = Literal["real", "integer", "binary", "semicontinuous"]


def _to_expression(value: object) -> Expression:
    if isinstance(value, Expression):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Number(_finite(value))
    if isinstance(value, str):
        return parse_expression(value)
    raise ValueError(f"an expression is a text, not {type(value).__name__}")


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no finite number")
    return value + 0  # -0.0 becomes 0.0, which is how it reads back


def _to_head(value: object) -> Head:
    if isinstance(value, Head):
        return value
    if isinstance(value, str):
        text = value.strip()
        return parse_head(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    raise ValueError(f"an index is a text such as 'i in A, j in B if i != j', not {type(value).__name__}")


def _readable(read: Any) -> Any:
    """The reader with its diagnostics turned into what pydantic collects: every bad field is told at once."""

    def validate(value: object) -> Any:
        try:
            return read(value)
        except FormulationError as error:
            first = error.diagnostics[0]
            raise ValueError(first.message + (f" (repair: {first.repair})" if first.repair else "")) from error

    return validate


def _usable_name(name: str) -> str:
    if not is_identifier(name):
        raise ValueError(f"{name!r} is no name: use letters, digits and _, not starting with a digit")
    return name


def _clean_unit(unit: str | None) -> str | None:
    return _one_line(re.sub(r"[\[\]]", " ", re.sub("[“”]", '"', unit or ""))) or None


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _prose(text: str) -> str:
    """Prose as the text face can hold it: quotation marks are for quotes, and `##` for what isn't kept."""
    return re.sub("##+", "#", _one_line(re.sub('["“”]', "'", text))).lstrip("#,;: ")


def _some_labels(index: list[Label]) -> list[Label]:
    if not index:
        raise ValueError("an index has at least one label")
    return index


def _quotable(quote: str) -> str:
    """A quote as the text face can hold it: one line, and no quotation mark that would end it early."""
    return _one_line(quote.replace('"', "'"))


ExpressionText: TypeAlias = Annotated[
    Expression,
    PlainValidator(_readable(_to_expression)),
    PlainSerializer(spell, return_type=str),
    WithJsonSchema({"type": "string", "description": "an expression of the five-element language"}),
]
HeadText: TypeAlias = Annotated[
    Head,
    PlainValidator(_readable(_to_head)),
    PlainSerializer(spell_head, return_type=str),
    WithJsonSchema({"type": "string", "description": "what it is indexed by: 'i in A, (j, k) in B if j != k'"}),
]
Identifier: TypeAlias = Annotated[str, AfterValidator(_usable_name)]
LabelValue: TypeAlias = Annotated[Label, BeforeValidator(normalize_label)]
FiniteNumber: TypeAlias = Annotated[float, AfterValidator(_finite)]
Unit: TypeAlias = Annotated[str | None, BeforeValidator(_clean_unit)]
Quote: TypeAlias = Annotated[str, AfterValidator(_quotable)]
Prose: TypeAlias = Annotated[str, AfterValidator(_prose)]
IndexLabels: TypeAlias = Annotated[list[LabelValue], AfterValidator(_some_labels)]


def _refuse_duplicates(indices: Iterable[list[Label]]) -> None:
    seen: set[tuple[Label, ...]] = set()
    for index in indices:
        key = tuple(index)
        if key in seen:
            raise ValueError(f"two entries for {', '.join(map(str, index))}")
        seen.add(key)


class Record(BaseModel):
    """A part of a formulation without unknown fields."""

    model_config = ConfigDict(extra="forbid")


class Element(Record):
    """What every element has besides its content: where the content came from."""

    quotes: list[Quote] = Field(default_factory=list)
    """Passages of the user's text, word for word, that this element comes from."""
    note: Prose = ""
    """Prose; a note that begins with "assumed" marks an assumption and says why."""
    place: SkipJsonSchema[Place | None] = Field(default=None, exclude=True, repr=False)
    """Where it stands in the text that was read; no part of the content."""

    @property
    def is_assumed(self) -> bool:
        """Whether the element was assumed rather than taken from the text."""
        return self.note.lower().startswith("assum")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Element):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields if name != "place")

    __hash__ = None  # type: ignore[assignment]  # mutable, as pydantic's own models are


class TableSource(Record):
    """Columns of a data file that an element's data are read from."""

    path: str
    columns: list[str] = Field(default_factory=list)
    """The key columns in the order of the index, then the value column; empty means "by their names"."""


class Family(Record):
    """The members of an indexed set at one index tuple."""

    index: IndexLabels
    members: ExpressionText


class Set(Element):
    """Labels, or tuples of labels, in order; exactly one of `members`, `families` and `table` says which."""

    name: Identifier
    index: HeadText | None = None
    """For a family of sets, what it is indexed by."""
    members: ExpressionText | None = None
    """A literal, range, comprehension or set expression; for a family, in terms of its index."""
    families: list[Family] = Field(default_factory=list)
    """A family of sets given one by one."""
    table: TableSource | None = None

    @model_validator(mode="after")
    def _exactly_one_definition(self) -> "Set":
        given = (self.members is not None) + bool(self.families) + (self.table is not None)
        if given != 1:
            raise ValueError("a set has exactly one of members, families and table")
        _refuse_duplicates(family.index for family in self.families)
        return self


class IndexedValue(Record):
    """One cell of a parameter; `value` is null where the text does not give it."""

    index: IndexLabels
    value: LabelValue | None


class Parameter(Element):
    """Data: a number, a label, a table of them, an expression over other data, or missing.

    Exactly one of `value`, `values`, `expression`, `table` is given, or `missing` is true.
    """

    name: Identifier
    index: HeadText | None = None
    unit: Unit = None
    value: LabelValue | None = None
    """A scalar, or with an index the one value that all cells have."""
    values: list[IndexedValue] = Field(default_factory=list)
    default: FiniteNumber | None = None
    """The value of cells that `values` or `table` leave out; without it they are absent."""
    expression: ExpressionText | None = None
    """Derived from other data, in terms of the index names of the head."""
    table: TableSource | None = None
    missing: bool = False
    """Not in the text: blocks the solve until it is given."""

    @model_validator(mode="after")
    def _exactly_one_content(self) -> "Parameter":
        given = [
            self.value is not None,
            bool(self.values),
            self.expression is not None,
            self.table is not None,
        ]
        if sum(given) + self.missing != 1:
            raise ValueError("a parameter has exactly one of value, values, expression, table, or is missing")
        if isinstance(self.expression, Number):
            self.value, self.expression = normalize_label(self.expression.value), None
        _refuse_duplicates(cell.index for cell in self.values)
        return self


class Variable(Element):
    """A decision: what it is indexed by, its domain, and its bounds (expressions over data and the index)."""

    name: Identifier
    index: HeadText | None = None
    domain: Domain = "real"
    lower: ExpressionText | None = None
    """Null means unbounded below, except for `binary`."""
    upper: ExpressionText | None = None
    unit: Unit = None


class NamedExpression(Element):
    """An expression over data and variables that others refer to by its name (`let`)."""

    name: Identifier
    index: HeadText | None = None
    expression: ExpressionText
    unit: Unit = None


class Objective(Element):
    """What is minimized or maximized; several are ranked by `priority` (1 first) or weighted by `weight`."""

    sense: Sense
    expression: ExpressionText
    priority: int | None = None
    weight: FiniteNumber | None = None
    unit: Unit = None


class Constraint(Element):
    """A condition that every answer meets, for each index tuple of its head."""

    name: Identifier
    index: HeadText | None = None
    body: ExpressionText
    """A comparison (`a <= b`, `a <= b <= c`, `a == b`), or a logical or global constraint."""


class Formulation(Record):
    """A whole problem as five elements, with named expressions (`lets`) beside them."""

    title: Prose = ""
    sets: list[Set] = Field(default_factory=list)
    parameters: list[Parameter] = Field(default_factory=list)
    variables: list[Variable] = Field(default_factory=list)
    lets: list[NamedExpression] = Field(default_factory=list)
    objectives: list[Objective] = Field(default_factory=list)
    constraints: list[Constraint] = Field(default_factory=list)

    @model_validator(mode="after")
    def _bare_words_are_labels(self) -> "Formulation":
        resolve_labels(self)
        for parameter in self.parameters:
            if isinstance(parameter.expression, LabelRef):
                parameter.value, parameter.expression = parameter.expression.value, None
        return self

    @classmethod
    def from_text(cls, text: str) -> "Formulation":
        """Read the five-element text.

        Raises:
            FormulationError: It can't be read; lists everything that is wrong.
        """
        from steepest.solvers.text.reader import read_formulation  # which makes formulations

        reading = read_formulation(text)
        if reading.formulation is None:
            raise FormulationError(reading.diagnostics)
        return reading.formulation

    def to_text(self) -> str:
        """The five-element text in its one canonical form."""
        from steepest.solvers.text.printer import print_formulation  # which prints formulations

        return print_formulation(self)

    def __repr__(self) -> str:
        return display.formulation_repr(self)

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return display.formulation_html(self)

    def _repr_latex_(self) -> str:
        return display.formulation_latex(self)

    def check(self, bound: Collection[str] = ()) -> list[Diagnostic]:
        """What can be said against the formulation before any data are bound: errors, warnings, notes.

        Args:
            bound: Names of sets and parameters whose data will come from tables.
        """
        from steepest.solvers.checks.formulation_checks import check_formulation  # which reads formulations itself

        return list(check_formulation(self, bound))

    def solve(
        self,
        data: Tables | None = None,
        *,
        folder: Path | str | None = None,
        time_limit: float | None = None,
        gap: float | None = None,
        threads: int | None = None,
        seed: int | None = None,
        solver: str | None = None,
        start: "Solution | None" = None,
        control: "SolveControl | None" = None,
        explain: bool = False,
    ) -> "Solution":
        """Solve the formulation.

        Args:
            data: Tables (paths, data frames, mappings, arrays) by the name of the set or parameter that they fill.
            folder: What relative paths of tables are relative to; None means the current folder.
            time_limit: Seconds of wall clock; the incumbent found by then is returned.
            gap: Relative gap between answer and bound at which the solver may stop.
            threads: Threads of the solver.
            seed: Seed of the solver's random choices.
            solver: Which solver; None chooses by the class of the problem.
            start: An answer to begin with, of this formulation or of a similar one; the rest is left open.
            control: Told how far the solver is, and may end it from another thread; what was found by then is kept.
            explain: Whether `Solution.explanation` says why there is no answer; within the time limit or 20 seconds.

        Raises:
            FormulationError: The formulation or its data can't be used as they are.
            InputError: An option is out of its range, there is no such solver, or a table can't be read.
        """
        from steepest.solvers.options import solve_options
        from steepest.solvers.solve import solve_formulation

        options = solve_options(time_limit=time_limit, gap=gap, threads=threads, seed=seed, solver=solver)
        base = Path(folder) if folder else None
        solution = solve_formulation(self, data, folder=base, options=options, control=control, start=start)
        if not explain:
            return solution
        from steepest.solvers.infeasibility.explanations import with_explanation  # which solves formulations

        return with_explanation(solution, self, data, folder=base, time_limit=time_limit, control=control)
