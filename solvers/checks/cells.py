"""Whether parameters have a value that can be used wherever the formulation is sure to ask for one.

A cell without a value is no mistake by itself: tables have empty diagonals, and the last period has no price. It is one
where a sum or a head without filters reaches it; that much can be told before any data are bound. The same goes for
a word among numbers.
"""

import itertools
from collections.abc import Callable, Iterator

from steepest.solvers.checks.findings import error_at, listed, shown
from steepest.solvers.checks.scopes import Site, Visit, sites, visits
from steepest.solvers.checks.symbols import Symbols
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import Constraint, NamedExpression, Objective, Parameter, Variable
from steepest.solvers.language.expressions import Arithmetic, Expression, Index, Label, Name, Negation, Sum

Cell = tuple[Label, ...]

MAX_CELLS = 200_000
"""Tables with more cells are left to the compiler, which meets their gaps one by one."""


def check_cells(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add the uses of parameters at index tuples where they have no value, or a word for a number."""
    absent, words = _cells(symbols, _absent), _cells(symbols, _words)
    if not absent and not words:
        return
    for visit in _evaluated(symbols):
        node = visit.node
        if not isinstance(node, Index):
            continue
        used = _reached(visit, node.indices, absent.get(node.name, []), symbols)
        if used:
            message = f"`{shown(node)}` is used where {node.name} has no value: at {listed(used)}"
            repair = f"give {node.name} a value there, or leave those labels out with a filter (`if ...`)"
            error_at(visit, diagnostics, "no-value", message, repair)
        used = _reached(visit, node.indices, words.get(node.name, []), symbols) if _is_operand(visit) else []
        if used:
            message = f"`{shown(node)}` is calculated with, and {node.name} is a word at {listed(used)}"
            error_at(visit, diagnostics, "label-as-number", message, "give it a number there")


def _is_operand(visit: Visit) -> bool:
    return visit.position != "index" and isinstance(visit.parent, Arithmetic | Sum | Negation)


# What is evaluated whatever the data are


def _evaluated(symbols: Symbols) -> Iterator[Visit]:
    """The nodes that stand behind no filter, in elements that are evaluated for certain."""
    lets = _evaluated_lets(symbols)
    for site in sites(symbols):
        if _is_evaluated(site, lets):
            yield from (visit for visit in visits(site, symbols) if visit.scope.definite)


def _evaluated_lets(symbols: Symbols) -> set[str]:
    """Named expressions without an index that objectives are sure to ask for."""
    found: set[str] = set()
    for site in sites(symbols):
        if isinstance(site.owner, Objective):
            definite = (visit.mentions for visit in visits(site, symbols) if visit.scope.definite)
            found.update(name for name in definite if name is not None)
    return found


def _is_evaluated(site: Site, lets: set[str]) -> bool:
    if isinstance(site.owner, NamedExpression):
        return site.owner.name in lets and site.owner.index is None
    return isinstance(site.owner, Objective | Constraint | Variable)


# Cells


def _cells(symbols: Symbols, choose: Callable[[Parameter, Symbols], list[Cell]]) -> dict[str, list[Cell]]:
    """The cells of each parameter with inline data that `choose` picks, where there are any."""
    found = {
        parameter.name: choose(parameter, symbols)
        for parameter in symbols.formulation.parameters
        if parameter.values and parameter.name not in symbols.bound
    }
    return {name: cells for name, cells in found.items() if cells}


def _absent(parameter: Parameter, symbols: Symbols) -> list[Cell]:
    """The index tuples without a value, where the sets are known."""
    if parameter.default is not None:
        return []
    given = {tuple(cell.index) for cell in parameter.values if cell.value is not None}
    return [cell for cell in _domain(parameter, symbols) if cell not in given]


def _words(parameter: Parameter, symbols: Symbols) -> list[Cell]:
    """The cells that hold a word among numbers; where all are words, their kind tells."""
    words = [tuple(cell.index) for cell in parameter.values if isinstance(cell.value, str)]
    return words if len(words) < len(parameter.values) else []


def _domain(parameter: Parameter, symbols: Symbols) -> Iterator[Cell]:
    """Every index tuple of a parameter's head; none where the formulation alone does not say."""
    head = parameter.index
    if head is None or any(generator.condition is not None for generator in head.generators):
        return
    factors, size = [], 1
    for generator in head.generators:
        known = symbols.known_set(generator.source, head.names)
        if known is None or size * len(known) > MAX_CELLS:
            return
        size *= len(known)
        factors.append([member if isinstance(member, tuple) else (member,) for member in known])
    for parts in itertools.product(*factors):
        yield tuple(label for part in parts for label in part)


# Reach


def _reached(visit: Visit, indices: tuple[Expression, ...], cells: list[Cell], symbols: Symbols) -> list[Label | Cell]:
    """The cells that an index expression surely takes, labels alone where a cell is one."""
    used = [cell for cell in cells if _reaches(visit, indices, cell, symbols)]
    return [cell[0] if len(cell) == 1 else cell for cell in used]


def _reaches(visit: Visit, indices: tuple[Expression, ...], cell: Cell, symbols: Symbols) -> bool:
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
    known = symbols.known_set(index.source, visit.scope.names)
    siblings = {
        other.place: labels[sibling]
        for sibling, other in visit.scope.names.items()
        if sibling in labels and other.source is index.source and other.place is not None
    }
    tuples = [member for member in known if isinstance(member, tuple)] if known is not None else []
    return any(all(member[place] == label for place, label in siblings.items()) for member in tuples)
