"""Every expression of a formulation, node by node, with the index names that are in scope there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from steepest.solvers.checks.known_sets import KnownSet
from steepest.solvers.checks.symbols import AnyElement, Symbols, declared_elements, title
from steepest.solvers.diagnostics import Place
from steepest.solvers.formulation import Constraint, NamedExpression, Objective, Parameter, Set, Variable
from steepest.solvers.language.expressions import (
    CALLABLE,
    FUNCTIONS,
    GLOBAL_CONSTRAINTS,
    LEAVES,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Head,
    Index,
    Name,
    Range,
    Reduction,
    SetComprehension,
    SetLiteral,
    children,
)

Position: TypeAlias = Literal["value", "index", "filter", "source", "range", "test", "data", "bound"]
"""What an expression is read as; everything but `value` has to be known before the solve."""


@dataclass(frozen=True, slots=True)
class BoundIndex:
    """What is known of an index name in scope."""

    source: Expression
    place: int | None
    """Where it stands in the tuples of its set; None if it stands for a whole element."""
    width: int | None
    """How many labels it stands for."""
    labels: KnownSet | None
    """What it runs through; an upper bound where there are filters."""
    over_set: bool
    """Whether it ranges over a set as it stands, so that a step from it is a step in that set."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The index names that can be used at a place in a tree."""

    names: Mapping[str, BoundIndex] = field(default_factory=dict)
    later: frozenset[str] = frozenset()
    """Names that the same head or comprehension binds, but only further on."""
    definite: bool = True
    """Whether what stands here is evaluated for every combination of the index names' labels."""

    @property
    def widths(self) -> dict[str, int | None]:
        """The index names with how many labels each stands for."""
        return {name: index.width for name, index in self.names.items()}


@dataclass(frozen=True, slots=True)
class Site:
    """An expression that an element has, and what surrounds it."""

    owner: AnyElement
    element: str
    """How messages call the owner."""
    expression: Expression
    scope: Scope
    position: Position
    is_head: bool = False

    @property
    def place(self) -> Place | None:
        """Where the owner stands in the text."""
        return self.owner.place


@dataclass(frozen=True, slots=True)
class Visit:
    """A node of a tree, with the scope and position it stands in."""

    site: Site
    node: Expression
    scope: Scope
    position: Position
    parent: Expression | None = None

    @property
    def place(self) -> Place | None:
        """Where the node stands in the text, or else its element."""
        return self.node.place or self.site.place

    @property
    def mentions(self) -> str | None:
        """The name that the node refers to, unless that is an index in scope."""
        match self.node:
            case Index(name):
                return name
            case Name(name) if name not in self.scope.names:
                return name
        return None


def bind(scope: Scope, generator: Generator, symbols: Symbols) -> Scope:
    """The scope behind a generator."""
    source = generator.source
    known = symbols.known_set(source, scope.names)
    is_tuple = isinstance(generator.pattern, tuple)
    width = symbols.width(source, scope.widths)
    found = {
        name: BoundIndex(
            source,
            place if is_tuple else None,
            1 if is_tuple else width,
            known.column(place) if known is not None and is_tuple else known,
            not is_tuple,
        )
        for place, name in enumerate(generator.names)
    }
    whole = bool(known) and generator.condition is None and generator.pattern is not None
    return replace(scope, names={**scope.names, **found}, definite=scope.definite and whole)


def head_scope(head: Head | None, symbols: Symbols) -> Scope:
    """The scope behind a head."""
    scope = Scope()
    for generator in head.generators if head is not None else ():
        scope = bind(scope, generator, symbols)
    return scope


def sites(symbols: Symbols) -> Sequence[Site]:
    """Every expression of the formulation, heads first, in the order of the text."""
    return symbols.once("sites", lambda: tuple(_sites(symbols)))


def _sites(symbols: Symbols) -> Iterator[Site]:
    formulation = symbols.formulation
    for element in [*declared_elements(formulation), *formulation.objectives, *formulation.constraints]:
        name = title(element, formulation)
        head = None if isinstance(element, Objective) else element.index
        yield from _head_sites(element, name, head, symbols)
        scope = head_scope(head, symbols)
        for expression, position in _expressions(element):
            yield Site(element, name, expression, scope, position)
        for family in element.families if isinstance(element, Set) else ():
            yield Site(element, name, family.members, Scope(), "source")


