"""The tables of a folder or a database by name, and the columns of them that a formulation binds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from steepest.agents.modeling.data.describing import described
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.data.tables import Table
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Formulation, Parameter, Set

__all__ = ["Catalogue", "Source", "tables_for"]


@dataclass(frozen=True)
class Source:
    """One table, read when it is needed."""

    read: Callable[[], Table]
    """Reads all of it."""
    peek: Callable[[], tuple[Table, int]] | None = None
    """Reads its first rows and says how many there are, where that is less work than to read all."""

    @cached_property
    def table(self) -> Table:
        """All of it."""
        return self.read()

    @property
    def beginning(self) -> tuple[Table, int]:
        """Its first rows at the least, and how many there are."""
        return self.peek() if self.peek is not None else (self.table, len(self.table))


@dataclass(frozen=True)
class Catalogue:
    """Tables by name. A formulation may name each, as it may name a file that the problem's text names."""

    place: str
    """As messages call it, without any password."""
    sources: Mapping[str, Source]
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other names of the tables, such as that of the file."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """What a model is told: a line for each table, with its columns, what is in them and the first rows.

        Raises:
            FormulationError: A table can't be read.
            InputError: The database refuses.
        """
        return tuple(described(name, *source.beginning) for name, source in self.sources.items())

    def find(self, name: str) -> Source | None:
        """The table that a formulation calls so."""
        plain = name.removeprefix("./")
        return self.sources.get(self.aliases.get(plain, plain))

    def bound(self, formulation: Formulation, tables: Tables | None = None) -> Tables:
        """What a formulation takes from here, by element, over which goes what the person bound by name.

        Raises:
            FormulationError: A table lacks a column that the formulation names, or can't be read.
            InputError: The database refuses.
        """
        found: dict[str, object] = {}
        elements: list[Set | Parameter] = [*formulation.sets, *formulation.parameters]
        for element in elements:
            source = self.find(element.table.path) if element.table is not None else None
            if element.table is not None and source is not None:
                found[element.name] = _selected(source.table, element.name, element.table.columns, element)
        return {**found, **(tables or {})}


def tables_for(formulation: Formulation, tables: Tables, catalogue: Catalogue | None) -> Tables:
    """What a person bound by name and, where there is a catalogue, what the formulation takes from that."""
    return tables if catalogue is None else catalogue.bound(formulation, tables)


def _selected(table: Table, name: str, columns: list[str], element: Set | Parameter) -> Table:
    """The columns that are named for an element, the one that its name stands for called so; all if none are named."""
    if not columns:
        return table
    if isinstance(element, Parameter) and element.index is not None and len(columns) < 2:
        raise problem(
            "wrong-columns",
            f"{len(columns)} column is named for {name}, which has an index",
            repair="name the key columns in the order of the index, then the value column",
        )
    places = [table.column(column) for column in columns]
    names = [table.names[place] for place in places]
    if isinstance(element, Parameter) or len(places) == 1:
        names[-1] = name
    return Table(
        table.source,
        tuple(names),
        tuple(table.columns[place] for place in places),
        table.rows,
        has_decimal_commas=table.has_decimal_commas,
    )
