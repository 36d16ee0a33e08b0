"""Which columns of a table are the keys of an element and which its values, by names first and by places second."""

from collections.abc import Sequence
from dataclasses import dataclass

from steepest.solvers.checks.known_sets import KnownSet
from steepest.solvers.data.columns import has_numbers, labels_of
from steepest.solvers.data.keys import KeySet
from steepest.solvers.data.tables import Table, plain_name
from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.language.expressions import Head, Label, Name


@dataclass(frozen=True, slots=True)
class Axis:
    """One position of an index tuple: how a column of it may be called, and the labels it can have if known."""

    names: tuple[str, ...]
    known: KnownSet | None = None


@dataclass(frozen=True, slots=True)
class LongLayout:
    """A row for each cell: key columns in the order of the index, and the column of the value."""

    keys: tuple[int, ...]
    value: int


@dataclass(frozen=True, slots=True)
class WideLayout:
    """A matrix: the first column and the head hold the labels of the two positions."""

    labels: tuple[Label, ...]
    """The labels of the second position, one a column from the second column on."""


def axes_of(head: Head | None, sets: Sequence[KeySet]) -> tuple[Axis, ...]:
    """The positions of a head whose generators have the sets."""
    generators = head.generators if head is not None else ()
    if len(generators) != len(sets):
        return tuple(Axis(()) for each in sets for _ in range(each.width))
    axes: list[Axis] = []
    for generator, each in zip(generators, sets, strict=True):
        of_set = (generator.source.name,) if isinstance(generator.source, Name) and each.width == 1 else ()
        for place in range(each.width):
            if isinstance(generator.pattern, tuple):
                names: tuple[str, ...] = (generator.pattern[place],)
            else:
                names = (*of_set, *generator.names) if each.width == 1 else ()
            axes.append(Axis(names, each.known.column(place) if each.known is not None else None))
    return tuple(axes)


def layout_of(table: Table, name: str, axes: Sequence[Axis], columns: Sequence[str]) -> LongLayout | WideLayout:
    """How a table holds the values of a parameter.

    Args:
        table: The table.
        name: The parameter's name.
        axes: The positions of its index.
        columns: The columns that were named for it: the keys in the order of the index, then the value.

    Raises:
        FormulationError: Columns are missing, or there are too many or too few of them.
    """
    if columns:
        return _named(table, name, axes, columns)
    if len(axes) == 2 and _is_matrix(table, name, axes):
        return WideLayout(tuple(labels_of(_head_as_table(table), 0)))
    place = table.find(name)
    value = _only_value(table, name, axes) if place is None else place
    keys = _keys_by_name(table, axes, value)
    if keys is None:
        rest = tuple(place for place in range(len(table.names)) if place != value)
        if len(rest) != len(axes):
            raise _wrong_count(table, name, axes)
        keys = rest
    _require_head(table, value)
    return LongLayout(keys, value)


def _named(table: Table, name: str, axes: Sequence[Axis], columns: Sequence[str]) -> LongLayout:
    places = tuple(table.column(column) for column in columns)
    if len(places) == len(axes) + 1:
        return LongLayout(places[:-1], places[-1])
    if len(places) == len(axes) and table.find(name) is not None:
        return LongLayout(places, table.column(name))
    raise problem(
        "wrong-columns",
        f"{len(columns)} columns are named for {name}, which has {len(axes)} keys and a value",
        repair="name the key columns in the order of the index, then the value column",
    )


def _only_value(table: Table, name: str, axes: Sequence[Axis]) -> int:
    """The value column where none has the parameter's name: the last of exactly as many as are needed."""
    if len(table.names) != len(axes) + 1:
        raise _wrong_count(table, name, axes)
    last = len(axes)
    return next((place for place in (last, *range(last)) if _keys_by_name(table, axes, place) is not None), last)


def _wrong_count(table: Table, name: str, axes: Sequence[Axis]) -> FormulationError:
    keys = ", ".join(each.names[0] if each.names else "a key" for each in axes)
    wanted = f"{keys} and {name}" if keys else name
    return problem(
        "wrong-columns",
        f"{table.source} has the columns {table.listed_names()}, which are not recognized as {wanted}",
        repair=f"name the columns {wanted}, or leave only these {len(axes) + 1} in this order",
    )


def _keys_by_name(table: Table, axes: Sequence[Axis], value: int) -> tuple[int, ...] | None:
    """The key columns, where each position's set or index name is the name of another column."""
    found: list[int] = []
    for axis in axes:
        wanted = {plain_name(name) for name in axis.names}
        places = [k for k, each in enumerate(table.names) if plain_name(each) in wanted and k not in (*found, value)]
        if not places:
            return None
        found.append(places[0])
    return tuple(found)


def _is_matrix(table: Table, name: str, axes: Sequence[Axis]) -> bool:
    """Whether the head of a table holds labels: known ones, or where they aren't, what no other reading explains."""
    if len(table.names) < 2:
        return False
    known = axes[1].known
    if known is not None:
        return all(label in known for label in labels_of(_head_as_table(table), 0))
    if table.find(name) is not None or _keys_by_name(table, axes, -1) is not None:
        return False
    numeric = all(has_numbers(table, place) for place in range(1, len(table.names)))
    return numeric and len(table.names) != 3


def _head_as_table(table: Table) -> Table:
    """The head from the second column on, as a column of labels."""
    return Table(table.source, ("head",), (table.names[1:],), [1] * (len(table.names) - 1))


def _require_head(table: Table, value: int) -> None:
    """Refuse a table whose first row is data: it would be lost without a word."""
    text = table.names[value].strip()
    if text.replace(".", "", 1).replace(",", "").lstrip("-").isdigit():
        raise problem(
            "no-head",
            f"the first row of {table.source} looks like data: `{text}` stands where the name of a column should",
            repair="put the names of the columns into the first row",
        )