def _head_sites(element: AnyElement, name: str, head: Head | None, symbols: Symbols) -> Iterator[Site]:
    scope = Scope()
    generators = head.generators if head is not None else ()
    for position, generator in enumerate(generators):
        outer = replace(scope, later=_bound_from(generators[position:]))
        yield Site(element, name, generator.source, outer, "source", is_head=True)
        scope = bind(scope, generator, symbols)
        if generator.condition is not None:
            yield Site(element, name, generator.condition, scope, "filter", is_head=True)


def _bound_from(generators: tuple[Generator, ...]) -> frozenset[str]:
    return frozenset(name for generator in generators for name in generator.names)


def _expressions(element: AnyElement) -> Iterator[tuple[Expression, Position]]:
    match element:
        case Set(members=members) if members is not None:
            yield members, "source"
        case Parameter(expression=expression) if expression is not None:
            yield expression, "data"
        case Variable(lower=lower, upper=upper):
            yield from ((bound, "bound") for bound in (lower, upper) if bound is not None)
        case NamedExpression(expression=expression) | Objective(expression=expression):
            yield expression, "value"
        case Constraint(body=body):
            yield body, "value"


def visits(site: Site, symbols: Symbols) -> Sequence[Visit]:
    """The nodes of the tree of one of `sites`, parents first; walked once for all checks."""
    return symbols.once(id(site), lambda: tuple(_walked(site, symbols)))  # which `sites` keeps: its id stays its own


def _walked(site: Site, symbols: Symbols) -> Iterator[Visit]:
    """The nodes, iteratively, so that depth is no limit."""
    stack = [Visit(site, site.expression, site.scope, site.position)]
    while stack:
        visit = stack.pop()
        yield visit
        if not isinstance(visit.node, LEAVES):
            stack.extend(reversed(list(_below(visit, symbols))))


def _below(visit: Visit, symbols: Symbols) -> Iterator[Visit]:
    node = visit.node
    match node:
        case Reduction(body=body, generators=generators):
            yield from _comprehension(visit, body, generators, visit.position, symbols)
        case SetComprehension(element, generators):
            yield from _comprehension(visit, element, generators, "index", symbols)
        case Conditional(then, test, otherwise):
            scope, position = replace(visit.scope, definite=False), visit.position
            yield Visit(visit.site, then, scope, position, node)
            yield Visit(visit.site, test, scope, "test" if position == "value" else position, node)
            yield Visit(visit.site, otherwise, scope, position, node)
        case _:
            scope = visit.scope
            if isinstance(node, Connective) or (isinstance(node, Call) and node.function not in FUNCTIONS):
                scope = replace(scope, definite=False)
            for child, position in _plain_children(visit):
                yield Visit(visit.site, child, scope, position, node)


def _plain_children(visit: Visit) -> Iterator[tuple[Expression, Position]]:
    """The children of a node that binds no names, each with its position."""
    node, outer = visit.node, visit.position
    match node:
        case Index(indices=indices):
            yield from ((index, "index") for index in indices)
        case SetLiteral(elements):
            yield from ((element, "index") for element in elements)
        case Range():
            yield from ((child, "range") for child in children(node))
        case Call("len" | "first" | "last"):
            yield from ((child, "source") for child in children(node))
        case Comparison(operands, ("in" | "not in",)):
            yield operands[0], "index"
            yield operands[1], "source"
        case _:
            yield from ((child, outer) for child in children(node))


def _comprehension(
    visit: Visit, body: Expression, generators: tuple[Generator, ...], position: Position, symbols: Symbols
) -> Iterator[Visit]:
    node, scope = visit.node, visit.scope
    for place, generator in enumerate(generators):
        outer = replace(scope, later=_bound_from(generators[place:]))
        yield Visit(visit.site, generator.source, outer, "source", node)
        scope = bind(scope, generator, symbols)
        if generator.condition is not None:
            yield Visit(visit.site, generator.condition, scope, "filter", node)
    if isinstance(node, Reduction) and (node.function in GLOBAL_CONSTRAINTS or node.function not in CALLABLE):
        scope = replace(scope, definite=False)
    yield Visit(visit.site, body, scope, position, node)
