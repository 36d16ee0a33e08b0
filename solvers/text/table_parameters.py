"""Reads tables into parameters: a matrix, a record per label, key columns, or the columns of a file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from steepest.solvers.diagnostics import FormulationError, Place, problem
from steepest.solvers.formulation import IndexedValue, Parameter, Set, TableSource
from steepest.solvers.language.expressions import Expression, Head, Label, LabelRef, Name, Number, SetLiteral, TupleOf
from steepest.solvers.language.parser import parse_head
from steepest.solvers.language.spelling import is_identifier
from steepest.solvers.text.cells import CellError, Value, default_of, is_absent, is_number, read_label, read_value
from steepest.solvers.text.draft import Draft, Provenance, make, provenance, table_source, tell_oddities
from steepest.solvers.text.lines import closing_bracket
from steepest.solvers.text.literals import Cell
from steepest.solvers.text.pipe_tables import Column, Grid, Row, read_grid
from steepest.solvers.text.statements import Statement

_TABLE = re.compile(r"table\b\s{0,20}(?P<name>[^\W\d]\w*)?\s{0,20}(?P<bracket>\[)?")
_VALUE_HEADS = frozenset({"value", "values"})
_MOST_FINDINGS = 20


def is_table(statement: Statement) -> bool:
    """Whether a statement is a table, and no parameter whose name is `table`."""
    match = _TABLE.match(statement.code)
    if match is None:
        return False
    if match["bracket"] and not match["name"]:
        closing = closing_bracket(statement.code, match.end() - 1)
        return closing < 0 or not statement.code[closing + 1 :].lstrip().startswith("=")
    return match["name"] is not None


def read_table(statement: Statement, draft: Draft) -> list[Parameter]:
    """The parameters of a table that begins with `table`.

    Raises:
        FormulationError: Its first line or its cells can't be read.
    """
    name, offset, head_text, rest = _first_line(statement)
    element = f"table {name or head_text}"
    start = statement.place_at(offset)
    head = parse_head(head_text, start=start, element=element, diagnostics=draft.diagnostics)
    source = table_source(rest.rstrip().removesuffix(":"))
    if source is not None:
        return _file_parameters(statement, name, head, source[0], default_of(source[1]), draft)
    before, _, columns = rest.partition(":")
    table = _Table(statement, element, head, default_of(before), draft)
    if name is not None:
        return table.named(name, columns)
    return table.records(table.grid(columns))


def read_grid_parameter(
    statement: Statement, name: str, head: Head, default: Value, draft: Draft, *, symmetric: bool = False
) -> list[Parameter]:
    """The parameters of `name[A, B] = matrix` and the rows under it.

    Raises:
        FormulationError: The rows can't be read.
    """
    return _Table(statement, f"parameter {name}", head, default, draft).named(name, "", symmetric=symmetric)


def _first_line(statement: Statement) -> tuple[str | None, int, str, str]:
    """The name in front of brackets, where the head begins, its text, and the rest of the line."""
    code = statement.code
    match = _TABLE.match(code)
    if match is None or not (match["name"] or match["bracket"]):
        raise problem("syntax", "`table` needs a name", place=statement.place, repair="write `table cost[A, B]:`")
    if not match["bracket"]:
        return None, match.start("name"), match["name"], code[match.end("name") :]
    closing = closing_bracket(code, match.end() - 1)
    if closing < 0:
        place = statement.place_at(match.end() - 1)
        raise problem("syntax", "a bracket is not closed", place=place, repair="write `table cost[A, B]:`")
    return match["name"], match.end(), code[match.end() : closing], code[closing + 1 :]


def parameter_of_cells(
    statement: Statement,
    name: str,
    head: Head | None,
    cells: Sequence[Cell],
    default: Value,
    details: Provenance,
    draft: Draft,
) -> Parameter:
    """A parameter with the given cells.

    Raises:
        FormulationError: There are none, or two for one key.
    """
    element = f"parameter {name}"
    if not cells:
        raise problem("no-data", f"{name} has no values", place=statement.place, element=element)
    if len({key for key, _ in cells}) < len(cells):
        raise _duplicate_cell(statement, element, cells)
    values = [IndexedValue.model_construct(index=list(key), value=value) for key, value in cells]
    fields = details.fields(statement)
    return make(
        Parameter,
        statement,
        element,
        name=name,
        index=head,
        unit=details.unit,
        values=values,
        default=default,
        **fields,
    )


def _duplicate_cell(statement: Statement, element: str, cells: Sequence[Cell]) -> FormulationError:
    seen: set[tuple[Label, ...]] = set()
    twice = next(key for key, _ in cells if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    shown = ", ".join(str(label) for label in twice)
    return problem(
        "duplicate-cell", f"two values for {shown}", place=statement.place, element=element, repair="keep one of them"
    )


@dataclass(slots=True)
class _Table:
    """A table's first line, and its cells while they are read."""

    statement: Statement
    element: str
    head: Head
    default: Value
    draft: Draft
    defines_set: bool = False
    """The rows define the set, and the comment on the first line is the set's."""
    oddities: set[str] = field(default_factory=set)
    findings: int = 0

    # What the columns mean

    def grid(self, columns: str, *, symmetric: bool = False) -> Grid:
        place, diagnostics = self.statement.place, self.draft.diagnostics
        return read_grid(self.statement.rows, columns, self.element, place, diagnostics, symmetric=symmetric)

    def named(self, name: str, columns: str, *, symmetric: bool = False) -> list[Parameter]:
        """A table of one parameter; columns with names of their own are parameters of those names."""
        grid = self.grid(columns, symmetric=symmetric)
        keys = self.arity(grid, name)
        if self.is_matrix(grid, name, keys):
            return [self.matrix(name, grid, symmetric)]
        if len(grid.head) == keys + 1:
            return [self.column(name, self.with_head(grid, name), keys, keys)]
        if len(grid.head) > keys + 1:
            note = f"each column is a parameter of its own; the name {name} is not used"
            self.draft.note("spelling", note, self.element, grid.place)
            return self.records(grid, keys)
        raise problem(
            "table-shape",
            f"the table has {len(grid.head)} columns, but {name} is indexed by {keys} labels",
            place=grid.place,
            element=self.element,
            repair="write a column for each label and one for the value",
        )

    def with_head(self, grid: Grid, name: str) -> Grid:
        """The grid with a head, where its first row holds a number and so is none."""
        cells = [column.text for column in grid.head]
        if not (is_absent(cells[-1]) or is_number(cells[-1])):
            return grid
        self.draft.note("spelling", "the table has no head: its first row is read as data", self.element, grid.place)
        head = [*(Column("", None) for _ in cells[:-1]), Column(name, None)]
        return Grid(head, [Row(cells, grid.place), *grid.rows], grid.place)

    def arity(self, grid: Grid, name: str) -> int:
        """How many labels stand in front of a value."""
        arities = [axis.arity for axis in self.draft.known.axes(self.head)]
        if all(arities):
            return sum(arity or 0 for arity in arities)
        is_keyed = grid.head[-1].text in (name, *_VALUE_HEADS) and bool(grid.corner)
        return len(grid.head) - 1 if is_keyed else sum(arity or 1 for arity in arities)

    def is_matrix(self, grid: Grid, name: str, keys: int) -> bool:
        if keys != 2:
            return False
        if not grid.corner:
            return True
        heads = [column.text.lower() for column in grid.head]
        axes = self.draft.known.axes(self.head)
        is_keyed = len(heads) >= 3 and (
            heads[-1] in (name.lower(), *_VALUE_HEADS) or heads[:2] == [axis.name.lower() for axis in axes]
        )
        corner = (self.label(grid.corner, grid.place),)
        return not is_keyed and corner not in (axes[0].elements or ())

    # Parameters

    def matrix(self, name: str, grid: Grid, symmetric: bool) -> Parameter:
        columns = [self.label(column.text, grid.place) for column in grid.head[1:]]
        cells: list[Cell] = []
        for row in grid.rows:
            label = self.label(row.cells[0], row.place)
            for column, text in zip(columns, row.cells[1:], strict=True):
                if not is_absent(text):
                    cells.append(((label, column), self.value(text, row)))
        if symmetric:
            cells = _mirrored(cells)
        self.check_axes(name, grid, [self.label(row.cells[0], row.place) for row in grid.rows], columns)
        return self.made(name, cells, self.common_unit(grid.head[1:]))

    def check_axes(self, name: str, grid: Grid, rows: Sequence[Label], columns: Sequence[Label]) -> None:
        """Tell a table whose rows are the second set and whose columns are the first."""
        axes = self.draft.known.axes(self.head)
        known = [{key[0] for key in axis.elements} if axis.elements is not None else None for axis in axes]
        if len(known) != 2 or known[0] is None or known[1] is None:
            return
        if set(rows) <= known[0] and set(columns) <= known[1]:
            return
        if set(rows) <= known[1] and set(columns) <= known[0]:
            turned = " | ".join(str(row) for row in rows)
            raise problem(
                "swapped-axes",
                f"the rows are elements of {axes[1].name} and the columns of {axes[0].name}",
                place=grid.place,
                element=self.element,
                repair=f"write `table {name}[{axes[1].name}, {axes[0].name}]:`, or turn the table: `|  | {turned} |`",
            )

    def column(self, name: str, grid: Grid, keys: int, at: int) -> Parameter:
        cells: list[Cell] = []
        for row in grid.rows:
            text = row.cells[at]
            if not is_absent(text):
                labels = tuple([self.label(cell, row.place) for cell in row.cells[:keys]])
                cells.append((labels, self.value(text, row)))
        return self.made(name, cells, grid.head[at].unit)

    def records(self, grid: Grid, keys: int | None = None) -> list[Parameter]:
        """A parameter for each column; the rows define the set if nothing else does."""
        if keys is None:
            keys = sum(axis.arity or 1 for axis in self.draft.known.axes(self.head))
        self.define_set(grid, keys)
        return [self.column(self.parameter_name(grid.head[at]), grid, keys, at) for at in range(keys, len(grid.head))]

    def define_set(self, grid: Grid, keys: int) -> None:
        source = self.head.generators[0].source
        if len(self.head.generators) > 1 or not isinstance(source, Name) or self.draft.known.is_set(source.name):
            return
        labels = [[self.label(cell, row.place) for cell in row.cells[:keys]] for row in grid.rows]
        elements = tuple(_element(each) for each in labels)
        details = provenance(self.statement, with_unit=False).fields(self.statement)
        made = make(Set, self.statement, self.element, name=source.name, members=SetLiteral(elements), **details)
        self.draft.add_set(made)
        self.defines_set = True

    def parameter_name(self, column: Column) -> str:
        """The column's head as a name."""
        if is_identifier(column.text):
            return column.text
        name = re.sub(r"\W+", "_", column.text).strip("_")
        if not is_identifier(name):
            raise problem(
                "table-shape",
                f"`{column.text}` in the head of the table is no name for a parameter",
                place=self.statement.place,
                element=self.element,
                repair="name each column, as in `| Center | opening [$] | capacity [unit] |`",
            )
        self.draft.note("spelling", f"the column `{column.text}` is named {name}", self.element, self.statement.place)
        return name

    def common_unit(self, columns: Sequence[Column]) -> str | None:
        units = {column.unit for column in columns}
        if len(units) == 1:
            return units.pop()
        note = "the units of the columns differ, and one parameter has one unit: they are not kept"
        self.draft.note("mixed-units", note, self.element, self.statement.place)
        return None

    def made(self, name: str, cells: Sequence[Cell], unit: str | None) -> Parameter:
        tell_oddities(self.oddities, self.statement, self.element, self.draft)
        self.oddities.clear()
        comment = provenance(self.statement)
        details = Provenance(unit or comment.unit, comment.quotes, comment.note)
        if self.defines_set:
            details = Provenance(details.unit, (), "")
        return parameter_of_cells(self.statement, name, self.head, cells, self.default, details, self.draft)

    # Cells

    def label(self, text: str, place: Place) -> Label:
        try:
            return read_label(text)
        except CellError as error:
            self.tell(error, place)
            return text

    def value(self, text: str, row: Row) -> Value:
        try:
            return read_value(text, self.oddities)
        except CellError as error:
            self.tell(error, row.place)
            return None

    def tell(self, error: CellError, place: Place) -> None:
        """Add the finding of one cell, unless the table has had its share of findings."""
        self.findings += 1
        if self.findings <= _MOST_FINDINGS:
            self.draft.diagnostics.add(
                "error", "data", str(error), element=self.element, place=place, repair=error.repair
            )


