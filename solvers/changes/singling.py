"""Singling out rows of a family in its own terms: `p == cake` for one index tuple of `[p in Product]`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count

from steepest.solvers.changes.change import ANY, Target
from steepest.solvers.changes.known import declared_names, require_cells
from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Constraint, Formulation, Variable
from steepest.solvers.language.expressions import (
    Comparison,
    Connective,
    Expression,
    Generator,
    Head,
    Index,
    Label,
    Name,
    Not,
    SetLiteral,
    TupleOf,
)
from steepest.solvers.language.labels import label_node
from steepest.solvers.vectorized.instance import Instance


@dataclass(frozen=True, slots=True)
class Family:
    """An indexed element with every label of its index named, and its index tuples."""

    head: Head
    cells: tuple[tuple[Label, ...], ...]

    def condition(self, target: Target) -> Expression | None:
        """What holds at the index tuples that are meant, in terms of the head; None where all of them are."""
        wanted = target.index or ()
        names = zip(self.head.names, wanted, strict=True) if wanted else ()
        tests = [Comparison((Name(name), label_node(label)), ("==",)) for name, label in names if label != ANY]
        if not tests:
            return None
        return tests[0] if len(tests) == 1 else Connective("and", tuple(tests))

    def among(self, places: Iterable[int]) -> Expression:
        """What holds at the index tuples with these numbers, in terms of the head."""
        names = tuple(Name(name) for name in self.head.names)
        wanted = (self.cells[place] for place in places)
        elements = tuple(_together(tuple(label_node(label) for label in labels)) for labels in wanted)
        return Comparison((_together(names), SetLiteral(elements)), ("in",))


def family_of(formulation: Formulation, element: Constraint | Variable, target: Target) -> Family | None:
    """The family of an element whose rows are to be singled out; None for a scalar one.

    Raises:
        FormulationError: The target names none of the rows, or an index where there is none.
    """
    kind = "constraint" if isinstance(element, Constraint) else "variable"
    if element.index is None:
        if target.index is not None:
            raise problem("not-indexed", f"{kind} `{element.name}` has no index", repair=f"write `{element.name}`")
        return None
    family = family_at(Instance(formulation, bind(formulation)), element.index)
    require_cells(target, family.cells, kind)
    return family


def family_at(instance: Instance, head: Head) -> Family:
    """The family that a head makes, with its index tuples in their order."""
    labels = instance.universe.labels
    columns = [[labels[label] for label in column.tolist()] for column in instance.domain(head).columns()]
    return Family(_named(head, instance), tuple(zip(*columns, strict=True)))


def _together(nodes: tuple[Expression, ...]) -> Expression:
    return nodes[0] if len(nodes) == 1 else TupleOf(nodes)


def only_rows(head: Head, condition: Expression) -> Head:
    """The head with those index tuples only where a condition holds."""
    return _where(head, (*_conditions(head.generators[-1].condition), *_conditions(condition)))


def without_rows(family: Family, target: Target) -> Head:
    """The head of a family without the index tuples that are meant, which are not all of them.

    Those that are taken out one by one are together in one set, so that a hundred of them are no hundred conditions.
    """
    labels, rows = target.index or (), family.condition(target)
    assert rows is not None  # noqa: S101  # the caller has looked
    conditions = _conditions(family.head.generators[-1].condition)
    if ANY in labels:
        return _where(family.head, (*conditions, Not(rows)))
    names = _together(tuple(Name(name) for name in family.head.names))
    return _where(family.head, _without(conditions, names, _together(tuple(label_node(each) for each in labels))))


def _without(conditions: tuple[Expression, ...], names: Expression, cell: Expression) -> tuple[Expression, ...]:
    """The conditions with one more index tuple among those that they leave out."""
    for place, each in enumerate(conditions):
        match each:
            case Comparison((left, SetLiteral(elements)), ("not in",)) if left == names:
                more = Comparison((names, SetLiteral((*elements, cell))), ("not in",))
                return (*conditions[:place], more, *conditions[place + 1 :])
    return (*conditions, Comparison((names, SetLiteral((cell,))), ("not in",)))


def _conditions(condition: Expression | None) -> tuple[Expression, ...]:
    """The conditions that all have to hold where this one does."""
    if condition is None:
        return ()
    return condition.operands if isinstance(condition, Connective) and condition.operator == "and" else (condition,)


def _where(head: Head, conditions: tuple[Expression, ...]) -> Head:
    """The head with these conditions in place of its own."""
    condition = conditions[0] if len(conditions) == 1 else Connective("and", conditions)
    return Head((*head.generators[:-1], replace(head.generators[-1], condition=condition)))


def cell(name: str, head: Head) -> Expression:
    """An element at the index of a head."""
    return Index(name, tuple(Name(each) for each in head.names))


def _named(head: Head, instance: Instance) -> Head:
    """The head with a name for each label of its index tuples."""
    taken = set(head.names) | declared_names(instance.formulation)
    fresh = (name for name in (f"i{number}" for number in count(1)) if name not in taken)
    generators = []
    for generator in head.generators:
        if generator.pattern is not None:
            generators.append(generator)
            continue
        width = instance.evaluate.relation(generator.source).width
        names = tuple(next(fresh) for _ in range(width))
        generators.append(Generator(names[0] if width == 1 else names, generator.source, generator.condition))
    return Head(tuple(generators))
