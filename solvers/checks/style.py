"""What is legal and yet likely not meant: numbers without a name, unused names and indices, names that look alike."""

from collections import defaultdict
from collections.abc import Iterator

from steepest.solvers.checks.findings import shown, warning_at
from steepest.solvers.checks.scopes import Visit, sites, visits
from steepest.solvers.checks.symbols import Declared, Symbols, declared_elements, title
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import Constraint, NamedExpression, Objective, Set, Variable
from steepest.solvers.language.expressions import Arithmetic, Expression, Index, Name, Negation, Number, Reduction, walk
from steepest.solvers.language.spelling import spell_number

_PLAIN_NUMBERS = frozenset({0, 1, -1, 100})
"""Nothing to explain: neutral elements, signs, and per cent."""

_GEOMETRIC = frozenset({2, 3, 4, -2, -3, -4})
"""Factors of circumferences, areas and volumes, beside `pi`."""


def check_style(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add warnings about numbers, names and idle indices, and notes about what is unused."""
    _check_spelling(symbols, diagnostics)
    _check_numbers(symbols, diagnostics)
    _check_unused(symbols, diagnostics)
    _check_unused_indices(symbols, diagnostics)


# Names


def _check_spelling(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Names that only their case tells apart; a set `Ship` beside a variable `ship` can't be mistaken for it."""
    alike: dict[tuple[bool, str], list[Declared]] = defaultdict(list)
    for element in symbols.elements.values():
        alike[isinstance(element, Set), element.name.casefold()].append(element)
    for first, *others in alike.values():
        for other in others:
            diagnostics.add(
                "warning",
                "names-alike",
                f"`{other.name}` and `{first.name}` differ by case only",
                element=title(other, symbols.formulation),
                place=other.place,
                repair="rename one of them, or use one name if they are the same thing",
            )


# Numbers


def _check_numbers(symbols: Symbols, diagnostics: Diagnostics) -> None:
    for site in sites(symbols):
        if not isinstance(site.owner, Objective | Constraint | NamedExpression):
            continue
        excused: set[int] = set()
        spelled: dict[int, str] = {}  # a sum of a thousand numbers is spelled once, not a thousand times
        for visit in visits(site, symbols):
            excused.update(id(node) for node in _excused(visit))
            if visit.position == "value" and isinstance(visit.node, Number) and id(visit.node) not in excused:
                if visit.parent is not None and id(visit.parent) not in spelled:
                    spelled[id(visit.parent)] = shown(visit.parent)
                _check_number(visit, visit.node, spelled.get(id(visit.parent)), diagnostics)


def _check_number(visit: Visit, node: Number, around: str | None, diagnostics: Diagnostics) -> None:
    if node.value in _PLAIN_NUMBERS or node.value != node.value:
        return
    text = spell_number(node.value)
    where = f" in `{around}`" if around is not None else ""
    repair = f'declare it as a parameter with its unit and source: `... = {text}  # [unit] "..."`'
    warning_at(visit, diagnostics, "magic-number", f"the number {text}{where} has no name", repair)


def _excused(visit: Visit) -> Iterator[Expression]:
    """The numbers below a node that need no name: exponents, small factors beside `pi`, labels in comparisons."""
    node = visit.node
    if not isinstance(node, Arithmetic):
        return
    if node.operator == "**":
        yield from walk(node.right)
    elif node.operator in ("*", "/"):
        factors = list(_factors(node))
        if any(isinstance(factor, Name) and factor.name == "pi" for factor in factors):
            yield from (factor for factor in factors if isinstance(factor, Number) and factor.value in _GEOMETRIC)


def _factors(node: Expression) -> Iterator[Expression]:
    """The factors of a product or quotient, chains of them taken apart."""
    match node:
        case Arithmetic("*" | "/", left, right):
            yield from _factors(left)
            yield from _factors(right)
        case Negation(operand):
            yield from _factors(operand)
        case _:
            yield node


# Unused elements


def _check_unused(symbols: Symbols, diagnostics: Diagnostics) -> None:
    used = {
        visit.mentions
        for site in sites(symbols)
        for visit in visits(site, symbols)
        if visit.mentions != getattr(site.owner, "name", None)
    }
    for element in declared_elements(symbols.formulation):
        if element.name not in used:
            where = title(element, symbols.formulation)
            message = f"`{element.name}` is declared and not used"
            diagnostics.add("note", "unused", message, element=where, place=element.place)


def _check_unused_indices(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """A sum whose index occurs nowhere in it adds the same decisions again for every element: `sum(x[a] for i in S)`.

    Sums of data are left alone: `sum(1 for i in S)` counts.
    """
    for site in sites(symbols):
        for visit in visits(site, symbols):
            node = visit.node
            if not isinstance(node, Reduction) or node.function != "sum" or not _has_variables(node.body, symbols):
                continue
            used = {part.name for part in walk(node) if isinstance(part, Name)}
            for generator in node.generators:
                idle = [name for name in generator.names if name not in used]
                if idle and len(idle) == len(generator.names):
                    message = (
                        f"the index `{idle[0]}` of `{shown(node)}` is not used: each term is added once per element"
                    )
                    repair = f"use `{idle[0]}` in the term, or leave `for {idle[0]} in {generator.source}` out"
                    warning_at(visit, diagnostics, "unused-index", message, repair)


def _has_variables(node: Expression, symbols: Symbols) -> bool:
    return any(
        isinstance(part, Name | Index) and isinstance(symbols.elements.get(part.name), Variable | NamedExpression)
        for part in walk(node)
    )
