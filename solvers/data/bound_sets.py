"""What is known of the sets of a formulation while its data are being read: bound elements and literal ones."""

from steepest.solvers.checks.known_sets import KnownSet
from steepest.solvers.checks.symbols import Symbols
from steepest.solvers.data.instance_data import Members
from steepest.solvers.data.keys import KeySet
from steepest.solvers.definitions import Definition, expressions_of
from steepest.solvers.formulation import Constraint, Formulation, Variable
from steepest.solvers.language.expressions import (
    Expression,
    Generator,
    Head,
    Index,
    Name,
    Reduction,
    SetComprehension,
    walk,
)

_MOST_TUPLES = 100_000
"""A set of more tuples is not held as such: a million of them take half a gigabyte."""


class BoundSets:
    """The elements of sets, as far as they are known before sets and parameters are evaluated."""

    def __init__(self, formulation: Formulation, bound: frozenset[str]) -> None:
        self.formulation = formulation
        self.members: dict[str, Members] = {}
        self._symbols = Symbols(formulation, bound=bound)
        self._known: dict[str, KnownSet] = {}

    def known(self, source: Expression) -> KnownSet | None:
        """The elements of a set that is bound, or that the formulation itself fixes."""
        if not (isinstance(source, Name) and source.name in self.members):
            return self._symbols.known_set(source)
        if source.name not in self._known:
            columns = self.members[source.name].columns
            self._known[source.name] = KnownSet.of(
                tuple(columns[0]) if len(columns) == 1 else tuple(zip(*columns, strict=True))
            )
        return self._known[source.name]

    def key_sets(self, head: Head | None) -> tuple[KeySet, ...] | None:
        """The sets of a head, one a generator; None where the width of one of them is not known yet."""
        found = []
        for generator in head.generators if head is not None else ():
            width = self._width(generator)
            if width is None:
                return None
            found.append(KeySet(str(generator.source), width, self._known_alone(generator, head)))
        return tuple(found)

    def _known_alone(self, generator: Generator, head: Head | None) -> KnownSet | None:
        """The elements that a generator runs through, unless they depend on the index before it."""
        bound = set(head.names) if head is not None else set()
        mentioned = {node.name for node in walk(generator.source) if isinstance(node, Name | Index)}
        if bound & mentioned or self._is_long(generator.source):
            return None
        return self.known(generator.source)

    def _is_long(self, source: Expression) -> bool:
        """Whether a bound set has so many tuples that keys outside of it are found as it is compiled."""
        columns = self.members[source.name].columns if isinstance(source, Name) and source.name in self.members else ()
        return len(columns) > 1 and len(columns[0]) > _MOST_TUPLES

    def _width(self, generator: Generator) -> int | None:
        if isinstance(generator.pattern, tuple):
            return len(generator.pattern)
        if isinstance(generator.source, Name) and generator.source.name in self.members:
            return len(self.members[generator.source.name].columns)
        return self._symbols.width(generator.source)

    def used_width(self, name: str) -> int | None:
        """How many labels an element of a set has, by how heads and sums take its elements apart."""
        for generator in generators_of(self.formulation):
            is_of_set = isinstance(generator.source, Name) and generator.source.name == name
            if is_of_set and isinstance(generator.pattern, tuple):
                return len(generator.pattern)
        return None


def generators_of(formulation: Formulation) -> list[Generator]:
    """Every generator of a formulation, those of sums and comprehensions too."""
    elements: tuple[Definition | Variable | Constraint, ...] = (
        *formulation.sets,
        *formulation.parameters,
        *formulation.variables,
        *formulation.lets,
        *formulation.constraints,
    )
    found = [generator for each in elements if each.index is not None for generator in each.index.generators]
    expressions = [expression for each in elements for expression in expressions_of(each)]
    expressions += [objective.expression for objective in formulation.objectives]
    for expression in expressions:
        for node in walk(expression):
            if isinstance(node, Reduction | SetComprehension):
                found.extend(node.generators)
    return found
