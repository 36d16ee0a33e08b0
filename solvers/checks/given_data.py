"""Whether the data that stand in a formulation fit the sets that they are over."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from steepest.solvers.checks.findings import declared_as, error_at, listed, nearest, shown, spell_member
from steepest.solvers.checks.known_sets import KnownSet
from steepest.solvers.checks.scopes import Visit, sites, visits
from steepest.solvers.checks.symbols import Symbols, is_finite, title
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import Parameter, Set
from steepest.solvers.language.expressions import Head, Label, SetLiteral, TupleOf

Cell = tuple[Label, ...]


def check_data(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add what is wrong with inline data; those that tables replace are not looked at."""
    for parameter in symbols.formulation.parameters:
        if parameter.name not in symbols.bound:
            _check_parameter(parameter, symbols, diagnostics)
    for element in symbols.formulation.sets:
        if element.name not in symbols.bound:
            keys = [tuple(family.index) for family in element.families]
            _check_keys(element, keys, symbols, diagnostics)
    for site in sites(symbols):
        for visit in visits(site, symbols):
            if isinstance(visit.node, SetLiteral):
                _check_literal(visit, visit.node, symbols, diagnostics)


def _check_parameter(parameter: Parameter, symbols: Symbols, diagnostics: Diagnostics) -> None:
    where = f"parameter {parameter.name}"
    if parameter.missing:
        unit = f" in {parameter.unit}" if parameter.unit else ""
        diagnostics.add(
            "error",
            "missing-data",
            f"the text does not give {declared_as(parameter)}{unit}",
            element=where,
            place=parameter.place,
            repair=f"ask for {parameter.note or parameter.name}, or bind it from a table",
        )
    for name, value in _numbers(parameter):
        if not is_finite(value):
            message = f"{name} is {value}: data are finite numbers"
            repair = "leave the cell out if it has no value; leave a bound out if there is none"
            diagnostics.add("error", "not-finite", message, element=where, place=parameter.place, repair=repair)
    _check_keys(parameter, [tuple(cell.index) for cell in parameter.values], symbols, diagnostics)


def _numbers(parameter: Parameter) -> Iterator[tuple[str, float]]:
    """Every number of a parameter, with how a message calls it."""
    cells = [(f"{parameter.name}[{listed(cell.index)}]", cell.value) for cell in parameter.values]
    for name, value in [
        (parameter.name, parameter.value),
        (f"the default of {parameter.name}", parameter.default),
        *cells,
    ]:
        if isinstance(value, int | float):
            yield name, value


# Keys


def _check_keys(element: Parameter | Set, keys: Sequence[Cell], symbols: Symbols, diagnostics: Diagnostics) -> None:
    where, place = title(element, symbols.formulation), element.place
    arity = symbols.arity(element.index)
    misfits = [key for key in keys if arity is not None and len(key) != arity]
    if misfits:
        message = (
            f"the key {spell_member(misfits[0])} has {len(misfits[0])} labels, but {declared_as(element)} takes {arity}"
        )
        diagnostics.add("error", "wrong-arity", message, element=where, place=place)
        return
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        message = f"{element.name} is given more than once at {_keys(twice)}"
        diagnostics.add("error", "duplicate-key", message, element=where, place=place, repair="keep one value for each")
    for source, known, labels in _columns(element.index, keys, symbols):
        strange = [label for label in dict.fromkeys(labels) if label not in known]
        if strange:
            diagnostics.add(
                "error",
                "label-not-in-set",
                f"{element.name} has data for {listed(strange)}, which {source} does not contain",
                element=where,
                place=place,
                repair=_label_repair(strange[0], known, source),
            )


def _label_repair(label: Label | Cell, known: KnownSet, source: str) -> str:
    close = nearest(label, [each for each in known if isinstance(each, str)]) if isinstance(label, str) else None
    if close is not None:
        return f"did you mean {spell_member(close)}?"
    return f"{source} contains {listed(known.members)}" if len(known) else f"{source} is empty"


def _columns(
    head: Head | None, keys: Sequence[Cell], symbols: Symbols
) -> Iterator[tuple[str, KnownSet, Iterable[Label | Cell]]]:
    """For each set of a head whose elements are known: its text, its elements, and what the keys have for it."""
    if head is None or symbols.arity(head) is None:
        return
    start = 0
    for source, place, width in symbols.positions(head):
        if place or width is None:
            continue
        known = symbols.known_set(source, head.names)
        if known is not None:
            parts = (key[start : start + width] for key in keys)
            yield shown(source), known, [part[0] if width == 1 else part for part in parts]
        start += width


def _keys(keys: Sequence[Cell]) -> str:
    return listed([key[0] if len(key) == 1 else key for key in keys])


# Set literals


def _check_literal(visit: Visit, node: SetLiteral, symbols: Symbols, diagnostics: Diagnostics) -> None:
    members = [symbols.known_member(element, visit.scope.names) for element in node.elements]
    twice = [member for member, count in Counter(m for m in members if m is not None).items() if count > 1]
    if twice:
        message = f"{listed(twice)} stands more than once in `{shown(node)}`"
        error_at(visit, diagnostics, "duplicate-label", message, "leave all but one of them out")
    widths = {len(element.items) for element in node.elements if isinstance(element, TupleOf)}
    alone = any(isinstance(member, str | int | float) for member in members)
    if len(widths) + alone > 1:
        message = f"the elements of `{shown(node)}` have different numbers of labels"
        error_at(visit, diagnostics, "wrong-arity", message, "give every tuple the same length")