def _mirrored(cells: Sequence[Cell]) -> list[Cell]:
    """The cells with those below the diagonal, row by row."""
    given = {(column, row): value for (row, column), value in cells} | dict(cells)
    order = {label: number for number, label in enumerate(dict.fromkeys(label for key, _ in cells for label in key))}
    return sorted(given.items(), key=lambda cell: [order[label] for label in cell[0]])


def _element(labels: Sequence[Label]) -> Expression:
    nodes = tuple(LabelRef(label) if isinstance(label, str) else Number(label) for label in labels)
    return nodes[0] if len(nodes) == 1 else TupleOf(nodes)


def _file_parameters(
    statement: Statement, name: str | None, head: Head, source: TableSource, default: Value, draft: Draft
) -> list[Parameter]:
    """One parameter of a file, or with `table Center from "centers.csv" (center, opening)` a set and its columns."""
    details = provenance(statement)
    fields = details.fields(statement)
    if name is not None:
        element = f"parameter {name}"
        return [
            make(
                Parameter,
                statement,
                element,
                name=name,
                index=head,
                unit=details.unit,
                table=source,
                default=default,
                **fields,
            )
        ]
    key, columns = source.columns[:1], source.columns[1:]
    element = f"table {head}"
    if not key:
        raise problem(
            "table-shape",
            "the columns of the file are missing",
            place=statement.place,
            element=element,
            repair=f'write `table {head} from "{source.path}" (key column, value column)`',
        )
    first = head.generators[0].source
    if isinstance(first, Name) and not draft.known.is_set(first.name):
        members = TableSource(path=source.path, columns=key)
        set_fields = provenance(statement, with_unit=False).fields(statement)
        draft.add_set(make(Set, statement, element, name=first.name, table=members, **set_fields))
    made = []
    for column in columns:
        table = TableSource(path=source.path, columns=[*key, column])
        column_name = column if is_identifier(column) else re.sub(r"\W+", "_", column).strip("_")
        made.append(
            make(
                Parameter,
                statement,
                f"parameter {column_name}",
                name=column_name,
                index=head,
                unit=details.unit,
                table=table,
                default=default,
                **fields,
            )
        )
    return made
