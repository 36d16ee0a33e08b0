"""Whether parameters have a value wherever the formulation is sure to ask for one.

A cell without a value is no mistake by itself: tables have empty diagonals, and the last period has no price. It is one
where a sum or a head without filters reaches it; that much can be told before any data are bound.
"""

import itertools
from collections.abc import Iterator

from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.expressions import Expression, Index, Label, Name
from steepest.solvers.findings import error_at, listed, shown
from steepest.solvers.formulation import Constraint, NamedExpression, Objective, Parameter, Variable
from steepest.solvers.known_sets import KnownSet
from steepest.solvers.scopes import Site, Visit, sites, visits
from steepest.solvers.symbols import Symbols

Cell = tuple[Label, ...]

MAX_CELLS = 200_000
"""Tables with more cells are left to the compiler, which meets their gaps one by one."""


def check_cells(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add the uses of parameters at index tuples where they have no value."""
    absent = {
        parameter.name: cells
        for parameter in symbols.formulation.parameters
        if (cells := _absent_cells(parameter, symbols))
    }
    if not absent:
        return
    evaluated = _evaluated_lets(symbols)
    for site in sites(symbols):
        if not _is_evaluated(site, evaluated):
            continue
        for visit in visits(site, symbols):
            if isinstance(visit.node, Index) and visit.scope.definite and visit.node.name in absent:
                _check_use(visit, visit.node, absent[visit.node.name], symbols, diagnostics)


def _check_use(visit: Visit, node: Index, absent: list[Cell], symbols: Symbols, diagnostics: Diagnostics) -> None:
    used = [cell for cell in absent if _reaches(visit, node.indices, cell, symbols)]
    if not used:
        return
    message = f"`{shown(node)}` is used where {node.name} has no value: at {listed([_member(cell) for cell in used])}"
    repair = f"give {node.name} a value there, or leave those labels out with a filter (`if ...`)"
    error_at(visit, diagnostics, "no-value", message, repair)


def _member(cell: Cell) -> Label | Cell:
    return cell[0] if len(cell) == 1 else cell


def _evaluated_lets(symbols: Symbols) -> set[str]:
    """Named expressions without an index that objectives are sure to ask for."""
    found: set[str] = set()
    for site in sites(symbols):
        if isinstance(site.owner, Objective):
            for visit in visits(site, symbols):
                if visit.mentions is not None and visit.scope.definite:
                    found.add(visit.mentions)
    return found


def _is_evaluated(site: Site, lets: set[str]) -> bool:
    if isinstance(site.owner, NamedExpression):
        return site.owner.name in lets and site.owner.index is None
    return isinstance(site.owner, Objective | Constraint | Variable)


def _absent_cells(parameter: Parameter, symbols: Symbols) -> list[Cell]:
    """The index tuples without a value, where the parameter's data stand inline and its sets are known."""
    if parameter.name in symbols.bound or not parameter.values or parameter.default is not None:
        return []
    given = {tuple(cell.index) for cell in parameter.values if cell.value is not None}
    domain = _domain(parameter, symbols)
    return [cell for cell in domain if cell not in given] if domain is not None else []


def _domain(parameter: Parameter, symbols: Symbols) -> Iterator[Cell] | None:
    """Every index tuple of a parameter's head, or None where the formulation alone does not say."""
    head = parameter.index
    if head is None or any(generator.condition is not None for generator in head.generators):
        return None
    known = [symbols.known_set(generator.source, head.names) for generator in head.generators]
    size = 1
    for factor in known:
        if factor is None:
            return None
        size *= len(factor)
    if size > MAX_CELLS:
        return None
    factors = [[m if isinstance(m, tuple) else (m,) for m in factor] for factor in known if factor is not None]
    return (tuple(label for part in parts for label in part) for parts in itertools.product(*factors))


def _reaches(visit: Visit, indices: tuple[Expression, ...], cell: Cell, symbols: Symbols) -> bool:
    """Whether an index expression surely takes the value of a cell, at a place that no filter guards."""
    if len(indices) != len(cell):
        return False
    labels: dict[str, Label] = {}
    for index, label in zip(indices, cell, strict=True):
        if isinstance(index, Name) and index.name in visit.scope.names:
            if labels.setdefault(index.name, label) != label:
                return False
        elif symbols.constant(index, visit.scope.names) != label:
            return False
    return all(_takes(visit, name, labels, symbols) for name in labels)


def _takes(visit: Visit, name: str, labels: dict[str, Label], symbols: Symbols) -> bool:
    """Whether an index name takes its label, together with the other names of its tuple."""
    index = visit.scope.names[name]
    if index.place is None:
        return index.labels is not None and labels[name] in index.labels
    known: KnownSet | None = symbols.known_set(index.source, visit.scope.names)
    siblings = {
        other.place: labels[sibling]
        for sibling, other in visit.scope.names.items()
        if sibling in labels and other.source is index.source and other.place is not None
    }
    return known is not None and any(
        isinstance(member, tuple) and all(member[place] == label for place, label in siblings.items())
        for member in known
    )
